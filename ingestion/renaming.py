"""Gives a paper as read another id, and with it new ids to its sections and passages.

Needed where the same path brings a new version, which keeps the id of the old one, or where two files print the same
identifier over different words.
"""

from __future__ import annotations

import msgspec

from hierarchy.identity import Occurrences
from hierarchy.paper import Paper


def with_id(paper: Paper, paper_id: str) -> Paper:
    """The same paper under another id; ids below are made again in the order in which reading made them."""
    if paper.paper_id == paper_id:
        return paper
    ids = Occurrences(paper_id)
    renamed: dict[str, str] = {}
    sections = []
    for section in paper.sections:
        parent_path = section.path[: len(section.path) - bool(section.heading)]
        renamed[section.id] = ids.section((*parent_path, section.heading))
        passages = tuple(msgspec.structs.replace(p, id=ids.passage(p.text)) for p in section.passages)
        parent = renamed[section.parent] if section.parent else None
        sections.append(msgspec.structs.replace(section, id=renamed[section.id], parent=parent, passages=passages))
    return msgspec.structs.replace(paper, paper_id=paper_id, sections=tuple(sections))
