"""Whether a sentence is borne out by its sources: its numbers, its words, its sense."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hierarchy.grounding import coverage, has_number, invented, numbers_in, turns_round


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("The kappa was 0.90 with one caller, .54 with five.", {"0.9", "0.54", "5"}),
        ("1,622 mm fell in 24 months", {"1622", "24"}),
        ("a difference of −0.02 (−0.05 to 0.03)", {"-0.02", "-0.05", "0.03"}),
        ("pages 3-5 and 7–9", {"3", "5", "7", "9"}),
        ("COVID-19 and ResNet-50 reach an F1 of 80%", {"19", "50", "80"}),
        ("twenty-five of ninety sites, twelve lakes", {"25", "90", "12"}),
        ("a rate of 1e-5", {"0.00001"}),
        ("９５% of it, and ٣ times", {"95", "3"}),
        ("½ of it, 五 times", {"½", "五"}),
        ("3.0 and 3 and 3.", {"3"}),
        ("no number at all", set()),
    ],
)
def test_numbers_in_one_spelling(text: str, numbers: set[str]) -> None:
    assert numbers_in(text) == numbers


def test_invented_numbers_are_named() -> None:
    source = numbers_in("Retention was 71% in summer, a difference of −12 points.")
    assert invented("Retention was 71%, 12 points less.", source) == []
    assert invented("Retention was 95%.", source) == ["95"]
    assert invented("A difference of -71 points.", source) == ["-71"]  # a minus is not made up
    assert invented("Ninety-five percent.", source) == ["95"]
    assert has_number(0.9, numbers_in("was 0.90"))
    assert not has_number(0.9, numbers_in("was 0.91"))


def test_coverage_counts_words_in_any_form() -> None:
    source = "The annotators agreed on most of the recordings."
    assert coverage("Annotators agree on recordings", [source]) == 1.0
    assert coverage("Sponsors praised this product", [source]) == 0.0
    assert coverage("and of the", [source]) == 1.0


@pytest.mark.parametrize(
    ("text", "source", "round_"),
    [
        ("Retention rose with depth.", "Retention fell with depth.", True),
        ("Retention fell with depth.", "Retention was reduced with depth.", False),
        ("Depth had no effect.", "Depth had an effect of 3 points.", True),
        ("Depth had no effect.", "We found no effect of depth.", False),
        ("Summer is higher, winter lower.", "Summer was higher, and winter was lower.", False),
        ("Summer is higher, autumn lower.", "Summer and autumn were higher.", True),
        ("It fell from 0.46 to 0.64, and rose in the north.", "It rose, but it fell in the north.", True),
        ("The error was reduced from 0.64 to 0.46.", "The error fell from 0.64 to 0.46.", False),
        ("With five or more callers it fell.", "With five callers or more it fell.", False),
        ("With five or fewer callers it fell.", "With five or more callers it fell.", True),
        ("With ten or less it fell.", "With ten or fewer it fell.", False),
        ("There was no difference.", "The difference was 0.01 (interval −0.02 to 0.04).", False),
    ],
)
def test_what_turns_a_source_round(text: str, source: str, round_: bool) -> None:
    assert turns_round(text, source) is round_


@settings(deadline=None)
@given(st.text(max_size=200))
def test_a_text_is_borne_out_by_itself(text: str) -> None:
    assert invented(text, numbers_in(text)) == []
    assert coverage(text, [text]) == 1.0
    assert not turns_round(text, text)


@settings(deadline=None)
@given(st.floats(min_value=-1e9, max_value=1e9, allow_nan=False), st.integers(0, 6))
def test_a_number_is_found_however_it_is_printed(value: float, places: int) -> None:
    printed = f"{value:.{places}f}"
    assert has_number(float(printed), numbers_in(f"it was {printed} in all"))
