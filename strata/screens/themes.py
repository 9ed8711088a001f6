"""The page of themes: which papers belong together, what they find, where they agree and where they do not.

It must not know how themes are found.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from hierarchy.nodes import Node
from strata.knowledge import finding_of, source_line
from strata.screens.card import show_title
from strata.screens.desk import Desk
from strata.screens.empty import papers_of
from strata.screens.evidence import counted, finding_source, pair_in_theme, paper_labels
from strata.screens.pairs import show_pairs
from strata.screens.places import show_page, show_quote
from strata.screens.safe import shown
from strata.themes import Said, Theme


def show_themes(desk: Desk, project: str) -> None:
    """The themes, the largest first."""
    st.title("Themes", anchor=False)
    papers = papers_of(desk, project)
    if not papers:
        return
    with st.spinner("Looking at what belongs together"), desk.open(project) as assistant:
        themes = assistant.themes()
    if not themes:
        st.info(f"No themes were found in {shown(project)}.")
        return
    st.write(f"{counted(len(themes), 'theme', 'themes')} in {counted(len(papers), 'paper', 'papers')}.")
    labels = paper_labels(papers)
    for number, theme in enumerate(themes):
        _theme(desk, project, theme, labels, f"theme{number}")


def _theme(desk: Desk, project: str, theme: Theme, labels: dict[str, str], key: str) -> None:
    with st.container(border=True, key=key):
        st.header(shown(theme.label[:1].upper() + theme.label[1:]), anchor=False)
        papers = counted(len(theme.papers), "paper", "papers")
        st.caption(f"{papers}, {len(theme.agreed)} agreed, {len(theme.disputed)} disputed")
        for paper in theme.papers:
            show_title(desk, project, paper.id, labels.get(paper.id, shown(paper.title)), f"{key}-{paper.id}")
        _findings(desk, project, theme.findings, key)
        _pairs(desk, project, "Disputed", theme.disputed, key)
        _pairs(desk, project, "Agreed", theme.agreed, key)


@st.fragment
def _findings(desk: Desk, project: str, findings: Sequence[Node], key: str) -> None:
    if not findings:
        return
    place = st.expander(f"Main findings ({len(findings)})", key=f"findings-{key}", on_change="rerun")
    if place.open:
        with place:
            for node in findings:
                here = f"{key}-{node.id}"
                show_quote(finding_of(node).quote, here)
                st.caption(shown(source_line(node)))
                if node.page is not None:
                    show_page(desk, project, finding_source(node), here)


@st.fragment
def _pairs(desk: Desk, project: str, name: str, pairs: Sequence[Said], key: str) -> None:
    if not pairs:
        return
    place = st.expander(f"{name} ({len(pairs)})", key=f"{name}-{key}", on_change="rerun")
    if place.open:
        with place:
            show_pairs(desk, project, [pair_in_theme(said) for said in pairs], f"{name}-{key}")
