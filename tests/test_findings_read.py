"""Findings in the words of many fields: numbers with units, what is compared with what, directions, neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.sections import findings_of, made_sections
from hierarchy.encoder import Text
from hierarchy.sentences import sentence_ranges
from ingestion.findings import Found, findings_in
from ingestion.findings.attribution import goes_on_reporting
from ingestion.findings.cues import Index, cues_in, distinct, patterns, table
from ingestion.findings.directions import direction
from ingestion.findings.find import is_told
from ingestion.findings.joining import goes_on, leads_to
from ingestion.findings.values import read_values
from strata.minilm import MiniLM


def values(sentence: str) -> list[tuple[float | None, str | None, float | None]]:
    return [(v.value, v.unit, v.baseline) for v in read_values(sentence).values]


def way(sentence: str) -> str | None:
    read = read_values(sentence)
    return direction(sentence, read.values, read.told, read.change)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        # what stands side by side: the first is held against the second, unless they are told in an order
        ("The barn used 41 kWh/m² and the shed 67 kWh/m².", [(41.0, "kWh/m²", 67.0), (67.0, "kWh/m²", None)]),
        ("It was 1.8 mm before the cut and 2.9 mm after it.", [(2.9, "mm", 1.8)]),
        ("Kappa was 0.90 with one caller and 0.54 with five.", [(0.9, None, None), (0.54, None, 0.9)]),
        (
            "It held 62% and 41% in summer, 30% and 22% in winter.",
            [(62.0, "%", 41.0), (41.0, "%", None), (30.0, "%", 22.0), (22.0, "%", None)],
        ),
        (
            "Damage was 7% with mulch, 33% in the control and 5% with nets.",
            [(7.0, "%", 33.0), (33.0, "%", None), (5.0, "%", 33.0)],
        ),
        ("It carbonised equally (4.1 and 4.3 mm).", [(4.1, "mm", 4.3), (4.3, "mm", None)]),
        # ties
        ("There was no difference in the index (82 v 81 points).", [(82.0, "points", 81.0)]),
        ("The deviation fell to 1.9 from 3.3 minutes.", [(1.9, "minutes", 3.3)]),
        ("Sick days were 1.3 fewer than among drivers (2.4 vs 3.7 days).", [(1.3, None, None), (2.4, "days", 3.7)]),
        ("Weight rose to 148 kg, 22 kg above the design.", [(148.0, "kg", None), (22.0, "kg", None)]),
        # what is set up is no outcome
        ("Facets made up 4, 17 and 46% at 1, 5 and 10 mA.", [(4.0, "%", None), (17.0, "%", 4.0), (46.0, "%", 4.0)]),
        ("Raising the temperature from 180 to 300 °C reduced the loss from 67% to 31%.", [(31.0, "%", 67.0)]),
        ("As the load grew from 1 to 3 kN, the hit rate climbed from 61% to 93%.", [(93.0, "%", 61.0)]),
        ("Porosity was 11.8% and 13.9% with and without 20% glass.", [(11.8, "%", 13.9), (13.9, "%", None)]),
        ("Two sites exceeded the limit of 50 µg/l, with 61 µg/l.", [(61.0, "µg/l", None)]),
        ("Temperature peaked at 31.2 °C instead of 34.8 °C.", [(31.2, "°C", 34.8)]),
        # spreads are no intervals of uncertainty and no values
        ("The delay was 16 days (IQR 11-25) compared with 23 days (IQR 15-34).", [(16.0, "days", 23.0)]),
        ("Depth reached 4.2 mm (F1,28 = 0.81, P = 0.38).", [(4.2, "mm", None)]),
        # units
        ("The coefficient fell from 12.4 × 10−12 to 5.3 × 10−12 m2/s.", [(5.3, "× 10−12 m2/s", 12.4)]),
        ("It answers 4.1 million lookups per second.", [(4.1, "million lookups per second", None)]),
        ("Peak flow was 0.9 l/s per hectare.", [(0.9, "l/s per hectare", None)]),
        ("Noise fell from 58.3 to 54.2 dB(A).", [(54.2, "dB(A)", 58.3)]),
        ("Conductance was 0.21 mol m−2 s−1.", [(0.21, "mol m−2 s−1", None)]),
    ],
)
def test_values(sentence: str, expected: list[tuple[float, str | None, float | None]]) -> None:
    assert values(sentence) == expected


def test_a_spread_is_no_interval() -> None:
    (value,) = read_values("The median stay was 31 days (IQR 24 to 40).").values
    assert value.interval is None
    (value,) = read_values("The mean stay was 31.0 days (95% CI 24.1 to 40.2).").values
    assert value.interval == (24.1, 40.2)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Pairs in boxes fledged 6.9 young, pairs in cavities 5.2.", "increase"),
        ("The wall stayed at 34 °C while the roof reached 58 °C.", "decrease"),
        ("In the control classes it stayed at 2.8 points.", "none"),
        ("Switch costs were 31 ms smaller in bilinguals.", "decrease"),
        ("Participants were 15 minutes slower without types.", "increase"),
        ("Scour was 1.6 cm deeper behind the last row.", "increase"),
        ("Higher coverage went with fewer defects (rho = −.41).", "decrease"),
        ("Fluency correlated with the number of sessions (r = .31).", "increase"),
        ("For ranges of more than 10,000 rows all three perform alike.", "none"),
        ("Chloride migration is more than halved.", "decrease"),
        ("We did not find an effect of the mode on speed (224 and 226 words).", "none"),
        ("Clutches in both were of the same size.", "none"),
        ("We obtain an effect of −11.2%.", "decrease"),
    ],
)
def test_directions_of_many_fields(sentence: str, expected: str) -> None:
    assert way(sentence) == expected


def test_what_goes_on_about_others_is_theirs() -> None:
    named = "This agrees with Lind et al. (2021), who tested on the bench."
    assert goes_on_reporting("Their trigger lasted 29.8 days.", named, reported=False)
    assert goes_on_reporting("They also left two recorders out.", "A plain sentence.", reported=True)
    assert not goes_on_reporting("Their leaves were larger.", "The treated plants grew fast.", reported=False)
    assert not goes_on_reporting("Their trigger lasted longer than our own.", named, reported=True)


def test_two_arms_told_in_the_same_words_are_one_finding() -> None:
    one = "The probe was right for 94% of the clips."
    other = "A probe on the encoder trained from scratch was right for 78%."
    assert goes_on(one, other, read_values(one), read_values(other))
    assert [(v.value, v.baseline) for v in read_values(f"{one} {other}").values] == [(94.0, 78.0), (78.0, None)]
    unlike = "The archive was recorded on 78% of the nights."
    assert not goes_on(one, unlike, read_values(one), read_values(unlike))
    compared = "It was right for 78%, against 70% before."
    assert not goes_on(one, compared, read_values(one), read_values(compared)), "that one is a finding of its own"


def test_what_is_measured_and_its_value_are_one_finding() -> None:
    named, value = "The kappa was averaged over species before arbitration.", "It was 0.78 over all species."
    assert leads_to(named, value, read_values(named), read_values(value))
    assert not leads_to("We then rested.", value, read_values("We then rested."), read_values(value))
    assert not leads_to(value, value, read_values(value), read_values(value)), "the first has a value of its own"


def test_joined_sentences_are_one_verbatim_span(encoder: MiniLM) -> None:
    text = (
        "The probe was right for 94% of the clips. "
        "A probe on the encoder trained from scratch was right for 78%. "
        "The field book was lost."
    )
    ranges = sentence_ranges(text)
    (encoding,) = encoder.encode([Text(text, "Results: ", ranges)])
    (section, passage) = made_sections(0)[0].as_read()
    section = type(section)("s1", None, "Results", None, 1, "result", 1, (0.0, 0.0, 1.0, 1.0), ("Results",))
    passage = type(passage)("p1", "paragraph", text, passage.places)
    found: list[Found] = findings_in(passage, section, ranges, encoding.parts, ())
    assert [(f.first, f.last, text[f.start : f.end]) for f in found] == [(0, 1, text[: ranges[1][1]])]
    assert found[0].direction == "increase"


def test_a_comment_and_what_is_told_again_must_be_surer_than_what_is_measured() -> None:
    levels = {"measured": 0.6, "again": 0.8, "beside": 0.7, "plain": 0.4}
    weights = {"bias": 0.5, "weight": {}, "threshold": levels}  # a chance of .62
    measured = {"plain beside measured": 0.0, "outcomes": 1.0}
    assert is_told(measured, weights)
    assert not is_told(measured | {"outcomes looking back": 1.0}, weights)
    assert not is_told({"plain beside measured": 1.0, "outcomes": 0.0}, weights)
    assert is_told({"plain beside measured": 0.0, "outcomes": 0.0}, weights)


CUES = [cue for group in table("comparisons").values() for cue in group.get("words", ())] + [
    "a",
    "Rows",
    "rose,",
    "3.4",
    "(",
    "non-",
]


@given(st.lists(st.sampled_from(CUES), max_size=12).map(" ".join))
def test_the_index_finds_the_groups_that_the_patterns_find(text: str) -> None:
    found = {name for name, pattern in patterns("comparisons").items() if pattern.search(text)}
    assert set(cues_in("comparisons", text)) == found


def test_the_index_takes_the_longest_cue_and_knows_stems() -> None:
    index = Index({"none": {"words": ["no", "no effect"], "stems": ["unalter"]}})
    assert index.spans("No effect, unaltered; nobody.") == {"none": [(0, 9), (11, 18)]}
    assert distinct("cues", "better", "Better and better, and less.") == 2


def test_made_sections_are_whole_and_halved_by_field() -> None:
    made = made_sections()
    fields = [{one.field for one in made_sections(half)} for half in (0, 1)]
    assert not fields[0] & fields[1]
    assert min(len(fields[0]), len(fields[1])) >= 7
    for one in made:
        assert not one.sentences[0].continues
        for finding in findings_of([one]):
            assert finding.quote in one.text
            assert finding.direction in ("increase", "decrease", "none", "difference", None)
            for value in finding.values:
                assert value.value is not None
