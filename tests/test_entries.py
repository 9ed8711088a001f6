"""References without PDFs in a project: papers of their own, filled by a PDF, added to one, changed, gone, mixed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import ROOT, Said, clean_environment
from pdfs import PaperMaker, prose

from hierarchy.nodes import Level, Node
from ingestion.report import IngestReport
from strata.assistant import Assistant

Make = Callable[..., Assistant]
Run = Callable[..., Said]
TITLE = "On the growth of reeds in shallow lakes"
FOUND = "Reeds of the northern plot grew by 12% in a year, which is more than before."
ENTRY: dict[str, Any] = {
    "id": "fenwick2020",
    "type": "article-journal",
    "title": TITLE,
    "author": [{"family": "Fenwick", "given": "Ada"}],
    "issued": {"date-parts": [[2020]]},
    "DOI": "10.1000/reeds",
    "container-title": "Journal of Lakes",
    "abstract": f"We measured reeds in twelve lakes. {FOUND}",
}
WARBLERS = {
    "id": "loss2019",
    "title": "Warblers count their neighbours at night",
    "author": [{"family": "Loss", "given": "Ben"}],
    "issued": {"date-parts": [[2019]]},
    "abstract": "We recorded warblers over two winters. The warblers sang less often after the flood.",
}


def listed(path: Path, *entries: dict[str, Any]) -> Path:
    path.write_text(json.dumps(entries))
    return path


def pdf(path: Path, title: str = TITLE, references: tuple[str, ...] = (), author: str = "Ada Fenwick") -> Path:
    maker = PaperMaker(1)
    maker.title(title, [author])
    maker.heading("Abstract", numbered=False)
    maker.paragraph(prose(90, 4))
    maker.heading("Results")
    maker.paragraph(prose(91, 6) + (" The reeds follow earlier work [1]." if references else ""))
    if references:
        maker.references(references)
    return maker.save(path)


def papers(assistant: Assistant) -> dict[str, Node]:
    return {paper.metadata["citation_key"]: paper for paper in assistant.papers()}


def told(report: IngestReport) -> dict[str, int]:
    names = ("added", "changed", "unchanged", "duplicates", "failed")
    return {name: len(getattr(report, name)) for name in names if getattr(report, name)}


def test_entries_become_papers_that_can_be_looked_at_in_every_way(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    report = a.ingest(listed(tmp_path / "refs.json", ENTRY, WARBLERS))
    assert told(report) == {"added": 2}
    assert [o.entry for o in report.added] == ["fenwick2020", "loss2019"]
    reeds = papers(a)["fenwick2020"]
    said = reeds.metadata
    assert (reeds.title, reeds.file, said["pass"], said["pages"]) == (TITLE, "refs.json", "entry", 0)
    assert (said["year"], said["doi"], said["venue"]) == (2020, "10.1000/reeds", "Journal of Lakes")
    assert said["authors"] == ["Ada Fenwick"]
    nodes = list(a.tree().walk())
    assert all(not tree.node.spans for tree in nodes)
    assert {tree.node.level for tree in nodes} == set(Level)
    assert FOUND in [node.text for node in a.findings("fenwick2020")]
    assert "(abstract)" in str(a.card("fenwick2020"))
    assert "(abstract)" in str(a.tree())
    assert "p. None" not in f"{a.tree()} {a.findings()} {a.card('loss2019')} {a.themes()} {a.relations()}"
    assert a.graph().number_of_nodes() >= 2
    assert a.ingest(tmp_path / "refs.json").to_dict()["unchanged"][0]["entry"] == "fenwick2020"


def test_a_quote_from_an_abstract_is_cited_without_a_page(assistant: Make, tmp_path: Path, here: Run) -> None:
    assistant().ingest(listed(tmp_path / "refs.json", ENTRY, WARBLERS))
    answer = assistant().ask("How much did reeds of the northern plot grow in a year?")
    cited = answer.citations[0]
    assert (cited.quote, cited.page, cited.spans, cited.file) == (FOUND, None, (), "refs.json")
    assert "abstract (refs.json)" in str(answer)
    asked = here("ask", "How much did reeds of the northern plot grow in a year?", "--project", "papers")
    assert asked.code == 0
    assert "abstract (refs.json)" in asked.out
    inside = here("search", "growth", "--project", "papers", "--paper", "fenwick2020", "--json").json
    assert {node["paper"] for node in inside["nodes"]} == {"doi:10.1000/reeds"}


def test_a_pdf_of_the_same_work_fills_the_entry(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(listed(tmp_path / "refs.json", ENTRY, WARBLERS))
    report = a.ingest(pdf(tmp_path / "reeds.pdf"))
    assert told(report) == {"changed": 1}
    filled = papers(a)["fenwick2020"]
    assert len(a.papers()) == 2
    assert (filled.id, filled.file, filled.metadata["pages"]) == ("doi:10.1000/reeds", "reeds.pdf", 1)
    assert (filled.metadata["year"], filled.metadata["doi"]) == (2020, "10.1000/reeds")
    assert filled.metadata["venue"] == "Journal of Lakes"
    passages = [t.node for t in a.tree().walk() if t.node.paper == filled.id and t.node.level == Level.PASSAGE]
    assert all(node.spans and node.metadata["year"] == 2020 for node in passages)
    again = a.ingest([tmp_path / "refs.json", tmp_path / "reeds.pdf"])
    assert told(again) == {"unchanged": 3}


def test_a_long_title_alone_is_enough_where_an_entry_tells_nothing_else(assistant: Make, tmp_path: Path) -> None:
    bare = {"id": "bare", "title": TITLE, "abstract": FOUND}
    for order in ((0, 1), (1, 0)):
        a, files = assistant(f"order{order[0]}"), (listed(tmp_path / "refs.json", bare), pdf(tmp_path / "reeds.pdf"))
        reports = [told(a.ingest(files[i])) for i in order]
        assert reports == [{"added": 1}, {"changed": 1}]
        assert papers(a)["bare"].metadata["authors"] == ["Ada Fenwick"]
    short = listed(tmp_path / "short.json", {"id": "short", "title": "Reeds"})
    assert told(assistant("short").ingest([short, pdf(tmp_path / "short.pdf", "Reeds")])) == {"added": 2}


def test_an_entry_adds_to_the_paper_whose_pdf_came_first_and_leaves_the_same(assistant: Make, tmp_path: Path) -> None:
    first, second = assistant("first"), assistant("second")
    file, refs = pdf(tmp_path / "reeds.pdf"), listed(tmp_path / "refs.json", ENTRY)
    first.ingest(refs)
    first.ingest(file)
    second.ingest(file)
    report = second.ingest(refs)
    assert told(report) == {"changed": 1}
    assert (report.changed[0].embedded, report.changed[0].entry) == (0, "fenwick2020")
    (one,), (other,) = first.papers(), second.papers()
    beside = {"linked"}  # what its links were made of names its digest, and that the id below it
    assert {k: v for k, v in one.metadata.items() if k not in beside and k not in ("summary", "card")} == {
        k: v for k, v in other.metadata.items() if k not in beside and k not in ("summary", "card")
    }
    assert (one.title, one.text, one.paper_title) == (other.title, other.text, other.paper_title)
    years = [[t.node.metadata.get("year") for t in a.tree().walk() if t.node.paper] for a in (first, second)]
    assert years[0] == years[1]
    assert set(years[0]) == {2020}


def test_a_changed_entry_renews_its_paper_alone_also_where_a_pdf_filled_it(assistant: Make, tmp_path: Path) -> None:
    a, refs = assistant(), tmp_path / "refs.json"
    a.ingest(listed(refs, ENTRY, WARBLERS))
    before = papers(a)["fenwick2020"]
    report = a.ingest(listed(refs, ENTRY, WARBLERS | {"issued": {"raw": "2018"}}))
    assert told(report) == {"changed": 1, "unchanged": 1}
    assert papers(a)["loss2019"].metadata["year"] == 2018
    assert papers(a)["fenwick2020"] == before
    a.ingest(pdf(tmp_path / "reeds.pdf"))
    later = {k: v for k, v in ENTRY.items() if k != "DOI"} | {"issued": {"raw": "2021"}, "title": "Of reeds"}
    assert told(a.ingest(listed(refs, later))) == {"changed": 1}
    reeds = papers(a)["fenwick2020"]
    assert (reeds.title, reeds.metadata["year"], reeds.metadata["doi"]) == (TITLE, 2021, None)


def test_an_entry_that_has_gone_from_its_file_stays_until_it_is_removed(assistant: Make, tmp_path: Path) -> None:
    a, refs = assistant(), tmp_path / "refs.json"
    a.ingest(listed(refs, ENTRY, WARBLERS))
    assert told(a.ingest(listed(refs, ENTRY))) == {"unchanged": 1}
    assert sorted(papers(a)) == ["fenwick2020", "loss2019"]
    a.remove("loss2019")
    assert sorted(papers(a)) == ["fenwick2020"]
    refs.rename(tmp_path / "library.json")
    assert told(a.ingest(tmp_path / "library.json")) == {"changed": 1}
    assert papers(a)["fenwick2020"].file == "library.json"
    assert told(a.ingest(listed(tmp_path / "library.json", ENTRY | {"id": "reeds"}))) == {"changed": 1}
    assert [e["key"] for e in papers(a)["reeds"].metadata["entries"]] == ["reeds"]


def test_two_files_tell_of_one_paper_and_two_works_of_one_title_stay_two(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    bare = {k: v for k, v in ENTRY.items() if k != "abstract"}
    a.ingest(listed(tmp_path / "one.json", bare))
    ris = "TY  - JOUR\nID  - other\nTI  - " + TITLE + "\nAU  - Fenwick, A.\nPY  - 2020\nAB  - " + FOUND + "\nER  -\n"
    (tmp_path / "two.ris").write_text(ris)
    assert told(a.ingest(tmp_path / "two.ris")) == {"changed": 1}
    (paper,) = a.papers()
    assert [e["key"] for e in paper.metadata["entries"]] == ["fenwick2020", "other"]
    assert FOUND in paper.text
    twice = listed(
        tmp_path / "three.json", ENTRY, ENTRY | {"id": "copy"}, ENTRY | {"id": "talk", "DOI": "10.1000/talk"}
    )
    assert told(a.ingest(twice)) == {"changed": 1, "duplicates": 1, "added": 1}
    assert len(a.papers()) == 2


def test_citations_of_others_resolve_to_an_entry_and_to_the_pdf_that_fills_it(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    cited = f"[1] A. Fenwick. {TITLE}. Journal of Lakes, 2020."
    a.ingest(pdf(tmp_path / "later.pdf", "Warblers and what they eat in winter", (cited,), "Ben Loss"))
    a.ingest(listed(tmp_path / "refs.json", ENTRY))
    later = next(paper for paper in a.papers() if paper.file == "later.pdf")
    assert [c["paper"] for c in later.metadata["cites"]] == ["doi:10.1000/reeds"]
    a.ingest(pdf(tmp_path / "reeds.pdf"))
    later = next(paper for paper in a.papers() if paper.file == "later.pdf")
    assert [c["paper"] for c in later.metadata["cites"]] == ["doi:10.1000/reeds"]


def test_a_folder_gives_its_pdfs_and_lists_and_no_json(here: Run, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    pdf(folder / "reeds.pdf")
    listed(folder / "data.json", WARBLERS)
    (folder / "refs.bib").write_text(
        "@article{f, title={" + TITLE + "}, author={Fenwick, Ada}}\n@article{bad, year=1}\n"
    )
    planned = here("ingest", folder, "--project", "p", "--dry-run", "--json").json
    assert [(f["file"], f["would"], f["entry"]) for f in planned["files"]] == [
        ("reeds.pdf", "read", None),
        ("refs.bib", "read", "f"),
        ("refs.bib", "refuse", "bad"),
    ]
    said = here("ingest", folder, "--project", "p", "--json")
    assert said.code == 1
    assert [(f["file"], f["entry"], f["code"]) for f in said.json["failed"]] == [("refs.bib", "bad", "no_title")]
    assert [c["entry"] for c in said.json["changed"]] == ["f"]
    assert here("ingest", folder, "--exclude", "*.bib", "--project", "q", "--json").code == 0
    (folder / "refs.bib").write_text("@article{f, title={" + TITLE + "}, author={Fenwick, Ada}}\n")
    assert here("ingest", "--retry-failed", "--project", "p", "--json").code == 0
    assert here("ingest", "--retry-failed", "--project", "p", "--json").code == 2


def test_an_entry_without_an_abstract_is_found_by_its_title(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    names = ("Reeds in shallow lakes", "Warblers at night", "Roofs that are green", "Ice on rivers")
    a.ingest(listed(tmp_path / "refs.json", *({"id": f"k{i}", "title": name} for i, name in enumerate(names))))
    assert len(a.papers()) == 4
    found = a.search("warblers that sing at night", k=1, level=Level.PAPER)
    assert found.nodes[0].node.title == "Warblers at night"


def test_an_older_paper_is_renewed_from_what_its_node_keeps(assistant: Make, tmp_path: Path, monkeypatch: Any) -> None:
    a, refs = assistant(), listed(tmp_path / "refs.json", ENTRY)
    monkeypatch.setattr("ingestion.branch.RULES", "older")
    a.ingest(refs)
    monkeypatch.undo()
    refs.unlink()
    renewed = a.refresh()
    assert told(renewed.report) == {"changed": 1}
    assert renewed.missing == ()
    assert not a.card("fenwick2020").older
    assert told(a.refresh().report) == {}


def test_an_ingest_of_entries_that_is_killed_goes_on(home: Path, assistant: Make, tmp_path: Path) -> None:
    entries = [
        ENTRY | {"id": f"k{i}", "DOI": f"10.1000/{i}", "title": f"{TITLE} {i}", "abstract": prose(i, 8)}
        for i in range(300)
    ]
    refs = listed(tmp_path / "refs.json", *entries)
    command = [sys.executable, "-m", "strata", "ingest", str(refs), "--project", "papers"]
    environment = clean_environment(STRATA_HOME=str(home), PYTHONPATH=":".join((str(ROOT), *sys.path)))
    running = subprocess.Popen(command, env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    assert running.stderr
    acknowledged = 0
    for line in running.stderr:
        acknowledged += " added " in line
        if acknowledged == 40:
            break
    running.send_signal(signal.SIGKILL)
    running.wait()
    running.stderr.close()
    a = assistant()
    there = len(a.papers())
    assert 40 <= there < 300
    assert told(a.ingest(refs)) == {"unchanged": there, "added": 300 - there}
    assert len(a.papers()) == 300
