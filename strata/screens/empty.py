"""A project without papers, told in a sentence on every page. It must not know what the page would show."""

from __future__ import annotations

import streamlit as st

from hierarchy.errors import StrataError
from hierarchy.nodes import Node
from strata.screens.desk import Desk
from strata.screens.safe import shown


def papers_of(desk: Desk, project: str, then: str = "") -> list[Node]:
    """The project's papers; where there are none, that is said, and what to do (`then`, a clause) after adding some."""
    papers: list[Node] = []
    try:
        with desk.open(project) as assistant:
            papers = assistant.papers()
    except StrataError as error:
        if error.code != "unknown_project":
            raise
    if not papers:
        st.info(f"Project {shown(project)} has no papers yet. Add PDFs at the left{then}.")
    return papers
