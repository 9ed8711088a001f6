"""References without PDFs at the doors: both engines, copies, the chat's sources, LlamaIndex, hostile titles."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import Said
from pdfs import PaperMaker, prose

from hierarchy.nodes import Level
from strata.assistant import Assistant
from strata.display import answer_html, card_html
from strata.local_weaviate import LocalWeaviate
from strata.screens import words
from strata.screens.evidence import card_source, finding_source

Make = Callable[..., Assistant]
Run = Callable[..., Said]
FOUND = "Reeds of the northern plot grew by 12% in a year, which is more than before."
QUESTION = "How much did reeds of the northern plot grow in a year?"
HOSTILE = "<img src=x onerror=alert(1)> ![x](http://e.x/y.png) [[1]](http://e.x) $x$ On the growth of reeds"


def refs(path: Path, title: str = "On the growth of reeds in shallow lakes", **more: Any) -> Path:
    author = [{"family": "Fenwick", "given": "Ada"}]
    entry = {"id": "fenwick2020", "title": title, "author": author, "abstract": f"We measured. {FOUND}", **more}
    path.write_text(json.dumps([entry]))
    return path


def test_weaviate_keeps_entries_as_sqlite_does_and_a_pdf_fills_them_there(
    weaviate: LocalWeaviate, strata: Run, tmp_path: Path
) -> None:
    maker = PaperMaker(1)
    maker.title("On the growth of reeds in shallow lakes", ["Ada Fenwick"])
    maker.heading("Results")
    maker.paragraph(prose(91, 6))
    file = maker.save(tmp_path / "reeds.pdf")
    address = {
        "STRATA_WEAVIATE_URL": weaviate.url,
        "STRATA_WEAVIATE_GRPC_PORT": str(weaviate.grpc_port),
        "STRATA_WEAVIATE_API_KEY": weaviate.key,
    }
    listed = str(refs(tmp_path / "refs.json"))
    assert strata("ingest", listed, "--project", "p", "--json").code == 0
    copied = strata("copy", "--from", "sqlite", "--to", "weaviate", "--project", "p", "--json", **address)
    assert copied.json["different"] == 0
    assert len(strata("ingest", listed, "--project", "p", "--json", **address).json["unchanged"]) == 1
    answer = strata("ask", QUESTION, "--project", "p", "--json", **address).json
    assert [(c["quote"], c["page"], c["spans"]) for c in answer["citations"]][:1] == [(FOUND, None, [])]
    filled = strata("ingest", str(file), "--project", "p", "--json", **address).json
    assert len(filled["changed"]) == 1
    card = strata("paper", "fenwick2020", "--project", "p", "--json", **address).json
    assert (card["file"], card["citation_key"]) == ("reeds.pdf", "fenwick2020")
    removed = strata("remove", "fenwick2020", "--yes", "--project", "p", "--json", **address).json
    assert removed["removed"]["nodes"] > 2


def test_screens_show_a_quote_without_a_page(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(refs(tmp_path / "refs.json"))
    answer = a.ask(QUESTION)
    source = words.sources(answer.to_dict())[0]
    assert (source.pages, source.where) == ((), "abstract; there is no PDF of it yet")
    assert "abstract" in words.answer_html(answer.to_dict(), "cite")
    refused = a.ask("Who painted the ceiling of the chapel?").to_dict()
    assert all(near.pages == () for near in words.nearest(refused))
    card = a.card("fenwick2020")
    quoted = [said for quotes in card.aspects.values() for said in quotes]
    passages = a.nodes([said.source for said in quoted])
    assert all(card_source(card.paper, said, "x", passages) for said in quoted)
    assert all(finding_source(node).pages == () for node in a.findings())
    html = card_html(card) + answer_html(answer)
    assert "abstract" in html
    assert "None" not in html


def test_a_hostile_title_stays_text_everywhere(assistant: Make, here: Run, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(refs(tmp_path / "refs.json", HOSTILE))
    (paper,) = a.papers()
    assert paper.title == HOSTILE
    answer = a.ask(QUESTION)
    for html in (words.answer_html(answer.to_dict(), "cite"), answer_html(answer), card_html(a.card("fenwick2020"))):
        assert "<img" not in html
    assert here("tree", "--project", "papers").code == 0
    page = tmp_path / "graph.html"
    assert here("graph", "--format", "html", "--out", page, "--project", "papers").code == 0
    assert "<img src=x" not in page.read_text()


def test_all_commands_cope_with_papers_without_pages(here: Run, tmp_path: Path) -> None:
    listed = refs(tmp_path / "refs.json", DOI="10.1000/reeds")
    bib = tmp_path / "bare.bib"
    bib.write_text("@book{loss, title={Warblers at night}}")
    assert here("ingest", listed, bib, "--project", "p").code == 0
    for command in (
        ("tree",),
        ("findings",),
        ("themes",),
        ("contradictions", "--agreements"),
        ("diff", "--since", "1d"),
        ("paper", "loss"),
        ("paper", "10.1000/reeds"),
        ("refresh",),
        ("projects",),
        ("jobs",),
    ):
        project = () if command[0] in ("projects", "jobs") else ("--project", "p")
        said = here(*command, *project, "--json")
        assert said.code == 0, (command, said)
        assert said.json["schema"] == 1 if "schema" in said.json else said.json
        shown = here(*command, *project)
        assert shown.code == 0
        assert "None" not in shown.out
    several = tmp_path / "questions.jsonl"
    rows = [
        {"id": "1", "question": QUESTION, "papers": ["fenwick2020"]},
        {"id": "2", "question": "Who?", "papers": ["loss"]},
    ]
    several.write_text("\n".join(map(json.dumps, rows)))
    out = tmp_path / "out.jsonl"
    assert here("search", "--queries", several, "--out", out, "--project", "p").code == 0
    found = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["id"] for row in found] == ["1", "2"]
    assert {node["paper"] for node in found[0]["nodes"]} == {"doi:10.1000/reeds"}
    removed = here("remove", "loss", "--yes", "--project", "p", "--json").json
    assert removed["removed"]["nodes"] == 1


def test_llamaindex_gets_them_too(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(refs(tmp_path / "refs.json"))
    found = a.search(QUESTION, k=3, level=Level.PASSAGE).to_frame()
    assert found["page"].isna().all()
