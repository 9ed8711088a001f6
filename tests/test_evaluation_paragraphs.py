"""The measure of whole paragraphs: one passage, not much longer than the paragraph, holds nearly all of its words."""

from __future__ import annotations

from evaluation.paragraphs import held

WORDS = [f"reed{i}" for i in range(40)]
PARAGRAPH = " ".join(WORDS)


def test_a_paragraph_in_one_passage_is_whole_though_placeholders_and_case_differ() -> None:
    found = held(PARAGRAPH.upper() + " BIBREF12", [PARAGRAPH], PARAGRAPH)
    assert (found.whole, found.reason, found.share) == (True, "whole", 1.0)


def test_each_way_of_failing_has_its_name() -> None:
    halves = [" ".join(WORDS[:20]), " ".join(WORDS[20:])]
    long = PARAGRAPH + " and more" * 40
    assert held(PARAGRAPH, halves, PARAGRAPH).reason == "cut"
    assert held(PARAGRAPH, [long], PARAGRAPH).reason == "in a passage too long"
    assert held(PARAGRAPH, ["something else entirely here"], PARAGRAPH).reason == "lost"
    assert held(PARAGRAPH, ["something else entirely here"], "not even printed here").reason == "not printed so"
