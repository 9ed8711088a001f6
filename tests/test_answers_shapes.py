"""The shape of an answer: a value first, steps in order, themes, both sides, a line for each of what is compared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_answers import Made, Stated, ask, finding_id, library

from hierarchy.nodes import Level, Value
from hierarchy.store import NodeStore
from retrieval.answers.comparing import sides_of
from retrieval.answers.numbers import counted, measured, printed
from retrieval.answers.shapes import Shape, shape_of
from retrieval.route import only, route

GOOD = "On lake calls the tagger reached an F1 of 0.81."
BETTER = "Our ranker reached an F1 of 92% on river calls."
BORROWED = "Weller (2015) reached an F1 of 0.99 on the same calls."
CHANGE = "Soft labels improved the F1 by 0.97 at most."
COUNTED = "An F1 was computed over 5000 clips."
UP = "Deeper soil raised the yield of clover from 40 to 60 bales."
SAME = "Deeper soil did not change the yield of clover."
AGAIN = "On deeper soil the yield of clover was higher by 18 bales."

LAKES = Made(
    "lakes",
    "Tagging Lake Calls",
    {
        "abstract": "Lake calls are tagged with a small network.",
        "method": "First we cut the recordings into clips. Then two listeners labelled each clip. "
        "We trained the tagger on the labels of both. The weather was fine.",
        "result": f"{GOOD} {COUNTED} It was close to what listeners reach. We heard 38 species of birds at the lakes.",
    },
    (
        Stated(GOOD, (Value("F1", 0.81),)),
        Stated(COUNTED, (Value("F1", 5000.0, "clips"),)),
    ),
    {"authors": ["Ada Fenwick"], "year": 2018},
)
RIVERS = Made(
    "rivers",
    "Ranking River Calls",
    {
        "abstract": "River calls are ranked by how sure a network is.",
        "result": f"{BETTER} {BORROWED} {CHANGE}",
    },
    (
        Stated(BETTER, (Value("F1", 92.0, "%"),)),
        Stated(BORROWED, (Value("F1", 0.99),), "reported"),
        Stated(CHANGE, (Value("F1", 0.97),)),
    ),
    {"authors": ["Bo Tarn"], "year": 2021},
)


def relation(kind: str, a: str, b: str, difference: str = "") -> dict[str, Any]:
    return {"kind": kind, "a": a, "b": b, "difference": difference, "score": 0.9, "origin": "rules", "reason": None}


PLOTS = Made(
    "plots",
    "Clover on Deep Plots",
    {"abstract": "We grew clover on plots of two depths.", "result": UP},
    (Stated(UP),),
    {
        "authors": ["Ida Hollin"],
        "relations": [
            relation("contradicts", finding_id("plots", 0), finding_id("fields", 0), "dry soil in one only"),
            "no relation",
        ],
    },
)
FIELDS = Made(
    "fields",
    "Clover in Twelve Fields",
    {"abstract": "Clover was cut in twelve fields.", "result": SAME},
    (Stated(SAME),),
    {
        "authors": ["Jon Merrow"],
    },
)
BEDS = Made(
    "beds",
    "Raised Beds of Clover",
    {"abstract": "Clover was sown in raised beds.", "result": AGAIN},
    (Stated(AGAIN),),
    {
        "relations": [
            relation("supports", finding_id("beds", 0), finding_id("plots", 0)),
            relation("supports", finding_id("beds", 0), "f-gone"),
        ],
    },
)
THEMES = [
    {"label": "calls, networks", "papers": ["lakes", "rivers", "gone"], "findings": [finding_id("lakes", 0), "f-gone"]},
    {
        "label": "clover, soil",
        "papers": ["plots", "fields", "beds"],
        "findings": [finding_id("plots", 0), finding_id("fields", 0)],
    },
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> NodeStore:
    return library(tmp_path_factory.mktemp("shapes"), (LAKES, RIVERS, PLOTS, FIELDS, BEDS), THEMES)


# Which shape


@pytest.mark.parametrize(
    ("question", "level", "shape"),
    [
        ("How many papers use dropout?", Level.PAPER, Shape.COUNT),
        ("How many of the field studies report rain?", Level.FINDING, Shape.COUNT),
        ("Which papers use dropout?", Level.PAPER, Shape.PAPERS),
        ("dropout in recurrent networks", Level.PAPER, Shape.PAPERS),
        ("Which paper reports the highest F1?", Level.PAPER, Shape.EXTREME),
        ("Which paper has the best title?", Level.PAPER, Shape.PAPERS),
        ("Compare soft labels and hard labels", Level.PAPER, Shape.COMPARISON),
        ("What do authors disagree about?", Level.PROJECT, Shape.SIDES),
        ("What are the main themes?", Level.PROJECT, Shape.THEMES),
        ("What is known about frost?", Level.PROJECT, Shape.GIST),
        ("How were the clips labelled?", Level.SECTION, Shape.STEPS),
        ("Why was frost left out?", Level.SECTION, Shape.SENTENCES),
        ("What F1 did they reach?", Level.FINDING, Shape.VALUE),
        ("How many clips were labelled?", Level.FINDING, Shape.VALUE),
        ("Did frost matter?", Level.FINDING, Shape.SENTENCES),
    ],
)
def test_the_shape_follows_cues_and_level(question: str, level: Level, shape: Shape) -> None:
    assert shape_of(question, only(level)) == shape


@given(st.text(max_size=300))
def test_every_question_has_a_shape(question: str) -> None:
    assert shape_of(question, route(question)) in Shape


# Extremes


def test_the_highest_value_is_ranked_over_papers_and_scales(store: NodeStore) -> None:
    answer = ask(store, "Which paper reports the highest F1?")
    head, first, second = answer.text.splitlines()
    assert head == "Highest F1 that a sentence states:"
    assert first == f"- 92% (Ranking River Calls): {BETTER} [1]"
    assert second == f"- 0.81 (Tagging Lake Calls): {GOOD} [2]"
    assert answer.notes[0].startswith("Ranked from 2 values of F1 in sentences of 2 papers")


def test_the_lowest_is_the_other_end_and_other_words_limit_it(store: NodeStore) -> None:
    assert ask(store, "Which paper reports the lowest F1?").citations[0].quote == GOOD
    lakes = ask(store, "Which paper reports the highest F1 on lake calls?")
    assert [c.paper for c in lakes.citations] == ["lakes"]


def test_where_no_value_is_stated_nothing_is_ranked(store: NodeStore) -> None:
    answer = ask(store, "Which paper reports the highest BLEU?")
    assert not any("Highest" in line for line in answer.text.splitlines())
    assert "nothing is ranked" in " ".join(answer.notes)


# Values


def test_a_value_comes_first_where_the_sentence_states_it(store: NodeStore) -> None:
    answer = ask(store, "What F1 did the tagger reach on lake calls?")
    assert answer.text.startswith(f"F1 0.81: {GOOD} [1]")
    birds = ask(store, "How many species of birds were heard at the lakes?")
    assert birds.text.startswith("38 species")


@pytest.mark.parametrize(
    ("value", "text", "said"),
    [
        (Value("F1", 0.81), "It reached 0.81 here.", "0.81"),
        (Value("F1", 92.0, "%"), "It reached 92% here.", "92%"),
        (Value("cooling", 3.1, "K"), "It was 3.1 K cooler.", "3.1 K"),
        (Value("cost", 1200.0), "It cost 1,200 crowns.", "1,200"),
        (Value("F1", 0.05), "It rose by 0.05.", None),
        (Value("F1", 0.8), "It reached 0.81 here.", None),
        (Value("F1", None), "It reached 0.81 here.", None),
    ],
)
def test_a_value_is_said_as_it_is_printed(value: Value, text: str, said: str | None) -> None:
    assert printed(value, text) == said


def test_what_may_be_another_number_is_not_put_first() -> None:
    assert counted("How many species were there?", "We saw 38 species in May and 12 species in June.") is None
    assert counted("How many species were there?", "We saw species in 38 ponds.") is None
    assert (
        counted("On how many of the 47 nights was it heard?", "It was heard on 18 of 47 nights.") == "18 of 47 nights"
    )
    assert counted("Why?", "We saw 38 species.") is None
    two = (Value("F1", 0.7), Value("F1", 0.8))
    assert measured("What F1?", two, "The F1 was 0.7 and then 0.8.") is None
    assert (
        measured("What F1?", (Value("F1", 0.7, baseline=0.6),), "The F1 rose from 0.6 to 0.7.") == "F1 0.7 against 0.6"
    )
    assert measured("What recall?", (Value("F1", 0.7),), "The F1 was 0.7.") is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_count_is_part_of_the_sentence(question: str, text: str) -> None:
    said = counted(question, text)
    assert said is None or said in text


# Steps, themes


def test_steps_are_numbered_in_reading_order(store: NodeStore) -> None:
    answer = ask(
        store,
        "How were the recordings cut into clips, labelled by listeners, and how was the tagger trained on labels?",
    )
    quotes = [c.quote for c in answer.citations]
    assert quotes == sorted(quotes, key=lambda quote: LAKES.sections["method"].find(quote))
    assert answer.text.splitlines()[0] == "1. First we cut the recordings into clips. [1]"
    assert answer.text.splitlines()[1].startswith("2. Then two listeners")


def test_an_answer_does_not_begin_with_a_word_that_leans(store: NodeStore) -> None:
    answer = ask(store, "Was it close to what listeners reach on lake calls with an F1?")
    assert not answer.text.startswith("It ")


def test_the_field_is_told_by_its_themes(store: NodeStore) -> None:
    answer = ask(store, "What are the main themes of this field?")
    lines = answer.text.splitlines()
    assert lines[0] == "2 themes in 5 papers:"
    assert lines[1] == "calls, networks (2 papers)"
    assert lines[2] == f"- Tagging Lake Calls: {GOOD} [1]"
    assert lines[3] == "clover, soil (3 papers)"
    assert answer.status == "answered"


def test_a_part_of_the_field_is_told_by_its_papers(store: NodeStore) -> None:
    answer = ask(store, "What are the main themes of this field?", papers=["plots"])
    assert [c.paper for c in answer.citations] == ["plots"]


# Sides


def test_a_dispute_shows_both_sides(store: NodeStore) -> None:
    answer = ask(store, "What do the authors disagree about?")
    assert {c.quote for c in answer.citations} == {UP, SAME}
    assert answer.text.splitlines()[0] == "Findings that differ (1; dry soil in one only):"


def test_agreement_is_told_with_what_speaks_against_it(store: NodeStore) -> None:
    answer = ask(store, "Is there consensus in the literature that deeper soil raises the yield of clover?")
    heads = [line for line in answer.text.splitlines() if line.startswith("Findings")]
    assert heads[0].startswith("Findings that agree")
    assert all(c.paper in ("plots", "fields", "beds") for c in answer.citations)


def test_without_a_dispute_it_says_that_none_is_known(store: NodeStore) -> None:
    answer = ask(store, "Is it disputed in the literature how calls are tagged?")
    assert "No two findings" in " ".join(answer.notes)
    only_one = ask(store, "What do the authors disagree about?", papers=["lakes", "rivers"])
    assert {c.paper for c in only_one.citations} <= {"lakes", "rivers"}


# Comparisons


def test_named_papers_each_have_their_line(store: NodeStore) -> None:
    answer = ask(store, "Compare what the papers by Fenwick and Tarn say on calls.")
    assert [c.paper for c in answer.citations] == ["lakes", "rivers"]


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("Compare soft labels and hard labels", ("soft labels", "hard labels")),
        ("What is the difference between frost and snow in gardens?", ("frost", "snow")),
        ("clover versus grass", ("clover", "grass")),
        ("How does clover differ from grass?", ("clover", "grass")),
        ("What do people usually compare against, and did that change?", None),
        ("Compare them.", None),
        ("clover vs clover", None),
    ],
)
def test_the_sides_are_in_the_words_of_the_question(question: str, sides: tuple[str, str] | None) -> None:
    assert sides_of(question) == sides


# The check


def test_what_does_not_stand_falls_and_the_frame_with_it(tmp_path: Path) -> None:
    import msgspec

    from hierarchy.nodes import Record

    store = library(tmp_path, (LAKES, RIVERS))
    node = store.get(["rivers"])["rivers"]
    store.upsert([Record(node, store.vectors(["rivers"])["rivers"], msgspec.msgpack.encode(["Other words."]))])
    answer = ask(store, "Which papers are on calls?")
    assert [c.paper for c in answer.citations] == ["lakes"]
    assert "Ranking River Calls" not in answer.text
    assert answer.text.startswith("1 of 2 papers:")


def test_of_a_dispute_no_side_stands_alone(tmp_path: Path) -> None:
    import msgspec

    from hierarchy.nodes import Record

    store = library(tmp_path, (PLOTS, FIELDS))
    node = store.get(["fields"])["fields"]
    store.upsert([Record(node, store.vectors(["fields"])["fields"], msgspec.msgpack.encode(["Other words."]))])
    answer = ask(store, "What do the authors disagree about?")
    assert "Findings that differ" not in answer.text
    assert not {c.paper for c in answer.citations} & {"fields"}


def test_broken_themes_are_no_error(tmp_path: Path) -> None:
    broken: list[Mapping[str, Any]] = [{"label": None, "papers": [1, None], "findings": None}]
    answer = ask(library(tmp_path, (LAKES,), broken), "What are the main themes?")
    assert answer.citations
