"""The page of contradictions: findings of different papers that do not go together, and, where asked, those that do.

It must not know how findings are related, nor how a pair is drawn.
"""

from __future__ import annotations

import streamlit as st

from strata.screens.desk import Desk
from strata.screens.empty import papers_of
from strata.screens.evidence import counted, pair_of
from strata.screens.pairs import show_pairs
from strata.screens.safe import shown


def show_contradictions(desk: Desk, project: str) -> None:
    """Contradictions, the surest first, and agreements behind a switch."""
    st.title("Contradictions", anchor=False)
    papers = papers_of(desk, project)
    if not papers:
        return
    if len(papers) == 1:
        st.info(f"Project {shown(project)} has one paper; it takes two to contradict each other.")
        return
    with desk.open(project) as assistant:
        found = assistant.relations()
    against, along = ([pair_of(p) for p in found.of(kind)] for kind in ("contradicts", "supports"))
    if against:
        count = counted(len(against), "pair of findings", "pairs of findings")
        agree = f" Those that agree ({len(along)}) stand at the foot of the page." if along else ""
        st.write(
            f"{count} of different papers in {shown(project)} seem to contradict each other, the surest first.{agree}"
        )
    else:
        st.info(f"No two findings of different papers in {shown(project)} contradict each other.")
    show_pairs(desk, project, against, "against")
    if along and st.toggle(f"Agreements, too ({len(along)})"):
        st.header("Agreements", anchor=False)
        show_pairs(desk, project, along, "along")
