"""Two passes: every paper is searchable by the fast one first, then read again, in a run that may end at any moment."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from close_readings import (
    Closely,
    Make,
    Told,
    levels,
    mended,
    metadata,
    passages,
    reading_closely,
    refusing,
    same,
    save,
    three_papers,
)
from conftest import Run

from hierarchy.nodes import Level
from hierarchy.paper import Paper
from ingestion.containment import KilledTwiceError
from ingestion.passes import How, Layout, satisfied, wants
from ingestion.report import Left, Refined
from ingestion.watcher import Watcher
from strata.settings import Settings


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    return three_papers(tmp_path / "papers")


@pytest.fixture
def closely(monkeypatch: pytest.MonkeyPatch) -> Closely:
    return reading_closely(monkeypatch)


# What is asked and what is there


def test_what_satisfies_what() -> None:
    layouts: list[Layout] = ["never", "auto", "always"]
    never, auto, always = asked = [How(layout) for layout in layouts]
    for i, there in enumerate(layouts):
        assert [wants({"layout": there}, ask) for ask in asked] == [ask in asked[i + 1 :] for ask in asked]
    assert wants({}, auto)  # a paper of an earlier version of Strata
    assert not wants({}, never)
    failed = {"layout": "auto", "layout_failed": "timeout", "pass": "fast"}
    assert (wants(failed, auto), wants(failed, always), wants(failed, auto, True)) == (False, True, True)
    assert not wants(failed, never, True)
    assert satisfied("auto", "mixed") == satisfied("auto", "fast") == "auto"
    assert satisfied("auto", "layout") == satisfied("always", "layout") == "always"


def test_the_layout_model_reads_where_it_pays_unless_somebody_says_otherwise() -> None:
    assert Settings.from_environment({}).ingestion.layout == "auto"
    assert Settings.from_environment({"STRATA_LAYOUT": "always"}).ingestion.layout == "always"


# Two passes


def test_all_files_are_in_before_the_first_is_read_again(assistant: Make, papers: Path, closely: Closely) -> None:
    closely(same)
    told = Told()
    a = assistant(layout="auto")
    report = a.ingest(papers, watcher=told)
    files = [f"{name}.pdf" for name in "abc"]
    assert told.said == [*(f"added {f}" for f in files), "refining 3", *(f"refined {f}" for f in files)]
    record = report.to_dict()
    assert [o["file"] for o in record["added"]] == [o["file"] for o in record["refined"]] == files
    assert not any(record[name] for name in ("unchanged", "changed", "duplicates", "failed"))
    assert record["refined"][0].keys() >= {"file", "path", "paper", "pass", "embedded", "moved", "kept", "removed"}
    assert levels(a) == [("fast", "auto")] * 3


def test_papers_are_searchable_while_others_are_refined(assistant: Make, papers: Path, closely: Closely) -> None:
    closely(same)
    beside = assistant("p")
    found: list[int] = []

    class Asks(Watcher):
        def refining(self, papers: int) -> None:
            found.append(len(beside.search("reeds in plot 2", level="paper").nodes))

    assistant("p", layout="auto").ingest(papers, watcher=Asks())
    assert found == [3]


def test_refining_what_reads_the_same_embeds_and_writes_nothing_but_the_papers_own_node(
    assistant: Make, papers: Path, closely: Closely
) -> None:
    closely(same)
    a = assistant(layout="never")
    a.ingest(papers)
    before = {n.id: n for n in a._store().scan()}
    report = assistant(layout="auto").ingest(papers)
    assert len(report.unchanged) == len(report.refined) == 3
    assert [(r.embedded, r.moved, r.removed) for r in report.refined] == [(0, 0, 0)] * 3
    assert all(r.kept >= 3 for r in report.refined)
    after = {n.id: n for n in a._store().scan()}
    written = [after[i] for i in after if after[i] != before.get(i)]
    assert {n.level for n in written} == {Level.PAPER}
    assert {n.id: n.digest for n in after.values()} == {n.id: n.digest for n in before.values()}


def test_a_paragraph_that_is_read_better_embeds_itself_alone(assistant: Make, papers: Path, closely: Closely) -> None:
    closely(mended)
    a = assistant(layout="never")
    a.ingest(papers / "a.pdf")
    (paper,) = a.papers()
    before = passages(a)
    (refined,) = assistant(layout="auto").ingest(papers / "a.pdf").refined
    after = passages(a)
    assert (refined.paper, refined.reading) == (paper.id, "layout")
    assert (refined.embedded, refined.removed, refined.kept + refined.moved) == (1, 1, len(after) - 1)
    assert len(before.keys() & after.keys()) == len(before) - 1
    assert levels(a) == [("layout", "always")]
    assert a.search("It was read better.", level="passage").nodes


def test_the_identity_that_the_fast_pass_gave_is_kept(assistant: Make, papers: Path, closely: Closely) -> None:
    def renamed(paper: Paper) -> Paper:
        return msgspec.structs.replace(paper, title="Another Title", paper_id="title:x", text_hash="another")

    closely(renamed)
    a = assistant(layout="auto")
    a.ingest(papers / "a.pdf")
    (paper,) = a.papers()
    assert (paper.title, paper.id.startswith("title:fenwick")) == ("Another Title", True)
    copy = papers / "copy.pdf"
    copy.write_bytes((papers / "a.pdf").read_bytes() + b"\n% saved again\n")
    assert len(a.ingest(copy).duplicates) == 1


# Going on


def test_what_was_refined_is_not_read_again_and_more_is_read_when_more_is_asked(
    assistant: Make, papers: Path, closely: Closely
) -> None:
    asked = closely(same)
    for layout, read in (("auto", 3), ("auto", 0), ("never", 0), ("always", 3), ("auto", 0), ("always", 0)):
        asked.clear()
        report = assistant(layout=layout).ingest(papers)
        assert [a[1] for a in asked] == [layout] * read
        assert len(report.refined) == read
    assert levels(assistant()) == [("fast", "always")] * 3


def test_a_new_version_of_a_file_is_taken_in_by_the_fast_pass_and_refined_again(
    assistant: Make, papers: Path, closely: Closely
) -> None:
    closely(mended)
    a = assistant(layout="auto")
    a.ingest(papers / "a.pdf")
    save(papers / "a.pdf", 7)
    report = a.ingest(papers / "a.pdf")
    assert [o.file for o in report.changed] == [o.file for o in report.refined] == ["a.pdf"]
    assert levels(a) == [("layout", "always")]


def test_a_run_that_ends_while_it_refines_loses_nothing_and_the_next_goes_on(
    assistant: Make, papers: Path, closely: Closely
) -> None:
    asked = closely(same)

    class Ends(Told):
        def refined(self, refined: Refined | Left) -> None:
            raise KeyboardInterrupt

    a = assistant(layout="auto")
    with pytest.raises(KeyboardInterrupt):
        a.ingest(papers, watcher=Ends())
    (job,) = a.jobs()
    assert (job.state, job.done, job.files, job.to_refine) == ("interrupted", 3, 3, 3)
    assert 1 <= job.refined < 3
    assert job.report is not None
    assert len(job.report["added"]) == 3
    done = [name for name, m in metadata(a).items() if m["layout"] == "auto"]
    assert len(a.papers()) == 3
    assert 1 <= len(done) < 3
    asked.clear()
    report = a.ingest(papers)
    assert len(report.unchanged) == 3
    assert {name for name, _ in asked} == {f"{n}.pdf" for n in "abc"} - set(done)
    assert levels(a) == [("fast", "auto")] * 3


def test_whoever_watches_may_leave_the_rest_to_a_later_run(assistant: Make, papers: Path, closely: Closely) -> None:
    closely(same)

    class Enough(Told):
        def enough(self) -> bool:
            return any(said.startswith("refined") for said in self.said)

    a = assistant(layout="auto")
    assert 1 <= len(a.ingest(papers, watcher=Enough()).refined) < 3
    assert a.jobs()[0].state == "done"
    a.ingest(papers)
    assert levels(a) == [("fast", "auto")] * 3


# Failures


def test_a_refinement_that_fails_leaves_the_paper_as_it_is_and_is_not_tried_again_unasked(
    assistant: Make, papers: Path, closely: Closely
) -> None:
    asked = closely(refusing)
    a = assistant(layout="auto")
    report = a.ingest(papers)
    assert (len(report.added), len(report.failed)) == (3, 0)
    assert [r.error["code"] for r in report.refined if r.error] == ["timeout"] * 3
    assert "refined" not in str(report)
    assert a.search("reeds in plot 2", level="paper").nodes
    assert [m["layout_failed"] for m in metadata(a).values()] == ["timeout"] * 3
    assert a.failures() == []
    asked.clear()
    assert not a.ingest(papers).refined
    assert asked == []
    closely(same)
    assert len(a.ingest(retry_failed=True).refined) == 3
    assert levels(a) == [("fast", "auto")] * 3
    assert not any("layout_failed" in m for m in metadata(a).values())


def test_a_higher_ask_takes_up_what_failed(assistant: Make, papers: Path, closely: Closely) -> None:
    closely(refusing)
    assistant(layout="auto").ingest(papers)
    asked = closely(mended)
    assert len(assistant(layout="always").ingest(papers).refined) == len(asked) == 3


def test_one_failure_among_others_keeps_none_of_them_back(assistant: Make, papers: Path, closely: Closely) -> None:
    closely(lambda paper: refusing(paper) if paper.file == "b.pdf" else mended(paper))
    a = assistant(layout="auto")
    a.ingest(papers)
    assert levels(a) == [("layout", "always"), ("fast", "auto"), ("layout", "always")]


def test_what_may_pass_is_tried_again(assistant: Make, papers: Path, closely: Closely) -> None:
    def killed(paper: Paper) -> Paper:
        raise KilledTwiceError("The file broke the process that read it (memory).", "", "memory")

    def changed(paper: Paper) -> Paper:
        return msgspec.structs.replace(paper, sha256="0" * 64)

    a = assistant(layout="auto")
    for passing in (killed, changed):
        closely(passing)
        (refined,) = a.ingest(papers / "a.pdf").refined
        assert refined.error is not None
        assert levels(a) == [("fast", "never")]

    def gone(paper: Paper) -> Paper:
        (papers / "b.pdf").unlink()
        return refusing(paper)

    closely(gone)
    (refined,) = a.ingest(papers / "b.pdf").refined
    assert refined.error is not None
    assert "layout_failed" not in metadata(a)["b.pdf"]


def test_a_failed_refinement_is_told_and_is_no_failure(here: Run, papers: Path, closely: Closely) -> None:
    closely(refusing)
    said = here("ingest", papers, "--layout", "auto")
    assert said.code == 0
    assert "refining 1 of 3: not refined a.pdf (timeout)" in said.err
    assert said.out.count("The paper is in, as it was read before.") == 3
    record = here("ingest", papers, "--layout", "always", "--json").json
    assert [r["error"]["code"] for r in record["refined"]] == ["timeout"] * 3
    assert len(here("ingest", "--retry-failed", "--layout", "auto", "--json").json["refined"]) == 3
    here("ingest", "--retry-failed", "--project", "other", "--json").refused("no_files")
