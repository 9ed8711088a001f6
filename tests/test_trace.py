"""Traces: one form of candidates in every step, reasons of what was dropped, tables in a terminal and in the chat."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Run
from hypothesis import given
from hypothesis import strategies as st

from hierarchy.errors import RerankError
from hierarchy.nodes import Level, Node
from hierarchy.positions import Positions, WordBox
from retrieval.records import Factors, ScoredNode
from retrieval.trace import papers_of_step
from retrieval.traced import LEFT_OUT, LETTERS, MOST, TITLE, candidate
from strata.anatomy import anatomy_frame, candidates, dropped, time_said
from strata.assistant import Assistant
from strata.cli.show_trace import LEAST_WIDTH, show_trace
from strata.minilm import MiniLM
from strata.screens.found import how_html, route_line, so_far
from strata.screens.words import step_line, whole_line
from strata.settings import Settings

SAMPLE = ROOT / "data" / "sample" / "wetland-calls"
FILES = ("rain-contrastive-encoders", "edge-recognition-battery-life", "unseen-site-transfer")
ASKED = "What macro F1 did the contrastive model reach in heavy rain?"
HOSTILE = "[bold red]Red[/] \x1b[31mescape\x1b[0m <script>alert(1)</script> \u202eturned"
KEYS = {"id", "level", "paper", "title", "page", "text", "score", "factors", "before", "after"}


@pytest.fixture(scope="module")
def library(make_home: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three papers in the project "frogs"."""
    home = make_home(tmp_path_factory.mktemp("trace") / "home")
    with Assistant("frogs", Settings(home=home)) as a:
        assert not a.ingest([SAMPLE / f"{name}.pdf" for name in FILES]).failed
    return home


@pytest.fixture
def a(library: Path, encoder: MiniLM, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    monkeypatch.setattr("strata.opened.build_encoder", lambda settings: encoder)
    return Assistant("frogs", Settings(home=library))


@pytest.fixture
def record(a: Assistant) -> dict[str, Any]:
    """The trace of an answer."""
    return a.trace(str(a.ask(ASKED).trace))


def steps(record: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [step for step in record["steps"] if step["name"] == name]


# What is kept


def test_every_candidate_of_every_step_has_the_same_form_and_is_short(record: dict[str, Any]) -> None:
    with_rows = {step["name"] for step in record["steps"] if step["found"].get("candidates")}
    assert {"search", "rerank", "order", "extract", "choose"} <= with_rows
    for step in record["steps"]:
        rows = step["found"].get("candidates", [])
        assert len(rows) <= MOST
        for row in [*rows, *(r for r in step["found"].get("dropped", []) if "id" in r)]:
            assert set(row) - {"why"} == KEYS
            assert row["paper"] or row["level"] == "project"
            assert len(row["text"]) <= LETTERS
            assert len(row["title"] or "") <= TITLE
        assert all(row["why"] for row in step["found"].get("dropped", []))


def test_reading_tells_the_place_before_and_after(record: dict[str, Any]) -> None:
    (read,) = steps(record, "rerank")
    rows = read["found"]["candidates"]
    assert [row["after"] for row in rows] == list(range(1, len(rows) + 1))
    assert len({row["before"] for row in rows}) == len(rows)
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert all({"dense", "bm25", "rerank"} <= set(row["factors"]) for row in rows)


def test_the_order_is_what_the_answer_calls_its_evidence(a: Assistant) -> None:
    answer = a.ask(ASKED)
    (order,) = steps(a.trace(str(answer.trace)), "order")
    assert [row["id"] for row in order["found"]["candidates"]] == [n.node.id for n in answer.evidence]
    fell = order["found"]["dropped"]
    assert not {row["id"] for row in fell if "id" in row} & {n.node.id for n in answer.evidence}
    assert "told already by a passage that was read" in {row["why"] for row in fell}


def test_levels_that_were_not_searched_are_told(a: Assistant) -> None:
    result = a.search(ASKED, 3, level="section")
    (order,) = steps(a.trace(str(result.trace)), "order")
    assert len(result) == len(order["found"]["candidates"]) == 3
    weightless = {row["level"] for row in order["found"]["dropped"] if row["why"] == "the level has no weight"}
    assert weightless == set(Level) - {"section"}
    below = [row for row in order["found"]["dropped"] if row["why"] == "below the 3 that were asked for"]
    assert len(below) == LEFT_OUT
    assert max(row["score"] for row in below) <= result.nodes[-1].score + 1e-4


def test_a_refusal_tells_what_was_not_sure_enough(a: Assistant) -> None:
    answer = a.ask("How well are the songs of whales detected?")
    assert answer.status == "unanswerable"
    (choose,) = steps(a.trace(str(answer.trace)), "choose")
    assert choose["found"]["candidates"] == []
    assert {row["why"] for row in choose["found"]["dropped"]} == {"the evidence is not sure enough to answer"}


def test_a_reranker_that_fails_is_told_and_the_rest_of_the_trace_stands(
    a: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        name, most = "broken", 10

        def scores(self, question: str, found: object) -> list[float]:
            raise RerankError("It is away.", "Try later.", "rerank_away")

    monkeypatch.setattr(a._pipeline, "_reranker", Broken())
    record = a.trace(str(a.ask(ASKED).trace))
    (read,) = steps(record, "rerank")
    assert "did not rank" in step_line(read).label
    assert all(row["before"] is None for row in steps(record, "order")[0]["found"]["candidates"])


def test_all_papers_of_any_row_count_as_touched() -> None:
    found = {"candidates": [{"paper": "a"}, {"paper": None}], "dropped": [{"paper": "b"}, "old text"], "papers": ["c"]}
    assert set(papers_of_step(found)) == {"a", "b", "c"}
    assert papers_of_step({"count": 3, "weights": {"paper": 1}, "sentences": 2}) == []


def test_what_a_project_says_of_many_papers_is_not_kept() -> None:
    node = Node("x", Level.PROJECT, "p", "The whole", "Words of many papers.")
    row = candidate(node, 1.0, Factors())
    assert "Words" not in str(row)
    assert "The whole" not in str(row)


def test_removing_a_paper_that_was_only_a_candidate_takes_the_trace(library: Path, run_in: Run, tmp_path: Path) -> None:
    import shutil

    home = tmp_path / "home"
    shutil.copytree(library, home, symlinks=True)
    asked = run_in(home, "ask", ASKED, "-p", "frogs", "--json").json
    evidence = {n["file"] for n in asked["evidence"]}
    trace = run_in(home, "trace", asked["trace"], "--json").json
    papers = {p["id"]: p["file"] for p in run_in(home, "search", "frogs", "-p", "frogs", "--k", "9", "--level",
              "paper", "--json").json["nodes"]}  # fmt: skip
    touched = {papers[row["paper"]] for s in trace["steps"] for row in s["found"].get("candidates", ()) if row["paper"]}
    others = touched - evidence
    assert others
    assert run_in(home, "remove", others.pop(), "-p", "frogs", "--yes").code == 0
    run_in(home, "trace", asked["trace"], "--json").refused("unknown_trace")


# In a terminal


def hostile(**more: Any) -> dict[str, Any]:
    row = {"id": "x", "level": "passage", "paper": "p", "title": HOSTILE, "page": 2, "text": HOSTILE, "score": 0.5}
    row |= {"factors": {"dense": 1.0, "rerank": 0.25}, "before": 3, "after": 1}
    found = {"candidates": [row], "dropped": [{**row, "why": "too far"}], **more}
    return {"schema": 1, "id": "t", "question": HOSTILE, "steps": [step("order", found)]}


def step(name: str, found: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {"name": name, "given": given, "found": found, "ms": 1234.5}


@pytest.mark.parametrize("columns", [30, LEAST_WIDTH - 1, LEAST_WIDTH, 100, 160])
def test_a_trace_is_readable_at_any_width_and_obeys_nothing(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    show_trace(hostile())
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "[bold red]Red[/]" in said
    assert "0.500" in said
    assert "0.25" in said
    assert "p. 2" in said
    assert "left out, as too far:" in said
    assert "1.2 s" in said


def test_the_rows_of_a_table_are_no_wider_than_the_terminal(
    record: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    show_trace(record)
    lines = capsys.readouterr().out.splitlines()
    tables = [line for line in lines if line.lstrip()[:1].isdigit() and " passage " in line and line.startswith("  ")]
    assert len(tables) > 10
    assert max(map(len, tables)) <= 80


def test_a_trace_of_an_earlier_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    old = [
        step("search", {"candidates": [{"id": "x", "score": 0.5, "dense": 0.1, "bm25": 0.9}]}, level="passage"),
        step("extract", {"sentences": [{"node": "x", "paper": "p", "score": 0.4, "text": "Ducks call."}]}),
        step("check", {"kept": 0, "dropped": ["Ducks call at night."], "papers": ["p"]}),
        step("something else", {}),
    ]
    record = {"schema": 1, "id": "t", "question": "What calls?", "steps": old}
    show_trace(record)
    said = capsys.readouterr().out
    assert "0.90" in said
    assert "Ducks call at night." in said
    assert list(anatomy_frame(record)["text"]) == ["", "Ducks call.", "Ducks call at night."]


def test_the_command_shows_the_table_and_the_record_as_it_is(library: Path, run_in: Run) -> None:
    asked = run_in(library, "ask", ASKED, "-p", "frogs", "--json").json
    said = run_in(library, "trace", asked["trace"][:8])
    assert said.code == 0
    for what in (
        "Searched passages",
        "beside the question by",
        "left out, as",
        "page, paper",
        "the level has no weight",
    ):
        assert what in said.out
    assert set(run_in(library, "trace", asked["trace"], "--json").json) == {"schema", "id", "question", "steps"}


# In the chat


def scored(title: str, page: int | None = 1) -> ScoredNode:
    words = [WordBox(0, 1, page, 0, (1.0, 2.0, 3.0, 4.0))] if page else []
    places = Positions.of(words)
    node = Node("x", Level.PASSAGE, "p", "A heading", "A text.", paper="p", paper_title=title, places=places)
    return ScoredNode(node, 0.5, Factors())


@given(st.text(max_size=80))
def test_no_word_of_a_paper_is_markup_in_the_chat(text: str) -> None:
    record = hostile()
    record["steps"][0]["found"]["candidates"][0]["title"] = text
    record["steps"][0]["found"]["dropped"][0]["title"] = text + HOSTILE
    made = how_html([whole_line(record["steps"][0])])
    plain = how_html([whole_line(hostile()["steps"][0])])
    assert made.count("<") == plain.count("<")
    assert "<script" not in made
    line = route_line({"route": {"weights": {"finding": 1.0}, "reason": text}})
    assert not set(line) & set("<>[]*_`!(){}$\\")
    assert not set(so_far([scored(text or "a")])) & set("<>[]*_`!(){}$\\")


def test_the_chat_tells_score_level_paper_page_factors_places_and_times(record: dict[str, Any]) -> None:
    lines = [whole_line(s) for s in record["steps"]]
    made = html.unescape(how_html(lines))
    (order,) = steps(record, "order")
    first = candidates(order)[0]
    for what in (f"{first.score:.2f}", "passage", first.where, "meaning", "read", "Was", "All steps"):
        assert what in made
    assert "told already by a passage that was read" in made
    assert dropped(order)
    assert how_html([]) == ""


def test_the_reason_of_the_route_and_the_nearest_so_far_are_lines() -> None:
    line = html.unescape(route_line({"route": {"weights": {"paper": 0.2, "finding": 0.8}, "reason": "a value"}}))
    assert line == "Looked for findings first: a value."
    assert route_line({}) == ""
    near = html.unescape(so_far([scored("One"), scored("One"), scored("Two", None), scored("Three"), scored("Four")]))
    assert near == "Nearest so far: One, page 1; Two; Three, page 1"
    assert so_far([]) == ""


@pytest.mark.parametrize(("ms", "said"), [(0.04, "0.0 ms"), (99.9, "99.9 ms"), (640.2, "640 ms"), (1234.5, "1.2 s")])
def test_times_have_a_readable_unit(ms: float, said: str) -> None:
    assert time_said(ms) == said
