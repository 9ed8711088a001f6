"""A paper's card, which opens under the paper's title: what it asks, data, method, findings, limitations, as quotes.

It must not know how a card is made.
"""

from __future__ import annotations

import streamlit as st

from hierarchy.errors import StrataError
from strata.cards import ASPECTS, Quoted
from strata.screens.desk import Desk
from strata.screens.evidence import by_line, card_source
from strata.screens.places import show_page, show_quote
from strata.screens.safe import shown
from strata.screens.words import Source


@st.fragment
def show_title(desk: Desk, project: str, paper: str, label: str, key: str) -> None:
    """A paper's title, which opens its card; `label` is safe already, `key` the card's own on the page."""
    place = st.expander(f"**{label}**", key=f"title-{key}", on_change="rerun")
    if place.open:
        with place:
            try:
                _card(desk, project, paper, f"of-{key}")
            except StrataError as error:  # a fragment runs by itself: what it raises would not reach the page's handler
                st.warning(shown(str(error)))


def _card(desk: Desk, project: str, paper: str, key: str) -> None:
    with desk.open(project) as assistant:
        if assistant.paper(paper) is None:
            st.warning("This paper is no longer in the project.")
            return
        card = assistant.card(paper)
        passages = assistant.nodes([said.source for quotes in card.aspects.values() for said in quotes])
    st.caption(by_line(card.paper))
    if card.older:
        st.info("This card was made by older rules; `strata refresh` renews it.")
    for name, heading in ASPECTS.items():
        st.markdown(f"**{heading}**")
        quotes = card.aspects[name]
        if not quotes:
            st.caption("The paper does not tell.")
        for number, said in enumerate(quotes):
            here = f"{key}-{name}-{number}"
            _quote(desk, project, card_source(card.paper, said, here, passages), said, here)


def _quote(desk: Desk, project: str, source: Source | None, said: Quoted, key: str) -> None:
    with st.container(gap=None):
        show_quote(said.quote, key)
        if source is None or not source.pages:
            st.caption((source.where.capitalize() if source else "Its passage has gone") + ".")
        else:
            show_page(desk, project, source, key, brief=True)
