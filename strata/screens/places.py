"""A quote, and the page that it stands on as a picture with the quote marked.

What opens is a fragment, so that opening a page draws that page and nothing else. It must not know who quotes.
"""

from __future__ import annotations

from typing import Literal

import streamlit as st

from hierarchy.errors import StrataError
from strata.screens.desk import Desk
from strata.screens.safe import shown
from strata.screens.words import Source, excerpt

AROUND = 110.0  # points of the page shown above and below a quote


def show_quote(quote: str, key: str) -> None:
    """A quote, or the beginning of a long one; `key` is its id on the page."""
    st.html(f'<blockquote id="{shown(key, html=True)}">{shown(excerpt(quote), html=True)}</blockquote>')


@st.fragment
def show_page(desk: Desk, project: str, source: Source, key: str, *, brief: bool = False, side: str = "") -> None:
    """What opens onto the page of a quote; `brief` where many stand below each other, `side` of a pair."""
    label = (f"{side}: {source.where}" if side else source.where.capitalize()) + (
        "" if brief else " with the quote marked"
    )
    kind: Literal["compact", "default"] = "compact" if brief else "default"
    page = st.expander(label, type=kind, key=f"page-{key}", on_change="rerun")
    if page.open:
        with page:
            whole = st.toggle("Whole page", key=f"whole-{key}")
            _pictures(desk, project, source, None if whole else AROUND)


def _pictures(desk: Desk, project: str, source: Source, around: float | None) -> None:
    try:
        with desk.open(project) as assistant:
            paper = assistant.paper(source.paper)
        if paper is None:
            st.warning("This paper is no longer in the project, so its page cannot be shown.")
            return
        for number in source.pages:
            picture = desk.pictures.draw(paper, number, source.spans, around=around)
            st.image(picture, width="stretch", alt=f"Page {number} of the PDF, with the quote marked: {source.quote}")
    except StrataError as error:
        st.warning(shown(str(error)))
