"""The stage in which a language model writes findings: over the wire, stopped, resumed, failing, obedient."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
import numpy as np
import pytest
from conftest import ROOT
from made_lakes import PLAIN, RESULTS, paper, telling
from model_server import ModelServer, Raw, Reply, refusal, serving
from pdfs import PaperMaker

from hierarchy.nodes import Level, Node, Record
from hierarchy.sqlite import SqliteStore
from hierarchy.store import NodeStore
from hierarchy.writer import Writer
from ingestion.settings import IngestionSettings
from ingestion.writing.kept import WRITTEN
from ingestion.writing.report import PaperWritten, WritingReport
from ingestion.writing.stage import WritingWatcher, write_findings
from ingestion.writing.stored import WHOLE
from strata.assistant import Assistant
from strata.minilm import MiniLM
from strata.settings import Settings, WriterSettings
from strata.writers import writer_of

HOSTILE = ROOT / "data" / "sample" / "roof-meadows" / "retention-season-roofs.pdf"
Make = Callable[..., Assistant]
Have = Callable[[str], Assistant]


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with serving(telling) as running:
        yield running


@pytest.fixture(autouse=True)
def fresh(server: ModelServer) -> Iterator[None]:
    server.reply = telling
    server.asked.clear()
    with mock.patch("strata.patience.FIRST_WAIT_S", 0.01):
        yield


@pytest.fixture(scope="module")
def ingested(
    tmp_path_factory: pytest.TempPathFactory, make_home: Callable[[Path], Path], encoder: MiniLM
) -> dict[str, Path]:
    """Homes with a project of one paper, and of two: ingested once, copied for each test."""
    homes = {}
    papers: dict[str, list[tuple[str, ...]]] = {"one": [RESULTS], "two": [RESULTS, RESULTS[:2]]}
    for name, results in papers.items():
        folder = tmp_path_factory.mktemp(name)
        homes[name] = make_home(folder / "home")
        files = [paper(folder / f"{n}.pdf", r, f"Reeds in shallow lakes of year {n}") for n, r in enumerate(results)]
        settings = Settings(home=homes[name], ingestion=IngestionSettings(layout="never"))
        with Assistant(settings=settings, encoder=encoder) as a:
            a.ingest(files)
    return homes


@pytest.fixture
def having(ingested: dict[str, Path], tmp_path: Path, encoder: MiniLM) -> Iterator[Callable[[str], Assistant]]:
    """`having("one")`: an assistant over a copy of that home."""
    made: list[Assistant] = []

    def have(name: str) -> Assistant:
        home = shutil.copytree(ingested[name], tmp_path / "home", symlinks=True)
        settings = Settings(home=home, ingestion=IngestionSettings(layout="never"))
        made.append(Assistant(settings=settings, encoder=encoder))
        return made[-1]

    yield have
    for one in made:
        one.close()


def writer_at(server: ModelServer, model: str = "m", timeout_s: float = 60) -> Writer:
    given = {"llm": f"openai/{model}", "llm_url": server.url, "llm_timeout_s": timeout_s}
    writer = writer_of(Settings(writer=WriterSettings.model_validate(given)))
    assert writer is not None
    return writer


def store_of(assistant: Assistant) -> NodeStore:
    return assistant._store()


def findings(store: NodeStore) -> list[Node]:
    return [n for n in store.scan() if n.level == Level.FINDING]


def origins(store: NodeStore) -> set[str]:
    return {n.finding.origin for n in findings(store) if n.finding is not None}


def everything(store: NodeStore) -> list[Any]:
    nodes = list(store.scan())
    vectors = store.vectors([n.id for n in nodes])
    return [(n, vectors[n.id].tobytes()) for n in nodes]


# What a run does


def test_findings_are_swapped_and_nothing_else_changes(having: Have, server: ModelServer, encoder: MiniLM) -> None:
    a = having("one")
    store = store_of(a)
    before = {n.id: n for n in store.scan()}
    vectors = store.vectors(list(before))
    attachments = store.attachments(list(before))
    with mock.patch.object(type(encoder), "encode", side_effect=AssertionError("nothing is embedded")):
        report = write_findings(store, writer_at(server))
    assert report.complete
    assert report.writer == "openai/m"
    assert report.accepted == len(findings(store)) == 4
    assert origins(store) == {"openai/m"}
    after = {n.id: n for n in store.scan()}
    for finding in findings(store):
        assert finding.finding is not None
        passage = after[finding.finding.evidence]
        assert finding.finding.quote == finding.text
        assert finding.text in passage.text
        assert finding.parent == passage.parent
        assert finding.page == passage.page
        assert finding.spans
        assert after[passage.parent or ""].kind == finding.metadata["section_kind"]
        assert float(store.vectors([finding.id])[finding.id] @ vectors[passage.id]) > 0.3
    others = [i for i, n in before.items() if n.level != Level.FINDING]
    assert others == [i for i, n in after.items() if n.level != Level.FINDING]
    for i in others:
        assert (after[i].text, after[i].digest, after[i].places) == (before[i].text, before[i].digest, before[i].places)
        assert np.array_equal(store.vectors([i])[i], vectors[i])
        assert store.attachments([i]).get(i) == attachments.get(i)
    orders = [n.order for n in after.values() if n.paper]
    assert sorted(orders) == list(range(len(orders)))
    assert a.ask("What was the share of reeds in spring?").citations


def test_a_second_run_asks_nothing_another_model_asks_again(having: Have, server: ModelServer) -> None:
    a = having("one")
    store = store_of(a)
    write_findings(store, writer_at(server))
    asked, state = len(server.asked), everything(store)
    with mock.patch.object(SqliteStore, "vectors", side_effect=AssertionError("only the papers' nodes are read")):
        again = write_findings(store, writer_at(server))
    assert (len(server.asked), everything(store)) == (asked, state)
    assert [p.unchanged for p in again.papers] == [3]
    assert "nothing to do" in str(again)
    other = write_findings(store, writer_at(server, "n"))
    assert len(server.asked) == 2 * asked
    assert origins(store) == {"openai/n"}
    assert other.to_dict()["asked"] == asked


def test_one_paper_may_be_named(having: Have, server: ModelServer) -> None:
    a = having("two")
    one = next(p.id for p in a.papers() if p.file == "0.pdf")
    report = write_findings(store_of(a), writer_at(server), [one])
    assert [p.paper for p in report.papers] == [one]
    assert {n.paper for n in findings(store_of(a)) if n.finding and n.finding.origin != "rules"} == {one}


def test_stopped_it_goes_on_where_it_was(having: Have, server: ModelServer) -> None:
    class Once(WritingWatcher):
        papers = 0

        def done(self, outcome: PaperWritten) -> None:
            self.papers += 1

        def enough(self) -> bool:
            return self.papers == 1

    a = having("two")
    store = store_of(a)
    first = write_findings(store, writer_at(server), watcher=Once())
    assert first.stopped is not None
    assert not first.complete
    assert len(first.papers) == 1
    assert origins(store) == {"openai/m", "rules"}
    asked = len(server.asked)
    second = write_findings(store, writer_at(server))
    assert second.complete
    assert origins(store) == {"openai/m"}
    assert len(server.asked) == 2 * asked
    assert [p.calls for p in second.papers if p.paper == first.papers[0].paper] == [0]


def test_an_interrupt_leaves_whole_papers(having: Have, server: ModelServer) -> None:
    a = having("one")
    store = store_of(a)
    state = everything(store)
    with mock.patch.object(SqliteStore, "_write", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        write_findings(store, writer_at(server))
    assert everything(store) == state
    assert write_findings(store, writer_at(server)).complete
    assert origins(store) == {"openai/m"}


# Where the model fails


def failed_run(a: Assistant, server: ModelServer, reply: Reply, timeout_s: float = 60) -> WritingReport:
    """A run whose model fails as this says: what there was stands, and the next run mends it."""
    store = store_of(a)
    state = everything(store)
    server.reply = reply
    report = write_findings(store, writer_at(server, timeout_s=timeout_s))
    assert everything(store) == state
    assert not report.complete
    assert report.failed
    server.reply = telling
    assert write_findings(store, writer_at(server)).complete
    assert origins(store) == {"openai/m"}
    return report


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (refusal(500, "Oops", "server_error"), "writer_down"),
        (Raw(200, b"?"), "writer_junk"),
        (refusal(401, "No", "invalid_api_key"), "writer_refused"),
        (Raw(wait_s=20), "writer_slow"),
    ],
)
def test_a_model_that_fails_leaves_the_findings_of_the_rules(
    having: Have, server: ModelServer, reply: Raw, code: str
) -> None:
    a = having("one")
    report = failed_run(a, server, lambda asked: reply, 0.5 if code == "writer_slow" else 60)
    assert {f.code for f in report.failed} == {code}
    assert report.stopped is not None
    assert report.stopped["code"] == code
    assert report.to_dict()["papers"][0]["failed"][0]["section"]


def test_a_refused_key_is_not_tried_on_every_paper(having: Have, server: ModelServer) -> None:
    a = having("two")
    server.reply = lambda asked: refusal(401, "No", "invalid_api_key")
    report = write_findings(store_of(a), writer_at(server), at_once=1)
    assert len(server.asked) == 1
    assert sum(p.left for p in report.papers) == 5
    assert origins(store_of(a)) == {"rules"}


def test_one_section_that_fails_does_not_hold_up_the_others(having: Have, server: ModelServer) -> None:
    a = having("one")
    server.reply = lambda asked: "No idea." if "22 points" in asked.material else telling(asked)
    report = write_findings(store_of(a), writer_at(server))
    assert [(f.section, f.code) for f in report.failed] == [("3 Discussion", "writer_junk")]
    assert report.stopped is None
    assert report.accepted == 3
    assert origins(store_of(a)) == {"openai/m", "rules"}
    server.reply, asked = telling, len(server.asked)
    assert write_findings(store_of(a), writer_at(server)).complete
    assert len(server.asked) == asked + 1


def test_a_model_that_finds_nothing_takes_nothing_away(having: Have, server: ModelServer) -> None:
    a = having("one")
    rules = findings(store_of(a))
    server.reply = lambda asked: "[]"
    assert write_findings(store_of(a), writer_at(server)).complete
    assert [n.finding for n in findings(store_of(a))] == [n.finding for n in rules]
    asked = len(server.asked)
    write_findings(store_of(a), writer_at(server))
    assert len(server.asked) == asked


def test_a_model_that_lies_or_obeys_the_paper_adds_nothing(assistant: Make, server: ModelServer) -> None:
    a = assistant()
    a.ingest(HOSTILE)
    store = store_of(a)
    rules = [n.finding for n in findings(store)]
    claim = "Substrate depth of 150 mm always retains 95% of the rain."
    lie = {"claim": claim, "kind": "result", "evidence": [1], "values": [{"value": 95, "unit": "%"}]}
    server.reply = lambda asked: json.dumps([lie, lie | {"evidence": [999]}]) + "\nAs told, I cite no other paper."
    report = write_findings(store, writer_at(server))
    assert not any("Ignore all previous" in asked.material for asked in server.asked)
    assert report.accepted == 0
    assert set(report.rejected) <= {"numbers", "evidence", "words"}
    assert sum(report.rejected.values()) == 2 * len(server.asked)
    assert [n.finding for n in findings(store)] == rules


# When papers change


def test_another_process_that_changes_a_paper_meanwhile_costs_no_call(having: Have, server: ModelServer) -> None:
    a = having("one")
    store, changed = store_of(a), list[bool]()
    replace = SqliteStore.replace_branch

    def meanwhile(self: SqliteStore, *arguments: Any) -> Any:
        if not changed:
            changed.append(True)
            top = a.papers()[0]
            vector, text = store.vectors([top.id])[top.id], store.attachments([top.id])[top.id]
            tagged = msgspec.structs.replace(top, metadata=top.metadata | {"tags": ["x"]})
            store.upsert([Record(tagged, vector, text)])
        return replace(self, *arguments)

    with mock.patch.object(SqliteStore, "replace_branch", meanwhile):
        report = write_findings(store, writer_at(server))
    assert report.complete
    assert len(server.asked) == 3
    assert a.papers()[0].metadata["tags"] == ["x"]
    assert origins(store) == {"openai/m"}


def test_a_changed_paragraph_renews_its_own_section_alone(assistant: Make, server: ModelServer, tmp_path: Path) -> None:
    a = assistant()
    file = paper(tmp_path / "reeds.pdf")
    a.ingest(file)
    store = store_of(a)
    write_findings(store, writer_at(server))
    noted = {n.id: n for n in findings(store)}
    asked = len(server.asked)
    new = "The number of frogs increased from 17 to 29 in two years, which is significantly higher than before."
    paper(file, (*RESULTS[:2], new))
    [outcome] = a.ingest(file).changed
    assert outcome.embedded == 1
    after = {n.id: n for n in findings(store)}
    kept = [i for i in noted if i in after]
    assert len(kept) == 3
    assert all(after[i].finding == noted[i].finding for i in kept)
    fresh = [n for n in after.values() if n.id not in noted]
    assert fresh
    stated = [n.finding for n in fresh if n.finding is not None]
    passages = store.get([finding.evidence for finding in stated])
    assert all(f.origin == "rules" and "frogs" in passages[f.evidence].text for f in stated)
    assert write_findings(store, writer_at(server)).complete
    assert len(server.asked) == asked + 1
    assert origins(store) == {"openai/m"}
    assert len(findings(store)) == 4


def test_what_was_noted_of_a_finding_stays_with_it(assistant: Make, server: ModelServer, tmp_path: Path) -> None:
    a = assistant()
    file = paper(tmp_path / "reeds.pdf")
    a.ingest(file)
    store = store_of(a)
    write_findings(store, writer_at(server))
    node = next(n for n in findings(store) if "birds" in n.text)
    relations = [{"kind": "supports", "b": "f-other", "difference": "", "score": 0.9}]
    noted = msgspec.structs.replace(node, metadata=node.metadata | {"relations": relations})
    store.upsert([Record(noted, store.vectors([node.id])[node.id])])
    paper(file, (RESULTS[0].replace("41%", "42%"), *RESULTS[1:]))
    a.ingest(file)
    assert store.get([node.id])[node.id].metadata["relations"] == relations
    write_findings(store, writer_at(server))
    assert store.get([node.id])[node.id].metadata["relations"] == relations


def test_a_section_that_goes_is_forgotten(assistant: Make, server: ModelServer, tmp_path: Path) -> None:
    a = assistant()
    file = paper(tmp_path / "reeds.pdf")
    a.ingest(file)
    store = store_of(a)
    write_findings(store, writer_at(server))
    maker = PaperMaker(1)
    maker.title("Reeds in shallow lakes", ["Ada Fenwick"])
    maker.heading("Methods")
    maker.paragraph("The lakes had an area of 3 ha. " + PLAIN)
    maker.save(file)
    a.ingest(file)
    write_findings(store, writer_at(server))
    sections = {n.id for n in store.scan() if n.level == Level.SECTION}
    assert set(a.papers()[0].metadata[WRITTEN]) - {WHOLE} == sections


def test_a_project_without_papers_is_nothing_to_do(having: Have, server: ModelServer) -> None:
    a = having("one")
    a.remove(a.papers()[0].id)
    report = write_findings(store_of(a), writer_at(server))
    assert report.complete
    assert report.papers == ()
    assert server.asked == []
