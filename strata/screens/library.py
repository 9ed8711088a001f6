"""The page of a project's papers: each title opens the paper's card.

It must not know what a card holds.
"""

from __future__ import annotations

import streamlit as st

from hierarchy.nodes import Node
from strata.screens.card import show_title
from strata.screens.desk import Desk
from strata.screens.empty import papers_of
from strata.screens.evidence import counted, matching, paper_labels
from strata.screens.safe import shown

FEW = 8  # papers that need no search
AT_ONCE = 50  # papers drawn unless more are asked for


def show_library(desk: Desk, project: str) -> None:
    """The papers, the newest first."""
    st.title("Papers", anchor=False)
    papers = papers_of(desk, project)
    if not papers:
        return
    st.write(f"{counted(len(papers), 'paper', 'papers')} in {shown(project)}. A title opens the paper's card.")
    words = st.text_input("Find a paper by title, author, year or file") if len(papers) > FEW else ""
    found = matching(papers, words)
    if not found:
        st.info("No paper here has these words in its title, authors, year or file.")
    _list(desk, project, found, paper_labels(papers))


@st.fragment
def _list(desk: Desk, project: str, papers: list[Node], labels: dict[str, str]) -> None:
    kept = f"papers-{project}"
    most = st.session_state.get(kept, AT_ONCE)
    for paper in papers[:most]:
        show_title(desk, project, paper.id, labels[paper.id], paper.id)
    if len(papers) > most:
        st.button(f"Show {min(AT_ONCE, len(papers) - most)} more", on_click=_more, args=(kept, most))


def _more(kept: str, most: int) -> None:
    st.session_state[kept] = most + AT_ONCE
