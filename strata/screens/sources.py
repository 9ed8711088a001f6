"""The sources of an answer as cards: title, page, quote, and the page as a picture with the quote marked on it.

Each card is a fragment, so that opening a page draws that page and nothing else. It must not know how answers are made.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from hierarchy.errors import StrataError
from strata.screens.desk import Desk
from strata.screens.safe import shown
from strata.screens.words import Source, excerpt

AROUND = 110.0  # points of the page shown above and below a quote


def show_sources(desk: Desk, project: str, sources: Sequence[Source], anchor: str, heading: str) -> None:
    """Cards of sources under a heading; `anchor` is what their ids begin with."""
    if not sources:
        return
    st.header(heading, anchor=False)
    for source in sources:
        _card(desk, project, source, f"{anchor}-{source.name}")


@st.fragment
def _card(desk: Desk, project: str, source: Source, key: str) -> None:
    with st.container(border=True, key=f"card-{key}"):
        st.markdown(f"**{source.name}. {shown(source.title)}**")
        pages = ", ".join(map(str, source.pages))
        st.caption(f"{shown(source.file)}, page {pages}")
        st.html(f'<blockquote id="{key}">{shown(excerpt(source.quote), html=True)}</blockquote>')
        noun = "Page" if len(source.pages) == 1 else "Pages"
        page = st.expander(f"{noun} {pages} with the quote marked", key=f"page-{key}", on_change="rerun")
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
