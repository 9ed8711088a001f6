"""Filters that are typed into a question: what they are, what they are not, and how they join the scope of options."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Run
from hypothesis import given
from hypothesis import strategies as st

from hierarchy.errors import UsageError
from hierarchy.filters import Between
from retrieval.typed import read

SAMPLE = ROOT / "data" / "sample" / "wetland-calls"


def test_filters_are_taken_out_and_the_words_stay() -> None:
    typed = read('how author:Lindqvarn were year:2019..2021 bees in:Results counted tag:bees paper:"Wild Bees" ?')
    assert typed.words == "how were bees counted ?"
    assert typed.authors == ("Lindqvarn",)
    assert typed.years == (Between("year", 2019, 2021),)
    assert typed.kinds == ("result",)
    assert typed.tags == ("bees",)
    assert typed.papers == ("Wild Bees",)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("year:2020", 2020, 2020),
        ("year:2019..2021", 2019, 2021),
        ("year:2019-2021", 2019, 2021),
        ("year:2019–2021?", 2019, 2021),
        ("year:2019..", 2019, None),
        ("year:..2021", None, 2021),
        ('YEAR:"2020"', 2020, 2020),
    ],
)
def test_years_are_one_or_a_range(text: str, low: int | None, high: int | None) -> None:
    assert read(f"frogs {text}").years == (Between("year", low, high),)


def test_commas_and_repetition_mean_any_of_them() -> None:
    typed = read("frogs in:results,discussion in:methods author:Ng,Roe author:Ng")
    assert typed.kinds == ("result", "discussion", "method")
    assert typed.authors == ("Ng", "Roe")


@pytest.mark.parametrize(
    "question",
    [
        "see http://example.org/year:2020",
        "is a ratio 3:1 good",
        "what is in: the data",
        "author: who wrote it",
        "the built-in:results page",
        "-in:results",
        "site:example.org frogs",
        "note:this and Results: that",
        "10:30 at night",
        "doi:10.1000/year",
    ],
)
def test_what_is_no_filter_stays_a_word(question: str) -> None:
    typed = read(question)
    assert not typed
    assert typed.words == question


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("frogs year:soon", "year:soon is no year"),
        ("frogs year:20", "is no year"),
        ("frogs year:..", "is no year"),
        ("frogs year:2021..2019", "ends before it begins"),
        ("frogs in:vivo", "in:vivo is no kind of section"),
        ('frogs paper:"Wild Bees', "quotes after paper: are not closed"),
        ("frogs tag:" + ",".join(map(str, range(60))), "More than 50"),
    ],
)
def test_a_bad_value_gets_a_clear_message(question: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        read(question)
    assert error.value.code == "bad_filter"
    assert error.value.hint


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        typed = read(text)
    except UsageError:
        return
    assert typed or typed.words == " ".join(text.split())


@pytest.fixture(scope="module")
def home(make_home: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds two papers of the sample."""
    from strata.assistant import Assistant
    from strata.settings import Settings

    place = make_home(tmp_path_factory.mktemp("typed") / "home")
    papers = sorted(SAMPLE.glob("*.pdf"))[:3]
    with Assistant("papers", Settings(home=place)) as a:
        assert not a.ingest(papers).failed
    return place


@pytest.fixture
def asked(home: Path, here: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("STRATA_HOME", str(home))
    return here


def papers(asked: Run) -> list[dict[str, Any]]:
    root = asked("tree", "--depth", "paper", "--json").json["root"]
    return list(root["children"])


def found(asked: Run, question: str, *options: str) -> list[dict[str, Any]]:
    return list(asked("search", question, "--k", "30", "--json", *options).json["nodes"])


def test_a_filter_limits_what_is_found(asked: Run) -> None:
    first, *_ = papers(asked)
    family = first["metadata"]["authors"][0].split()[-1]
    by = found(asked, f"how were recordings made author:{family.lower()}")
    assert {n["paper"] for n in by if n["paper"]} >= {first["id"]}
    assert all(
        family in " ".join(p["metadata"]["authors"]) for p in papers(asked) if p["id"] in {n["paper"] for n in by}
    )
    inside = found(asked, "recordings in:methods")
    assert inside
    assert {n["metadata"]["section_kind"] for n in inside if n["level"] != "section"} == {"method"}
    year = first["metadata"]["year"]
    assert {n["metadata"]["year"] for n in found(asked, f"recordings year:{year}")} == {year}
    assert not found(asked, "recordings year:1901")
    titled = found(asked, f'recordings paper:"{first["title"][:25]}"')
    assert {n["paper"] for n in titled} == {first["id"]}


def test_typed_filters_and_options_must_both_hold(asked: Run) -> None:
    first, second, *_ = papers(asked)
    both = f'recordings paper:"{first["title"]}"'
    assert {n["paper"] for n in found(asked, both, "--paper", first["file"])} == {first["id"]}
    assert not found(asked, both, "--paper", second["file"])


def test_asking_keeps_within_them_and_the_record_holds_the_question_whole(asked: Run) -> None:
    first = papers(asked)[0]
    question = f'How were the recordings made? paper:"{first["title"]}"'
    answer = asked("ask", question, "--json").json
    assert answer["question"] == question
    assert {n["paper"] for n in answer["evidence"]} == {first["id"]}
    steps = asked("trace", answer["trace"], "--json").json["steps"]
    assert [s["given"] for s in steps if s["name"] == "scope"] == [{"paper": [first["title"]]}]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("frogs author:Nobodyson", "unknown_author"),
        ("frogs tag:unread", "unknown_tag"),
        ('frogs paper:"A Paper That Is Not Here"', "unknown_paper"),
        ("frogs in:vivo", "bad_filter"),
        ("year:2020", "empty_question"),
    ],
)
def test_what_is_not_there_is_refused_with_a_way_out(asked: Run, question: str, code: str) -> None:
    for command in ("search", "ask"):
        assert asked(command, question, "--json").refused(code)["hint"]


def test_a_near_name_is_offered(asked: Run) -> None:
    family = papers(asked)[0]["metadata"]["authors"][0].split()[-1]
    error = asked("search", f"frogs author:{family[:-1]}x", "--json").refused("unknown_author")
    assert family in error["hint"]


def test_a_file_of_questions_may_hold_filters_and_a_bad_one_stops_no_other(asked: Run, tmp_path: Path) -> None:
    rows = [{"id": "a", "question": "frogs in:vivo"}, {"id": "b", "question": "recordings in:methods"}]
    queries = tmp_path / "q.jsonl"
    queries.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    lines = asked("search", "--queries", queries).out.splitlines()
    bad, good = (json.loads(line) for line in lines)
    assert bad["error"]["code"] == "bad_filter"
    assert good["nodes"]
