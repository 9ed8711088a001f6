"""Findings: which sentences state one, whose it is, and what it states."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierarchy.encoder import Text, unit
from hierarchy.nodes import Value
from hierarchy.paper import Float, Passage, Section
from hierarchy.positions import Positions
from hierarchy.sentences import sentence_ranges
from ingestion.findings import Found, findings_in
from ingestion.findings.attribution import is_reported
from ingestion.findings.classes import CLASSES, WEIGHTS, classes
from ingestion.findings.directions import direction
from ingestion.findings.hedges import is_hedged
from ingestion.findings.measured import Around
from ingestion.findings.numbers import numbers
from ingestion.findings.values import read_values
from strata.minilm import MiniLM


def values(sentence: str) -> list[tuple[float | None, str | None, float | None]]:
    return [(v.value, v.unit, v.baseline) for v in read_values(sentence).values]


def section(kind: str, heading: str = "Results") -> Section:
    return Section("s1", None, heading, None, 1, kind, 1, (0.0, 0.0, 1.0, 1.0), (heading,))


def found_in(encoder: MiniLM, text: str, kind: str = "result", type_: str = "paragraph") -> list[Found]:
    ranges = sentence_ranges(text)
    (encoding,) = encoder.encode([Text(text, "Results: ", ranges)])
    passage = Passage("p1", type_, text, Positions())
    return findings_in(passage, section(kind), ranges, encoding.parts, ())


def test_a_result_is_found_and_a_set_up_is_not(encoder: MiniLM) -> None:
    text = (
        "We trained all networks for forty epochs with a batch size of 32. "
        "Soft labels raised the macro F1 from 0.68 to 0.75. "
        "In future work we plan to label more ponds."
    )
    (found,) = found_in(encoder, text)
    assert text[found.start : found.end] == "Soft labels raised the macro F1 from 0.68 to 0.75."
    assert (found.kind, found.direction, found.hedged, found.attribution) == ("result", "increase", False, "own")
    assert found.values == (Value("macro F1", 0.75, None, found.values[0].condition, 0.68),)


def test_results_without_numbers_are_found(encoder: MiniLM) -> None:
    text = "Our model significantly outperforms all baselines on both datasets. We describe the datasets in Section 3."
    (found,) = found_in(encoder, text, "conclusion")
    assert found.direction == "increase"
    assert found.values == ()


def test_what_others_found_is_marked_as_theirs(encoder: MiniLM) -> None:
    text = "Lind et al. (2021) found that soft labels raised the macro F1 from 0.68 to 0.75, a significant gain."
    assert [(f.kind, f.attribution) for f in found_in(encoder, text)] == [("other", "reported")]


def test_captions_state_no_findings_of_their_own(encoder: MiniLM) -> None:
    text = "Soft labels raised the macro F1 from 0.68 to 0.75."
    assert found_in(encoder, text, type_="caption") == []


def test_a_sentence_that_only_gives_the_interval_belongs_to_the_one_before(encoder: MiniLM) -> None:
    text = (
        "The kappa rose to 0.63, compared with 0.54 before. The bootstrap interval of the difference is 0.04 to 0.14."
    )
    (found,) = found_in(encoder, text)
    assert (found.first, found.last) == (0, 1)
    assert found.claim == text


def test_a_claim_is_one_line_and_its_quote_stands_in_the_passage(encoder: MiniLM) -> None:
    text = "Pretraining improved\nthe accuracy by 2.3 points over the baseline."
    (found,) = found_in(encoder, text)
    assert found.claim == text.replace("\n", " ")
    assert text[found.start : found.end] == text


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The kappa rose from 0.52 to 0.60.", [(0.6, None, 0.52)]),
        ("It gave a macro F1 of 0.75, against 0.72 for the vote.", [(0.75, None, 0.72)]),
        ("The kappa was 0.63, compared with 0.54 before.", [(0.63, None, 0.54)]),
        ("The overlap was 0.38 before and 0.39 after.", [(0.39, None, 0.38)]),
        ("Soft labels and votes both gave a macro F1 of 0.73.", [(0.73, None, 0.73)]),
        ("Battery life grew from 18.6 to 29.8 days.", [(29.8, "days", 18.6)]),
        ("The trigger found 52% of the nights, against 40% for the schedule.", [(52.0, "%", 40.0)]),
        ("We found 18 species on deep roofs.", [(18.0, "species", None)]),
        ("Accuracy ranged from 0.62 to 0.71.", [(0.62, None, None), (0.71, None, None)]),
        ("Precision was 0.53 and recall 0.53 (p < 0.05).", [(0.53, None, None), (0.53, None, None)]),
        ("The yield strength rose from 112 MPa to 187 MPa.", [(187.0, "MPa", 112.0)]),
        ("Oat fibre lowered LDL by 0.25 mmol/L (95% CI 0.18 to 0.32).", [(0.25, "mmol/L", None)]),
        ("Nitrogen losses were 51 against 53 kg N/ha.", [(51.0, "kg N/ha", 53.0)]),
        ("Bleeding was rarer with it (2.1% versus 3.4% per year).", [(2.1, "% per year", 3.4)]),
        ("Falls rose from 8.2 to 10.9 per 1,000 bed days.", [(10.9, "per 1,000 bed days", 8.2)]),
        ("The new loss brought the miss rate down to 38.2% from 44.7%.", [(38.2, "%", 44.7)]),
        ("It outperformed the other model, 79.8% to 77.5%.", [(79.8, "%", 77.5)]),
        ("They checked 23 times a day with batching, down from 37.", [(23.0, "times a day", 37.0)]),
        ("Limiting the delay to 320 ms raised the error rate from 6.2% to 7.5%.", [(7.5, "%", 6.2)]),
        ("Recall was better (M = 0.61, SD = 0.14), t(78) = 3.9, p < .001.", [(0.61, None, None)]),
        ("We found no link to asthma (HR 1.01, 0.93 to 1.09).", [(1.01, None, None)]),
        ("It was seen in 44% of the errors (110 of 250).", [(44.0, "%", None)]),
        ("Deep roofs held 38 species, shallow roofs 24.", [(38.0, "species", 24.0), (24.0, "species", None)]),
        ("The effect was constant between 2% and 20% porosity.", []),
        ("The difference was significant (p = 3 × 10−8).", []),
        ("As Table 3 of Lind (2021) shows, Section 2.2 has no numbers.", []),
    ],
)
def test_numbers_are_read_with_their_unit_and_what_they_are_compared_with(
    sentence: str, expected: list[tuple[float, str | None, float | None]]
) -> None:
    assert values(sentence) == expected


def test_a_difference_tells_which_of_two_numbers_is_compared_with_the_other() -> None:
    read = read_values("The one reached an F1 of 0.37 and the other 0.38, a difference of −0.01.")
    assert [(v.value, v.baseline) for v in read.values if v.baseline] == [(0.37, 0.38)]
    assert read.told


def test_intervals_stand_with_their_number() -> None:
    (value,) = read_values("The gain was 0.04 (95% CI [0.01, 0.07]).", Around(("macro F1",))).values
    assert value.interval == (0.01, 0.07)
    assert value.metric == "difference in macro F1"
    (value,) = read_values("We reach an accuracy of 85.2 ± 0.4.").values
    assert value.interval == (84.8, 85.6)


def test_the_metric_may_come_from_the_head_of_the_column_that_holds_the_number() -> None:
    grid = (("Labels", "Recall", "Precision"), ("soft", "0.61", "0.75"))
    table = Float("Table 2", "Scores", Positions(), rows=grid)
    (value,) = read_values("Soft labels gave 0.75 (Table 2).", Around(tables=(table,))).values
    assert value.metric == "Precision"
    (value,) = read_values("Soft labels gave 0.75.", Around(tables=(table,))).values
    assert value.metric is None, "the sentence does not name the table"


@pytest.mark.parametrize(
    ("sentence", "heading", "expected"),
    [
        ("The yield strength of the alloy rose from 112 MPa to 187 MPa.", "Results", "strength"),
        ("Night work was tied to diabetes (HR 1.32, 95% CI 1.20 to 1.45).", "Results", "HR"),
        ("Coffee at 6 pm delayed sleep onset by 24 minutes.", "Results", "difference in sleep onset"),
        ("Children in clean districts had 16% lower odds of asthma.", "Results", "difference in odds"),
        ("Legibility in first grade was 84%, against 75% on paper.", "Results", "Legibility"),
        ("Soft labels gave 38%.", "Retention of rain", "Retention of rain"),
        ("It took 1.4 minutes.", "Results", "time"),
        ("We saw 18 moths.", "Results", "number of moths"),
    ],
)
def test_what_a_number_measures_is_read_from_its_phrase_its_heading_or_its_unit(
    sentence: str, heading: str, expected: str
) -> None:
    assert [v.metric for v in read_values(sentence, Around(heading=heading)).values] == [expected]


def test_a_bare_score_takes_the_score_that_was_named_before() -> None:
    (value,) = read_values("With distillation it was 0.67.", Around(("battery life", "macro F1"))).values
    assert value.metric == "macro F1", "a battery's life has a unit"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Pre-training failed to reduce the error rate (40.9% with, 41.0% without).", "none"),
        ("The rate was unaffected by treatment (rate ratio 1.02).", "none"),
        ("Recall was 0.52 with it and 0.53 without, with an OR of 0.99 (95% CI 0.94 to 1.05).", "none"),
        ("Adherence was 78% in the message group and 66% with usual care.", "increase"),
        ("Loneliness correlated negatively with sleep quality (r = −.34).", "decrease"),
        ("The dry solvent was six times as viscous.", "increase"),
        ("Lending shrank by 13% where a branch closed.", "decrease"),
        ("Soft labels did not improve the macro F1 of the network.", "none"),
        ("The macro F1 fell from 0.70 to 0.62 on unseen sites.", "decrease"),
        ("The gain in macro F1 was 0.02 (interval −0.01 to 0.05) at Aldmere.", "none"),
        ("Our system outperforms the baseline by a large margin.", "increase"),
    ],
)
def test_directions(sentence: str, expected: str) -> None:
    read = read_values(sentence)
    assert direction(sentence, read.values, read.told, read.change) == expected


def test_hedges_and_reports() -> None:
    assert is_hedged("This may be due to noise.")
    assert not is_hedged("It fell in May 2021.")
    assert is_reported("Li and Chen (2020) report an accuracy of 0.91.", "result")
    assert is_reported("[7] achieved an F1 of 0.81.", "background")
    assert not is_reported("We outperform Li and Chen (2020) by 2.1 points.", "result")


def test_classes_are_probabilities_and_say_what_they_were_trained_on() -> None:
    vectors = np.stack([unit(np.ones(384)), unit(np.arange(384.0))])
    told = classes().probabilities(["We propose a model.", "It outperforms all others by 3%."], vectors, "abstract")
    assert told.shape == (2, len(CLASSES))
    assert np.allclose(told.sum(axis=1), 1.0, atol=1e-5)
    assert told[1, CLASSES.index("result")] > told[0, CLASSES.index("result")]
    assert classes().probabilities([], np.zeros((0, 384), np.float32), "abstract").shape == (0, len(CLASSES))
    assert "CSAbstruct" in classes().card
    assert "Apache" in classes().card
    assert WEIGHTS.stat().st_size < 5e6


WORDS = st.sampled_from(
    [
        "the",
        "F1",
        "rose",
        "from",
        "to",
        "against",
        "0.52",
        "0.61",
        "41%",
        "(interval",
        "−0.02",
        "3.4",
        "days",
        "and",
        "18",
        "species",
        "a difference of",
        "both",
        "±",
        "of",
        "12.5 mm",
        "[0.1, 0.2]",
        "compared with",
        "before,",
        "was",
    ]
)


@given(st.lists(WORDS, max_size=24).map(" ".join))
def test_every_number_of_a_value_stands_in_its_sentence(sentence: str) -> None:
    printed = {abs(n.value) for n in numbers(sentence)}
    for value in read_values(sentence).values:
        assert value.value is not None
        assert abs(value.value) in printed
        assert value.baseline is None or abs(value.baseline) in printed


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    for number in numbers(text):
        assert 0 <= number.start < number.end <= len(text)
    read_values(text)
    is_reported(text, "result")
