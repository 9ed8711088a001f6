"""Questions in numbers: each row as if it were asked alone, in its order, its trace kept before it is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from conftest import Run

from hierarchy.encoder import Encoding, Text
from hierarchy.errors import ModelError, StoreError, StrataError
from hierarchy.journal import Journal
from hierarchy.nodes import Level, Node, Record
from hierarchy.store import NodeStore
from strata.asking import Row
from strata.assistant import Assistant
from strata.minilm import MiniLM
from strata.projects import FileProjects
from strata.settings import RerankSettings, Settings

PROJECT = "lakes"
TEXTS = (
    "Ospreys nest on dead pines beside the northern lake and fish at dawn.",
    "Water temperature was logged every ten minutes by a buoy in the southern lake.",
    "Perch grew faster in warm summers, by four millimetres a year.",
    "We annotated the recordings by hand, with two listeners for each hour.",
    "The masked lake model (MLM) predicts the thickness of the ice.",
    "Otters were seen at three of the twelve stations along the river.",
)
ROWS: list[Row] = [
    {"id": 1, "question": "Where do ospreys nest?"},
    {"id": 2, "question": "How was the water temperature logged?", "papers": ["paper-1"]},
    {"id": 3, "question": "How was the water temperature logged?", "papers": None},
    {"id": 4, "question": "   "},
    {"id": 5, "question": None},
    {"id": 6, "question": "Where do ospreys nest?", "papers": ["nowhere.pdf"]},
    {"id": 7, "question": "how fast did perch grow year:2019"},
    {"id": 8, "question": "how fast did perch grow year:soon"},
    {"id": 9, "question": "Where do osprays nest?"},
    {"question": "What does the MLM predict?"},
    {"id": 11, "question": "Which papers tell of otters?"},
    {"id": 12, "question": "Where do ospreys nest?"},
]


def _records(encoder: MiniLM, texts: Sequence[str] = TEXTS, first: int = 0) -> list[Record]:
    """A paper with one passage for each text."""
    nodes: list[Node] = []
    for number, text in enumerate(texts, first):
        paper, told = f"paper-{number}", {"year": 2018 + number % 3, "authors": [f"Ada Lake{number}"]}
        nodes.append(Node(paper, Level.PAPER, PROJECT, text[:20], text, paper=paper, digest=paper, metadata=told))
        year = {"year": told["year"]}
        nodes.append(
            Node(f"passage-{number}", Level.PASSAGE, PROJECT, "", text, paper, paper, kind="text", metadata=year)
        )
    encodings = encoder.encode([Text(node.text) for node in nodes])
    return [Record(node, encoding.vector) for node, encoding in zip(nodes, encodings, strict=True)]


@pytest.fixture
def store(home: Path, encoder: MiniLM) -> Iterator[NodeStore]:
    """Another connection to the project, as another process has it."""
    store = FileProjects(home).open(PROJECT, encoder.identity, create=True)
    store.upsert(_records(encoder))
    yield store
    store.close()


@pytest.fixture
def a(store: NodeStore, home: Path, encoder: MiniLM) -> Iterator[Assistant]:
    with Assistant(PROJECT, Settings(home=home), encoder=encoder) as a:
        yield a


def _alone(row: Row, ask: Callable[[str, Any], Any]) -> Row:
    """What the row gives alone, without what is new each time."""
    try:
        return _same(ask(row["question"], row.get("papers")).to_dict())
    except StrataError as error:
        return {"schema": 1, "question": row["question"], "error": error.to_dict()}


def _same(record: Row) -> Row:
    return {name: value for name, value in record.items() if name not in ("id", "trace", "seconds")}


@pytest.mark.parametrize("level", [None, "passage", "paper"])
@pytest.mark.parametrize(("together", "rerank"), [(1, "none"), (3, "none"), (64, "none"), (64, "local")])
def test_each_row_is_found_what_it_finds_alone(
    a: Assistant, level: str | None, together: int, rerank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    a.settings = Settings(home=a.settings.home, reranker=RerankSettings(rerank=rerank))
    monkeypatch.setattr("strata.asking.TOGETHER", together)
    found = list(a.search_many(iter(ROWS), 4, level=level))
    assert [row["id"] for row in found] == [row.get("id") for row in ROWS]
    for row, record in zip(ROWS, found, strict=True):
        if row["question"] is not None:
            assert _same(record) == _alone(row, lambda q, p: a.search(q, 4, level=level, papers=p))
    told = {row["id"]: row["error"]["code"] for row in found if "error" in row}
    assert {k: v for k, v in told.items() if k != 5} == {4: "empty_question", 6: "unknown_paper", 8: told[8]}
    assert set(told) == {4, 5, 6, 8}


def test_each_row_is_answered_as_alone(a: Assistant) -> None:
    for row, record in zip(ROWS, a.ask_many(ROWS), strict=True):
        if row["question"] is not None:
            assert _same(record) == _alone(row, lambda q, p: a.ask(q, papers=p))


def test_all_traces_are_kept_in_one_write_before_rows_are_given(a: Assistant) -> None:
    with mock.patch.object(Journal, "keep_traces", autospec=True, side_effect=Journal.keep_traces) as kept:
        rows = a.search_many([{"id": i, "question": f"Where do ospreys nest, {i}?"} for i in range(10)])
        first = next(rows)
        assert kept.call_count == 1
        found = [first, *rows]
        assert kept.call_count == 1
    for row in found:
        trace = a.trace(row["trace"])
        assert trace["question"] == row["question"]
        assert {"encode", "route", "search", "order"} <= {step["name"] for step in trace["steps"]}


def test_a_row_waits_only_so_long_for_others(a: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("strata.asking.PATIENCE_S", 0.0)
    with mock.patch.object(Journal, "keep_traces", autospec=True, side_effect=Journal.keep_traces) as kept:
        rows = a.search_many([{"id": i, "question": "Where do ospreys nest?"} for i in range(4)])
        next(rows)
        assert kept.call_count == 1
        assert len(list(rows)) == 3
        assert kept.call_count == 4


def test_a_trace_that_cannot_be_kept_fails_its_own_row(a: Assistant) -> None:
    keep = Journal.keep_traces

    def failing(journal: Journal, project: Any, traces: Sequence[tuple[str, Sequence[str], dict[str, Any]]]) -> None:
        if any("otters" in trace["question"] for _, _, trace in traces):
            raise StoreError("The disk is full.", code="disk_full")
        keep(journal, project, traces)

    with mock.patch.object(Journal, "keep_traces", failing):
        found = list(a.search_many(ROWS))
    assert {row["id"] for row in found if row.get("error", {}).get("code") == "disk_full"} == {11}
    assert found[0]["nodes"]
    for row in found:
        if "trace" in row:
            assert a.trace(row["trace"])["question"] == row["question"]


def test_what_is_written_between_rows_is_seen(
    a: Assistant, store: NodeStore, encoder: MiniLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strata.asking.TOGETHER", 2)
    rows = a.search_many([{"id": i, "question": "Where do grebes dive?"} for i in range(4)], 3, level="passage")
    before = [next(rows), next(rows)]
    store.upsert(_records(encoder, ["Grebes dive where the lake is deepest."], first=9))
    after = list(rows)
    assert all(row["nodes"][0]["id"] != "passage-9" for row in before)
    assert all(row["nodes"][0]["id"] == "passage-9" for row in after)


class Moody:
    """An encoder that takes one text at a time, and not every one."""

    def __init__(self, encoder: MiniLM) -> None:
        self._encoder, self.identity = encoder, encoder.identity

    def encode(self, texts: Sequence[Text]) -> list[Encoding]:
        if len(texts) > 1 or "otters" in texts[0].text:
            raise ModelError("That was too much.")
        return self._encoder.encode(texts)


def test_an_encoder_that_fails_fails_only_rows_that_it_cannot_encode(
    store: NodeStore, home: Path, encoder: MiniLM
) -> None:
    rows = [{"id": 1, "question": "Where do ospreys nest?"}, {"id": 2, "question": "Which papers tell of otters?"}]
    with Assistant(PROJECT, Settings(home=home), encoder=Moody(encoder)) as a:
        nest, otters = a.search_many(rows)
    assert nest["nodes"]
    assert otters["error"]["message"] == "That was too much."


def test_a_reader_who_stops_leaves_nothing_behind(a: Assistant) -> None:
    with mock.patch("retrieval.pipeline.Pipeline.expect", autospec=True) as expect:
        rows = a.search_many(ROWS)
        next(rows)
        rows.close()  # type: ignore[attr-defined]
    assert list(expect.call_args.args[1]) == []
    a.close()
    assert list(a.search_many([])) == []


def test_the_command_line_writes_what_single_calls_find(a: Assistant, home: Path, run_in: Run, tmp_path: Path) -> None:
    given, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    given.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    assert run_in(home, "search", "--k", 4, "--queries", given, "--out", out, "-p", PROJECT).code == 0
    for row, line in zip(ROWS, out.read_text("utf-8").splitlines(), strict=True):
        record = json.loads(line)
        assert record["id"] == row.get("id")
        if row["question"] is not None and "error" not in record:
            alone = _alone(row, lambda q, p: a.search(q, 4, papers=p))
            assert _same(record) == json.loads(json.dumps(alone))
