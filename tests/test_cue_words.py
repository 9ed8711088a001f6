"""Cues stand alone, in any case; those at the start stand after what parts a question, too."""

from __future__ import annotations

import pytest

from retrieval.cue_words import Cues


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("Who CONTRADICTS whom?", True),
        ("an uncontradicted claim", False),
        ("they agree  on it", True),
        ("they agreed on it", False),
        ("who wrote it", True),
        ("Marsh birds: who counts them", True),
        ("those who wrote", False),
        ("", False),
    ],
)
def test_a_cue_is_found_where_it_stands_and_nowhere_else(text: str, there: bool) -> None:
    assert Cues(["contradict*", "agree on"], start=["who"]).stand_in(text) is there
