"""Levels against flat: measures of each question, intervals, and paired differences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.granularity import FOUND, READ, compared, interval, measured
from evaluation.library import BUDGET, Row

TEXT = "the ducks of the northern marsh call at night when the rain has stopped"
QUESTIONS: list[Row] = [
    {"id": "a", "level": "finding", "papers": ["one"], "evidence": [TEXT]},
    {"id": "b", "level": "paper", "papers": ["one", "two"], "evidence": []},
    {"id": "c", "level": "none", "papers": [], "evidence": []},
]


def found(*nodes: tuple[str, str]) -> Row:
    return {"nodes": [{"file": f"{stem}.pdf", "text": text} for stem, text in nodes]}


def test_papers_count_among_the_first_five_and_evidence_within_the_words_that_are_read() -> None:
    six = [(f"other{i}", "x") for i in range(5)] + [("one", TEXT)]
    near = {"a": found(("one", TEXT)), "b": found(("one", "x"), ("one", "y"), ("three", "z")), "c": found()}
    assert measured(QUESTIONS, near) == {FOUND: {"a": 1.0, "b": 0.5}, READ: {"a": 1.0}}
    far = {"a": found(("one", "word " * BUDGET), ("one", TEXT)), "b": found(*six), "c": found()}
    assert measured(QUESTIONS, far) == {FOUND: {"a": 1.0, "b": 0.0}, READ: {"a": 0.0}}


def test_ways_are_compared_question_by_question() -> None:
    base = {READ: {str(i): float(i % 2) for i in range(40)}}
    worse = {READ: {str(i): float(i % 4 == 1) for i in range(40)}}
    first, second = compared({"routed": base, "flat": worse}, "routed", rounds=2_000)
    assert (first.way, first.ahead, first.value.mean) == ("routed", None, 0.5)
    assert second.ahead is not None
    assert second.ahead.mean == 0.25
    assert 0 < second.ahead.low < 0.25 < second.ahead.high < 0.5


def test_a_way_that_is_the_same_is_ahead_by_nothing() -> None:
    same = {READ: {str(i): float(i % 3 == 0) for i in range(30)}}
    _, other = compared({"routed": same, "flat": same}, "routed", rounds=100)
    assert other.ahead is not None
    assert (other.ahead.mean, other.ahead.low, other.ahead.high) == (0, 0, 0)


def test_ways_with_other_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="same questions"):
        compared({"routed": {READ: {"a": 1.0}}, "flat": {READ: {"b": 1.0}}}, "routed")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_an_interval_holds_its_mean_and_stays_within_the_values(values: list[float]) -> None:
    told = interval(values, rounds=200)
    assert min(values) - 1e-4 <= told.low <= told.high <= max(values) + 1e-4
    assert told == interval(values, rounds=200)


def test_no_values_have_no_interval() -> None:
    with pytest.raises(ValueError, match="no values"):
        interval([])
