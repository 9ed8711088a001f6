"""The score of findings: what counts as found, as right, and as told again."""

from __future__ import annotations

import msgspec

from evaluation.findings import FindingsScore, Gold, is_found, marked, score
from hierarchy.nodes import Finding, Value

QUOTE = "Soft labels raised the macro F1 from 0.68 to 0.75 on all ponds."
GOLD = Gold(values=(Value("macro F1", 0.75, None, None, 0.68),), direction="increase", quote=QUOTE)


def finding(quote: str = QUOTE, *values: Value, attribution: str = "own") -> Finding:
    return Finding(quote, "result", "p1", quote, values, "increase", attribution=attribution)


def scored(*findings: Finding, once: bool = True) -> FindingsScore:
    return score({"a": [GOLD]}, {"a": findings}, once=once)


def test_a_finding_with_the_right_pair_is_right_in_all() -> None:
    result = scored(finding(QUOTE, Value("F1", 0.75, None, None, 0.68)))
    assert (result.recall, result.precision, result.strict_precision) == (1.0, 1.0, 1.0)
    assert (result.with_values, result.numbers, result.pairs, result.values) == (1, 1, 1, 1)


def test_numbers_units_and_what_they_are_compared_with_are_told_apart() -> None:
    alone = scored(finding(QUOTE, Value("F1", 0.75)))
    assert (alone.numbers, alone.pairs) == (1, 0)
    wrong_unit = scored(finding(QUOTE, Value("F1", 0.75, "%", None, 0.68)))
    assert (wrong_unit.numbers, wrong_unit.pairs) == (0, 0)
    turned = scored(finding(QUOTE, Value("F1", 0.68, None, None, 0.75)))
    assert (turned.numbers, turned.pairs) == (0, 1)
    other = scored(finding(QUOTE, Value("battery life", 0.75, None, None, 0.68)))
    assert (other.pairs, other.values) == (1, 0)


def test_what_is_reported_of_others_and_what_is_not_gold_count_against() -> None:
    assert scored(finding(attribution="reported")).recall == 0.0
    result = scored(finding(), finding("Boxes took longer than presence labels did in all of the ponds."))
    assert (result.told, result.precision) == (2, 0.5)
    assert any("Boxes" in miss for miss in result.misses)


def test_a_result_told_again_is_right_only_where_the_gold_tells_each_once() -> None:
    again = finding("We conclude that shares pay: 0.75 instead of 0.68.", Value(None, 0.75, None, None, 0.68))
    assert scored(finding(), again).precision == 1.0
    assert scored(finding(), again).strict_precision == 0.5
    assert scored(finding(), again, once=False).precision == 0.5


def test_marks_are_the_outer_words() -> None:
    mark = Gold(first="Soft labels raised the", last="on all ponds.")
    assert is_found(mark, QUOTE)
    assert is_found(mark, "They say that it rose on all ponds.")
    assert not is_found(mark, "Hard labels did not.")


def test_the_marks_keep_no_more_of_a_paper_than_outer_words() -> None:
    rows = marked()
    assert len({row.sha256 for row in rows}) == 12
    assert all(len(row.first.split()) <= 6 and len(row.last.split()) <= 6 and not row.quote for row in rows)
    assert {row.kind for row in rows} <= {"result", "claim", "limitation", "method"}
    assert msgspec.json.decode(msgspec.json.encode(rows[0]), type=Gold) == rows[0]
