"""Numbers of headings: read in each form, followed through a paper."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.reading.headings.numbering import Number, depths, follow, parse, roman, to_roman


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("1 Introduction", "1", "Introduction"),
        ("2.1. Sites", "2.1", "Sites"),
        ("3.Results", "3", "Results"),
        ("IV. RESULTS", "IV", "RESULTS"),
        ("A.1 Northern Plots", "A.1", "Northern Plots"),
        ("Appendix B: More Plots", "B", "More Plots"),
        ("Chapter 2 The Lake", "2", "The Lake"),
        ("Anhang C Karten", "C", "Karten"),
        ("§3 Law", "3", "Law"),
        ("S1 More Figures", "S1", "More Figures"),
        ("1) Baselines", "1", "Baselines"),
        ("(a) Reeds", "a", "Reeds"),
        ("III.B Setup", "III.B", "Setup"),
        ("第二章 方法", "二", "方法"),
        ("三、结果", "三", "结果"),
    ],
)
def test_a_number_is_read_in_each_of_its_forms(text: str, number: str, rest: str) -> None:
    found = parse(text)
    assert found is not None
    assert (found[0].text, found[1]) == (number, rest)


@pytest.mark.parametrize(
    "text", ["A study of reeds", "reeds 1", "2019 was a dry year", "I think", "Vast reeds", "1.5-fold growth", "", "."]
)
def test_words_that_only_look_like_a_number_are_none(text: str) -> None:
    assert parse(text) is None


@given(st.integers(1, 89))
def test_roman_numerals_are_read_back(value: int) -> None:
    assert roman(to_roman(value)) == value


def counts(tree: list[list[int]], style: str) -> tuple[list[str], list[int]]:
    """The numbers of a paper with these sections, subsections and counts of subsubsections, and their levels."""
    numbers: list[str] = []
    levels: list[int] = []
    for i, subsections in enumerate(tree, 1):
        top = to_roman(i) if style == "roman" else str(i)
        numbers.append(f"{top}. Words")
        levels.append(1)
        for j, deeper in enumerate(subsections, 1):
            numbers.append(f"{chr(64 + j)}. Words" if style == "roman" else f"{i}.{j} Words")
            levels.append(2)
            for k in range(1, deeper + 1):
                numbers.append(f"{k}) Words" if style == "roman" else f"{i}.{j}.{k} Words")
                levels.append(3)
    return numbers, levels


def read_numbers(texts: list[str]) -> list[Number]:
    found = [parse(text) for text in texts]
    return [number[0] for number in found if number is not None]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 3), max_size=4), min_size=1, max_size=8),
    st.sampled_from(["decimal", "roman"]),
    st.integers(0, 3),
)
def test_every_well_formed_count_is_followed_with_its_levels(
    tree: list[list[int]], style: str, appendices: int
) -> None:
    texts, levels = counts(tree, style)
    texts += [f"Appendix {chr(65 + i)} Words" for i in range(appendices)]
    levels += [1] * appendices
    numbers = read_numbers(texts)
    places = follow(numbers, [1.0] * len(numbers))
    assert list(places) == list(range(len(numbers)))
    assert depths(list(places.values())) == levels


def test_numbers_of_a_list_do_not_break_the_count() -> None:
    texts = ["1 Introduction", "1 reed", "2 reeds", "3 reeds", "2 Methods", "2.1 Sites", "2.2 Plots", "3 Results"]
    numbers = read_numbers(texts)
    weights = [0.4 if "reed" in text else 1.0 for text in texts]
    chosen = [texts[i] for i in follow(numbers, weights)]
    assert chosen == [text for text in texts if "reed" not in text]


def test_a_chapters_own_sections_are_the_top() -> None:
    numbers = read_numbers(["3.1 Introduction", "3.2 Sites", "3.2.1 Plots", "3.3 Results", "A Nights"])
    assert depths(list(follow(numbers, [1.0] * 5).values())) == [1, 1, 2, 1, 1]
