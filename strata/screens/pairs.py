"""Two findings of different papers side by side, each with its quote, paper, year and page, and what they differ in.

It must not know how findings are related.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from hierarchy.nodes import Node
from strata.knowledge import finding_of
from strata.screens.card import show_title
from strata.screens.desk import Desk
from strata.screens.evidence import Pair, differences, finding_source, year_of
from strata.screens.places import show_page, show_quote
from strata.screens.safe import shown

AT_ONCE = 10  # pairs drawn unless more are asked for
READABLE = 560  # pixels at which a page of a paper can be read


@st.fragment
def show_pairs(desk: Desk, project: str, pairs: Sequence[Pair], key: str) -> None:
    """Pairs below each other, the first few unless more are asked for; `key` tells this list from others."""
    kept = f"pairs-{project}-{key}"
    most = st.session_state.get(kept, AT_ONCE)
    for number, pair in enumerate(pairs[:most]):
        _pair(desk, project, pair, f"{key}-{number}-{pair.name}")
    if len(pairs) > most:
        st.button(f"Show {min(AT_ONCE, len(pairs) - most)} more", key=f"more-{kept}", on_click=_more, args=(kept, most))


def _more(kept: str, most: int) -> None:
    st.session_state[kept] = most + AT_ONCE


def _pair(desk: Desk, project: str, pair: Pair, key: str) -> None:
    with st.container(border=True, key=f"pair-{key}"):
        for place, node, letter in zip(st.columns(2, gap="medium"), (pair.a, pair.b), "ab", strict=True):
            with place:
                _side(desk, project, node, f"{key}-{letter}")
        st.markdown(differences(pair))
        if pair.reason:
            st.markdown(f"Why, in the words of {shown(pair.judge or 'a language model')}: {shown(pair.reason)}")
        with st.container(horizontal=True):  # beside each other where both can be read so, else below each other
            for node, letter, side in ((pair.a, "a", "Left"), (pair.b, "b", "Right")):
                source = finding_source(node)
                if source.pages:
                    with st.container(width=READABLE):
                        show_page(desk, project, source, f"{key}-{letter}", side=side)


def _side(desk: Desk, project: str, node: Node, key: str) -> None:
    source = finding_source(node)
    show_title(desk, project, source.paper, shown(source.title), key)
    told = [year_of(node), source.where, "hedged" if finding_of(node).hedged else ""]
    st.caption(", ".join(filter(None, [*told, shown(source.file)])))
    show_quote(source.quote, key)
