"""Titles that a question quotes and that no paper has: said, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from made_lakes import paper

from hierarchy.nodes import PaperName
from retrieval.titles import unknown_titles
from strata.assistant import Assistant

THERE = [PaperName("a", "Wild Bees on Fourteen Roofs: Flowers and Depth", (), ())]


@pytest.mark.parametrize(
    "question",
    [
        "What does the paper 'Bees of the Northern Moon' say about height?",
        'What does the article called "Bees of the Northern Moon" find?',
        "Does the study “Bees of the Northern Moon” hold?",
    ],
)
def test_a_quoted_title_that_no_paper_has_is_told(question: str) -> None:
    assert unknown_titles(question, THERE) == ["Bees of the Northern Moon"]


@pytest.mark.parametrize(
    "question",
    [
        "What does the paper 'Wild Bees on Fourteen Roofs' say?",
        'What does the paper "wild bees on fourteen roofs: flowers and depth" say?',
        "Which papers use the word 'bees'?",
        "Do the authors' papers and others' papers agree?",
        "What do papers say about 'Bees of the Northern Moon'?",
        "",
    ],
)
def test_titles_that_are_there_and_other_quotes_are_not(question: str) -> None:
    assert unknown_titles(question, THERE) == []


def test_an_answer_and_a_search_say_so(tmp_path: Path, assistant: Callable[..., Assistant]) -> None:
    a = assistant("lakes")
    a.ingest(paper(tmp_path / "a.pdf"))
    asked = "What does the paper 'Herons of the Lower Delta' say about reeds?"
    note = "No paper here is called 'Herons of the Lower Delta'. All was searched."
    assert note in a.search(asked).notes
    assert note in a.ask(asked).notes
    assert a.search("What is said about reeds?").notes == ()
