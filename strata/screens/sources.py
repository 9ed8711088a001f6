"""The sources of an answer as cards: title, page, quote; the title opens the paper's card, the page its picture.

It must not know how answers are made.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from strata.screens.card import show_title
from strata.screens.desk import Desk
from strata.screens.places import show_page, show_quote
from strata.screens.safe import shown
from strata.screens.words import Source


def show_sources(desk: Desk, project: str, sources: Sequence[Source], anchor: str, heading: str) -> None:
    """Cards of sources under a heading; `anchor` is what their ids begin with."""
    if not sources:
        return
    st.header(heading, anchor=False)
    for source in sources:
        _card(desk, project, source, f"{anchor}-{source.name}")


def _card(desk: Desk, project: str, source: Source, key: str) -> None:
    with st.container(border=True, key=f"card-{key}"):
        show_title(desk, project, source.paper, f"{source.name}. {shown(source.title)}", key)
        st.caption(f"{shown(source.file)}, {source.where}")
        show_quote(source.quote, key)
        if source.pages:
            show_page(desk, project, source, key)
