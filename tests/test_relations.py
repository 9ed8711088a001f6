"""Agreement and contradiction between findings: what is one, and the near-misses that are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hierarchy.encoder import Matrix
from hierarchy.nodes import Finding, Level, Node, Value
from hierarchy.relations import Relation, relations_between

AROUND = "Strong augmentation of clips and its effect on rare birds in the reedbed of Halmer Fen, trained from scratch."
FILLER = (
    "The herbarium sheets were dried and pressed within a day.",
    "Interviews were held with nine reserve wardens.",
    "Moth traps were emptied at dawn and weighed.",
    "Salinity of the ditch was logged by a probe.",
    "Ringing totals were taken from the yearly report.",
    "Visitors were counted at the gate by a sensor.",
)


def node(id: str, quote: str, paper: str | None = None, **told: Any) -> Node:
    """A finding of a paper of its own."""
    finding = Finding(told.pop("claim", quote), "result", f"passage-{id}", quote, **told)
    return Node(
        id, Level.FINDING, "marsh", "", quote, paper=paper or f"paper-{id}", paper_title=AROUND, finding=finding
    )


def vectors(*cosines: float) -> Matrix:
    """Unit rows; the first is an axis, each other has this cosine with it and with the rest."""
    rows = np.zeros((len(cosines) + 1, len(cosines) + 2), np.float32)
    rows[:, 0] = [1.0, *cosines]
    for i, cosine in enumerate(cosines, start=1):
        rows[i, i] = np.sqrt(1 - cosine**2)
    return rows


def relate(one: str | Node, other: str | Node, cosine: float = 0.85, **named: Any) -> list[Relation]:
    """The relations of two findings among some on other things."""
    a = one if isinstance(one, Node) else node("a", one)
    b = other if isinstance(other, Node) else node("b", other)
    rest = [node(f"x{i}", text) for i, text in enumerate(FILLER)]
    rows = vectors(cosine, *([0.0] * len(FILLER)))
    passages = {f"passage-{id}": AROUND for id in ("a", "b")}
    return relations_between([a], rows[:1], [b, *rest], rows[1:], passages=passages, **named)


def kinds(one: str | Node, other: str | Node, **named: Any) -> list[str]:
    return [r.kind for r in relate(one, other, **named)]


STRONG = "Strong augmentation raised the macro F1 on the rare birds of Halmer Fen from 0.48 to 0.59."
UNCHANGED = (
    "Strong augmentation left the macro F1 on the rare birds of Halmer Fen unchanged "
    "(difference 0.00, interval −0.02 to 0.02)."
)


def test_the_same_gain_agrees() -> None:
    found = relate(STRONG, "Strong augmentation raised the macro F1 on the rare birds of Halmer Fen from 0.49 to 0.60.")
    assert [(r.kind, r.a, r.b, r.origin) for r in found] == [("supports", "a", "b", "rules")]
    assert 0.5 < found[0].score <= 1


def test_a_gain_against_none_contradicts() -> None:
    assert kinds(STRONG, UNCHANGED) == ["contradicts"]


def test_a_gain_against_a_loss_between_near_numbers_contradicts() -> None:
    up = "Soft labels raised the macro F1 for frog choruses from 0.68 to 0.75."
    assert kinds(up, "Soft labels lowered the macro F1 for frog choruses from 0.72 to 0.66.") == ["contradicts"]


def test_a_gain_against_a_loss_contradicts() -> None:
    other = "Strong augmentation lowered the macro F1 on the rare birds of Halmer Fen from 0.48 to 0.40."
    assert kinds(STRONG, other) == ["contradicts"]


def test_a_gain_against_a_far_smaller_one_from_the_same_start_contradicts() -> None:
    small = (
        "Strong augmentation raised the macro F1 on the rare birds of Halmer Fen by 0.02, from 0.48 to 0.50 "
        "(interval 0.00 to 0.04)."
    )
    assert kinds(STRONG, small) == ["contradicts"]


def test_one_that_starts_from_elsewhere_is_no_contradiction() -> None:
    other = "Strong augmentation lowered the macro F1 on the rare birds of Halmer Fen from 0.85 to 0.80."
    assert kinds(STRONG, other) == []


@pytest.mark.parametrize(
    "other",
    [
        "Strong augmentation left the macro F1 on the common birds of Halmer Fen unchanged at 0.75.",
        "Weak augmentation lowered the macro F1 on the rare birds of Halmer Fen from 0.48 to 0.40.",
    ],
)
def test_conditions_that_exclude_each_other_explain_it(other: str) -> None:
    assert kinds(STRONG, other) == []


def test_four_times_the_dose_is_another_condition() -> None:
    one = "With 20 mg of the drug the score of rare birds of Halmer Fen rose from 0.48 to 0.59."
    assert kinds(one, "With 80 mg of the drug the score of rare birds of Halmer Fen fell from 0.48 to 0.40.") == []
    same = "With 20 mg of the drug the score of rare birds of Halmer Fen fell from 0.48 to 0.40."
    assert kinds(one, same) == ["contradicts"]


def test_more_that_was_observed_is_the_same_condition() -> None:
    one = "In 250 clips the share of rare birds of Halmer Fen with strong augmentation rose from 0.48 to 0.59."
    other = "In 900 clips the share of rare birds of Halmer Fen with strong augmentation rose from 0.48 to 0.58."
    found = relate(one, other)
    assert [r.kind for r in found] == ["supports"]
    assert "250 clips against 900 clips" in found[0].difference


def test_the_same_numbers_by_accident_are_no_relation() -> None:
    other = "Sick leave of ferry crews in the northern harbours rose from 0.48 to 0.59."
    assert kinds(STRONG, other, cosine=0.3) == []


def test_the_same_words_with_another_meaning_are_no_relation() -> None:
    one = node("a", "Retention of rain on the planted roof was 71% in summer.")
    other = node("b", "Retention of staff at the museum was 40% in a summer of strikes.")
    assert kinds(one, other, cosine=0.4) == []


def test_units_fold() -> None:
    one = "Strong augmentation raised the recall on the rare birds of Halmer Fen by 6 percentage points."
    other = "Strong augmentation raised the recall on the rare birds of Halmer Fen from 0.52 to 0.58."
    assert kinds(one, other) == ["supports"]


def test_the_opposite_metric_turns_the_direction() -> None:
    one = "Planting strong sedges of rare kinds raised the retention of Halmer Fen considerably."
    assert kinds(one, "Planting strong sedges of rare kinds lowered the runoff of Halmer Fen considerably.") == [
        "supports"
    ]


def test_a_cause_that_is_taken_away_turns_the_direction() -> None:
    one = "Removing strong masking lowered recognition of rare birds of Halmer Fen."
    assert kinds(one, "Strong masking raised recognition of rare birds of Halmer Fen.") == ["supports"]


def test_findings_of_one_paper_or_of_its_versions_never_relate() -> None:
    a, b = node("a", STRONG, paper="p"), node("b", STRONG, paper="p")
    assert kinds(a, b) == []
    b = node("b", STRONG, paper="p2")
    assert kinds(a, b) == ["supports"]
    assert kinds(a, b, versions={"p2": "p"}) == []
    assert kinds(a, b, versions={"p2": "p", "p": "p2"}) == []  # a ring of versions ends too


def test_what_others_found_takes_no_part() -> None:
    assert kinds(node("a", STRONG, attribution="reported"), STRONG) == []


def test_a_hedge_lowers_the_score() -> None:
    plain, hedged = (relate(node("a", STRONG, hedged=h), STRONG)[0].score for h in (False, True))
    assert hedged < plain


def test_recorded_values_and_direction_are_read_where_the_words_are_silent() -> None:
    quote = "Strong augmentation of rare birds of Halmer Fen: see the table."
    up = node("a", quote, values=(Value("macro F1", 0.59, baseline=0.48),), direction="increase")
    flat = node("b", quote, values=(Value("macro F1", 0.48, baseline=0.48),), direction="none")
    assert kinds(up, flat) == ["contradicts"]


def test_a_paper_that_also_agrees_does_not_contradict() -> None:
    nodes = [node("b", UNCHANGED, paper="q"), node("c", STRONG, paper="q")]
    rows = vectors(0.85, 0.85)
    found = relations_between([node("a", STRONG)], rows[:1], nodes, rows[1:])
    assert [(r.kind, r.b) for r in found if r.kind == "contradicts"] == []


def test_the_difference_names_places_and_numbers() -> None:
    one = "At Withern Sluice strong augmentation with 20 labels raised the macro F1 on rare birds from 0.48 to 0.59."
    other = "At Halmer Fen strong augmentation with 22 labels raised the macro F1 on rare birds from 0.48 to 0.59."
    assert relate(one, other)[0].difference == "Withern Sluice against Halmer Fen; 20 labels against 22 labels"
    assert relate(STRONG, STRONG)[0].difference == "no other condition is told"


def test_each_pair_once_among_new_ones_too() -> None:
    a, b = node("a", STRONG), node("b", STRONG)
    rows = vectors(0.9)
    assert len(relations_between([a, b], rows, [a, b], rows)) == 1


def test_nothing_gives_nothing() -> None:
    none = np.zeros((0, 4), np.float32)
    assert relations_between([], none, [], none) == []
    assert relations_between([node("a", STRONG)], np.eye(1, 4, dtype=np.float32), [], none) == []


def test_a_vector_for_each_finding() -> None:
    with pytest.raises(ValueError, match="one vector"):
        relations_between([node("a", STRONG)], np.zeros((2, 4), np.float32), [], np.zeros((0, 4), np.float32))


SUBJECTS = st.sampled_from(
    ["Strong augmentation", "Removing masking", "Without rain, pretraining", "20 mg of the drug"]
)
VERBS = st.sampled_from(["raised", "lowered", "did not change", "left unchanged", "improved"])
NUMBERS = st.integers(1, 99).map(lambda n: f"0.{n:02}")
SENTENCES = st.builds(
    lambda s, v, a, b, tail: f"{s} {v} the macro F1 of rare birds from {a} to {b}{tail}.",
    SUBJECTS,
    VERBS,
    NUMBERS,
    NUMBERS,
    st.sampled_from(["", " (interval −0.02 to 0.03)", ", against 0.50 for frogs", " in heavy rain, a loss of 3%"]),
)


@settings(max_examples=150, deadline=None)
@given(SENTENCES, SENTENCES, st.floats(0.3, 0.99))
def test_the_order_of_findings_does_not_matter(one: str, other: str, cosine: float) -> None:
    a, b = node("a", one), node("b", other)
    rows = vectors(cosine)
    forward = relations_between([a], rows[:1], [b], rows[1:])
    assert forward == relations_between([b], rows[1:], [a], rows[:1])
    assert forward == relations_between([b, a], rows[::-1], [], rows[:0])
    assert all(r.a < r.b and 0 <= r.score <= 1 for r in forward)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_words_can_be_compared(text: str) -> None:
    assert relate(text, STRONG) == relate(text, STRONG)
