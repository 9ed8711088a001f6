"""Taking files in: what a branch holds, what a change costs, what two files with one identity become, and kills."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, clean_environment
from pdfs import PaperMaker, prose

from benchmarks.kill import differences, project_of
from hierarchy.encoder import SentenceVectors, prefix_of, unit
from hierarchy.filters import Eq
from hierarchy.identity import project_node_id
from hierarchy.nodes import Level, Node
from hierarchy.store import NodeStore
from strata.assistant import Assistant

SAMPLE = ROOT / "data" / "sample" / "roof-meadows"
RESULT = "We found that the reeds of the northern plot grew by 12% in a year, which is better than before."

Make = Callable[..., Assistant]


def paper(
    title: str = "On the growth of reeds", paragraphs: tuple[int, ...] = (1, 2, 3), extra: str = ""
) -> PaperMaker:
    maker = PaperMaker(1)
    maker.title(title, ["Ada Fenwick"])
    maker.heading("Abstract", numbered=False)
    maker.paragraph(prose(90, 4))
    maker.heading("Methods")
    for seed in paragraphs:
        maker.paragraph(prose(seed, 6))
    maker.heading("Results")
    maker.paragraph(prose(91, 3) + " " + RESULT + extra)
    maker.heading("Conclusion")
    maker.paragraph(prose(92, 4))
    return maker


def store_of(assistant: Assistant) -> NodeStore:
    return assistant._store()


def nodes_of(assistant: Assistant, level: Level | None = None) -> list[Node]:
    return list(store_of(assistant).scan(Eq("level", level.value) if level else None))


def test_a_branch_holds_every_layer_and_each_node_stands_under_its_parent(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(paper().save(tmp_path / "reeds.pdf"))
    nodes = {n.id: n for n in nodes_of(a)}
    assert {n.level for n in nodes.values()} == set(Level)
    above = {Level.PAPER: Level.PROJECT, Level.SECTION: Level.PAPER, Level.PASSAGE: Level.SECTION}
    above[Level.FINDING] = Level.SECTION
    for node in nodes.values():
        if node.level == Level.PROJECT:
            assert node.parent is None
        else:
            assert node.parent is not None
            assert nodes[node.parent].level == above[node.level]
            assert (node.file, node.paper_title) == ("reeds.pdf", "On the growth of reeds")
    headings = [n.title for n in nodes.values() if n.level == Level.SECTION]
    assert headings == ["Abstract", "1 Methods", "2 Results", "3 Conclusion"]


def test_a_finding_is_the_sentence_of_a_result_and_points_at_its_passage(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(paper().save(tmp_path / "reeds.pdf"))
    findings = [n for n in nodes_of(a, Level.FINDING) if n.text == RESULT]
    assert len(findings) == 1
    (node,) = findings
    assert node.finding is not None
    passage = store_of(a).get([node.finding.evidence])[node.finding.evidence]
    assert node.finding.quote in passage.text
    assert node.metadata["section_kind"] == "result"
    start = passage.text.index(RESULT)
    assert node.spans == passage.places.spans(start, start + len(RESULT))


def test_vectors_above_the_passages_are_pooled_and_sentences_come_with_their_passage(
    assistant: Make, tmp_path: Path
) -> None:
    a = assistant()
    a.ingest(paper().save(tmp_path / "reeds.pdf"))
    store = store_of(a)
    passages = nodes_of(a, Level.PASSAGE)
    vectors = store.vectors([n.id for n in nodes_of(a)])
    assert all(abs(float(np.linalg.norm(v)) - 1) < 1e-5 for v in vectors.values())
    for section in nodes_of(a, Level.SECTION):
        own = [vectors[p.id] for p in passages if p.parent == section.id]
        assert float(vectors[section.id] @ unit(np.mean(own, axis=0))) > 0.97
    for node in passages:
        kept = SentenceVectors.unpack(store.attachments([node.id])[node.id])
        assert kept.vectors().shape == (len(kept.ranges), 384)
        assert "".join(node.text[s:e] for s, e in kept.ranges).replace(" ", "") == node.text.replace(" ", "")


def test_a_sections_text_is_its_heading_path_and_sentences_of_its_own(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(paper().save(tmp_path / "reeds.pdf"))
    passages = nodes_of(a, Level.PASSAGE)
    for section in nodes_of(a, Level.SECTION):
        heading, *sentences = section.text.split("\n")
        assert heading == " > ".join(section.path)
        body = " ".join(p.text for p in passages if p.parent == section.id)
        assert 1 <= len(sentences) <= 3
        assert all(sentence in body for sentence in sentences)


def test_an_unchanged_file_is_not_read_again(assistant: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a = assistant()
    file = paper().save(tmp_path / "reeds.pdf")
    a.ingest(file)
    before = nodes_of(a)
    monkeypatch.setattr("ingestion.batch.ReaderPool", lambda settings: pytest.fail("the file was read again"))
    report = a.ingest(file)
    assert [o.paper for o in report.unchanged] == [before[1].id]
    assert nodes_of(a) == before


def test_a_changed_paragraph_embeds_itself_alone_and_keeps_all_other_ids(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    file = paper(paragraphs=(1, 2, 3)).save(tmp_path / "reeds.pdf")
    a.ingest(file)
    before = {n.id: n for n in nodes_of(a, Level.PASSAGE)}
    sections = {n.id: n.digest for n in nodes_of(a, Level.SECTION)}
    paper(paragraphs=(1, 7, 3)).save(file)
    report = a.ingest(file)
    (changed,) = report.changed
    after = {n.id: n for n in nodes_of(a, Level.PASSAGE)}
    assert changed.embedded == 1
    assert changed.removed == 1
    assert changed.kept + changed.moved == len(after) - 1
    assert len(set(before) & set(after)) == len(before) - 1
    renewed = {n.title for n in nodes_of(a, Level.SECTION) if sections.get(n.id) != n.digest}
    assert renewed == {"1 Methods"}


def test_a_moved_paragraph_is_not_embedded_again(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    file = paper(paragraphs=(1, 2, 3)).save(tmp_path / "reeds.pdf")
    a.ingest(file)
    paper(paragraphs=(3, 1, 2)).save(file)
    (changed,) = a.ingest(file).changed
    assert (changed.embedded, changed.removed) == (0, 0)
    assert changed.moved >= 3


def test_a_file_that_was_only_saved_again_embeds_nothing(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    file = paper().save(tmp_path / "reeds.pdf")
    a.ingest(file)
    digests = {n.id: n.digest for n in nodes_of(a)}
    file.write_bytes(file.read_bytes() + b"\n% saved again\n")
    (changed,) = a.ingest(file).changed
    assert (changed.embedded, changed.removed) == (0, 0)
    assert {n.id: n.digest for n in nodes_of(a)} == digests


def test_a_moved_file_is_followed_without_reading_it(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    file = paper().save(tmp_path / "reeds.pdf")
    a.ingest(file)
    file.rename(tmp_path / "renamed.pdf")
    report = a.ingest(tmp_path / "renamed.pdf")
    assert len(report.unchanged) == 1
    assert {n.file for n in nodes_of(a) if n.paper} == {"renamed.pdf"}
    assert a.search("reeds").nodes[0].node.file == "renamed.pdf"


def test_the_same_file_gets_the_same_ids_in_every_project(assistant: Make, tmp_path: Path) -> None:
    file = paper().save(tmp_path / "reeds.pdf")
    found = []
    for name in ("one", "two"):
        a = assistant(name)
        a.ingest(file)
        found.append({n.id for n in nodes_of(a) if n.level != Level.PROJECT})
    assert found[0] == found[1]


def test_two_files_with_one_title_and_other_words_are_versions(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    first = paper(paragraphs=(1, 2)).save(tmp_path / "preprint.pdf")
    second = paper(paragraphs=(1, 2, 5), extra=" More was found later.").save(tmp_path / "published.pdf")
    report = a.ingest([first, second])
    assert len(report.added) == 2
    papers = {n.file: n for n in nodes_of(a, Level.PAPER)}
    base, version = papers["preprint.pdf"], papers["published.pdf"]
    assert version.metadata["version_of"] == base.id
    assert version.id.startswith(base.id + "~")
    assert len(a.ingest([first, second]).unchanged) == 2


def test_the_project_node_follows_its_papers(assistant: Make, tmp_path: Path) -> None:
    a = assistant("thesis")
    a.ingest(paper("On the growth of reeds").save(tmp_path / "a.pdf"))
    root = project_node_id("thesis")
    first = store_of(a).get([root])[root]
    a.ingest(paper("On the songs of warblers", (5, 6)).save(tmp_path / "b.pdf"))
    second = store_of(a).get([root])[root]
    assert "On the songs of warblers" in second.text
    assert "On the growth of reeds" in second.text
    assert first.digest != second.digest
    a.remove("b.pdf")
    assert store_of(a).get([root])[root].digest == first.digest
    a.remove("a.pdf")
    assert nodes_of(a) == []


def test_what_stands_in_front_of_a_passage_is_for_the_embedding_only(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(paper().save(tmp_path / "reeds.pdf"))
    node = next(n for n in nodes_of(a, Level.PASSAGE) if n.path == ("2 Results",))
    assert prefix_of(node.path) == "2 Results: "
    assert not node.text.startswith("2 Results")


def _ingest_process(home: Path, files: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "strata", "ingest", str(files), "--project", "killed"],
        env=clean_environment(STRATA_HOME=str(home), PYTHONPATH=str(ROOT)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_after_kills_at_random_moments_the_next_run_makes_the_store_of_an_undisturbed_one(
    home: Path, make_home: Callable[[Path], Path], tmp_path: Path
) -> None:
    files = tmp_path / "papers"
    shutil.copytree(SAMPLE, files)
    calm = make_home(tmp_path / "calm")
    assert _ingest_process(calm, files).wait() == 0
    moments = random.Random(5)
    for _ in range(3):
        running = _ingest_process(home, files)
        time.sleep(moments.uniform(0.3, 3.0))
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert _ingest_process(home, files).wait() == 0
    stores = [project_of(h, "killed") for h in (calm, home)]
    assert stores[0].stats().by_level["paper"] == 6
    assert differences(*stores) == []
    for store in stores:
        store.close()


def test_no_reading_process_outlives_its_killed_parent(home: Path, tmp_path: Path) -> None:
    running = _ingest_process(home, SAMPLE)
    children: list[int] = []
    deadline = time.monotonic() + 20
    while not children and time.monotonic() < deadline:
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(running.pid)], capture_output=True, text=True)
        children = [int(pid) for pid in found.stdout.split()]
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert children
    while any(_alive(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in children if _alive(pid)]


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z" and os.path.exists(f"/proc/{pid}")
