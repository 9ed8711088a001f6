"""The same paper twice: copies are duplicates, a preprint and its published form are versions, others are neither."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Run
from hypothesis import given
from hypothesis import strategies as st
from pdfs import PaperMaker, prose

from ingestion.report import Added
from ingestion.versions import Work, same_work
from strata.assistant import Assistant

SAMPLE = ROOT / "data" / "sample" / "wetland-calls"
TITLE, AUTHORS = "On the growth of reeds in shallow lakes", ("Ada Fenwick", "Brian Marsh", "Chloe Sedge")
DOI, ARXIV = "10.1234/reeds.7", "arXiv:2101.00001v2 [cs.CL] 3 Jan 2021"

Make = Callable[..., Assistant]


def paper(
    path: Path, seed: int, title: str = TITLE, authors: tuple[str, ...] = AUTHORS, printed: tuple[str, ...] = ()
) -> Path:
    """A paper with other words for each seed; `printed` stands at the head of its first page."""
    maker = PaperMaker(1)
    maker.title(title, authors)
    for number, line in enumerate(printed):
        maker.page.text(54, 58 + 10 * number, line, 8)
    maker.heading("Introduction")
    for number in range(3):
        maker.paragraph(prose(100 * seed + number, 5))
    return maker.save(path)


def of_doi(doi: str) -> tuple[str]:
    return (f"https://doi.org/{doi}",)


def version_of(assistant: Assistant) -> dict[str, str | None]:
    """Each paper's main one, by the names of their files."""
    papers = assistant.papers()
    files = {p.id: str(p.file) for p in papers}
    return {str(p.file): files.get(p.metadata["version_of"]) if "version_of" in p.metadata else None for p in papers}


# Which are versions


def work(
    title: str = TITLE, authors: tuple[str, ...] = AUTHORS, doi: str | None = None, arxiv: str | None = None
) -> Work:
    return Work.of(title, authors, doi, arxiv)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (work(), work("ON THE GROWTH OF REEDS IN SHALLOW LAKES*")),
        (work(), work(TITLE + " (Extended Version)")),
        (work(), work(authors=("A. Fenwick", "B. Marsh", "C. Sedge", "D. Rush"))),
        (work(), work(authors=("Fenwick, Ada", "Marsh, Brian"))),
        (
            work("Wachstum von Schilf in flachen Seen über Jahre"),
            work("Wachstum von Schilf in flachen Seen uber Jahre"),
        ),
        (work("浅水湖泊中芦苇的生长研究"), work("浅水湖泊中芦苇的生长研究")),
        (work(arxiv="2101.00001v1"), work("How reeds grow", arxiv="2101.00001v3")),
        (work(doi="10.1/A"), work("How reeds grow in shallow lakes", ("Ada Fenwick",), doi="10.1/a")),
        (work(doi="10.1/a"), work("Growth of reeds in shallow lakes", (), doi="10.1/a")),
        (work(doi="10.1/a"), work(doi="10.1/b")),
    ],
)
def test_versions(one: Work, other: Work) -> None:
    assert same_work(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (work(), work(authors=("Dora Quill", "Evan Rush"))),
        (work(), work(authors=())),
        (work(), work("On the growth of sedges in shallow lakes")),
        (work(TITLE + ", Part I"), work(TITLE + ", Part II")),
        (work("Editorial"), work("Editorial")),
        (work("Introduction"), work("Introduction")),
        (work("Introduction to the Special Issue"), work("Introduction to the Special Issue")),
        (work("Reeds"), work("Reeds")),
        (work(doi="10.1/a"), work("Erratum: " + TITLE, doi="10.1/a")),
        (work(doi="10.1/a"), work(TITLE + " - Corrigendum", doi="10.1/a")),
        (work(doi="10.1/a"), work("Reply to “On the growth of reeds in shallow lakes”", doi="10.1/a")),
        (work(doi="10.1/template"), work("A survey of frog songs", ("Evan Rush",), doi="10.1/template")),
        (work("", ()), work("", ())),
        (work("", (), doi="10.1/a"), work("", (), doi="10.1/a")),
    ],
)
def test_other_papers(one: Work, other: Work) -> None:
    assert not same_work(one, other)


titles = st.sampled_from([TITLE, "Erratum: " + TITLE, "Editorial", "", "How reeds grow"]) | st.text(max_size=30)
names = st.lists(st.sampled_from([*AUTHORS, "Dora Quill"]) | st.text(max_size=10), max_size=4).map(tuple)
identifiers = st.none() | st.sampled_from(["10.1/a", "10.1/A", "2101.00001v2"]) | st.text(max_size=8)
works = st.builds(Work.of, titles, names, identifiers, identifiers)


@given(works, works)
def test_to_be_versions_is_mutual_and_versions_can_be_found_by_a_name_that_they_share(one: Work, other: Work) -> None:
    assert same_work(one, other) == same_work(other, one)
    if same_work(one, other):
        assert set(one.names) & set(other.names)


# In an ingest


def test_a_preprint_and_its_published_form_are_both_kept_and_told_to_be_versions(
    assistant: Make, tmp_path: Path
) -> None:
    a = assistant()
    preprint = paper(tmp_path / "preprint.pdf", 1, printed=(ARXIV,))
    published = paper(tmp_path / "published.pdf", 2, printed=of_doi(DOI))
    report = a.ingest([preprint, published])
    first, second = report.added
    assert (first.paper, second.paper) == ("arxiv:2101.00001", f"doi:{DOI}")
    assert (first.version_of, second.version_of) == (None, first.paper)
    assert [r["version_of"] for r in report.to_dict()["added"]] == [None, first.paper]
    assert version_of(a) == {"preprint.pdf": None, "published.pdf": "preprint.pdf"}
    assert len(a.ingest([preprint, published]).unchanged) == 2


def test_the_first_in_stays_the_main_one_in_this_run_and_in_later_ones(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(paper(tmp_path / "published.pdf", 2, printed=of_doi(DOI)))
    a.ingest(paper(tmp_path / "preprint.pdf", 1, printed=(ARXIV,)))
    third = paper(tmp_path / "journal.pdf", 3, authors=AUTHORS[:2], printed=of_doi("10.99/longer"))
    (added,) = a.ingest(third).added
    assert added.version_of == f"doi:{DOI}"
    main = "published.pdf"
    assert version_of(a) == {main: None, "preprint.pdf": main, "journal.pdf": main}


def test_one_identifier_on_two_different_papers_makes_no_versions(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    one = paper(tmp_path / "a.pdf", 1, printed=of_doi("10.1000/template"))
    other = paper(tmp_path / "b.pdf", 2, "Frog songs over a decade", ("Evan Rush",), of_doi("10.1000/template"))
    report = a.ingest([one, other])
    assert [added.version_of for added in report.added] == [None, None]
    assert len({added.paper for added in report.added}) == 2
    assert version_of(a) == {"a.pdf": None, "b.pdf": None}


def test_the_same_title_of_other_authors_and_short_titles_of_the_same_are_papers_of_their_own(
    assistant: Make, tmp_path: Path
) -> None:
    a = assistant()
    files = [
        paper(tmp_path / "a.pdf", 1, "Introduction"),
        paper(tmp_path / "b.pdf", 2, "Introduction"),
        paper(tmp_path / "c.pdf", 3),
        paper(tmp_path / "d.pdf", 4, authors=("Dora Quill", "Evan Rush")),
        paper(tmp_path / "e.pdf", 5, "Erratum: " + TITLE),
    ]
    report = a.ingest(files)
    assert [added.version_of for added in report.added] == [None] * 5


def test_copies_and_files_that_were_only_saved_again_are_duplicates_of_a_version_too(
    assistant: Make, tmp_path: Path
) -> None:
    a = assistant()
    paper(tmp_path / "a.pdf", 1)
    second = paper(tmp_path / "b.pdf", 2)
    (tmp_path / "copy.pdf").write_bytes(second.read_bytes())
    (tmp_path / "saved.pdf").write_bytes(second.read_bytes() + b"\n% saved again\n")
    report = a.ingest(tmp_path)
    assert [(d.file, Path(d.of).name) for d in report.duplicates] == [("copy.pdf", "b.pdf"), ("saved.pdf", "b.pdf")]
    assert version_of(a) == {"a.pdf": None, "b.pdf": "a.pdf"}


def test_the_samples_second_version_is_told(assistant: Make) -> None:
    a = assistant()
    report = a.ingest([SAMPLE / name for name in ("masking-or-mixing.pdf", "masking-or-mixing-v2.pdf")])
    assert [added.version_of for added in report.added] == [None, report.added[0].paper]
    others = [f for f in sorted(SAMPLE.glob("*.pdf")) if not f.name.startswith("masking")]
    assert not any(added.version_of for added in a.ingest(others[:4]).added)


def test_a_version_stays_one_when_its_file_changes(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest([paper(tmp_path / "a.pdf", 1), paper(tmp_path / "b.pdf", 2)])
    paper(tmp_path / "b.pdf", 3)
    assert len(a.ingest(tmp_path).changed) == 1
    assert version_of(a) == {"a.pdf": None, "b.pdf": "a.pdf"}


# Removal


def test_when_the_main_one_goes_its_oldest_version_takes_its_place(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    for name, seed in (("a.pdf", 1), ("b.pdf", 2), ("c.pdf", 3)):
        a.ingest(paper(tmp_path / name, seed, printed=of_doi(f"10.1000/{name[0]}")))
    assert version_of(a) == {"a.pdf": None, "b.pdf": "a.pdf", "c.pdf": "a.pdf"}
    words = a.search("reed bed", level="paper").nodes
    a.remove("a.pdf")
    assert version_of(a) == {"b.pdf": None, "c.pdf": "b.pdf"}
    assert len(a.search("reed bed", level="paper").nodes) == len(words) - 1
    a.remove("c.pdf")
    assert version_of(a) == {"b.pdf": None}
    (added,) = a.ingest(tmp_path / "a.pdf").added
    assert added.version_of == "doi:10.1000/b"
    assert version_of(a) == {"b.pdf": None, "a.pdf": "b.pdf"}


def test_the_paper_of_the_lowest_year_takes_the_place(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    papers = (("a", 2020), ("b", 2022), ("c", 2021))
    for seed, (name, year) in enumerate(papers, 1):
        printed = (f"Journal of Reeds, {year}. Published 3 May {year}", *of_doi(f"10.1000/{name}"))
        a.ingest(paper(tmp_path / f"{name}.pdf", seed, printed=printed))
    years = {str(p.file): p.metadata["year"] for p in a.papers()}
    assert years == {f"{name}.pdf": year for name, year in papers}
    a.remove("a.pdf")
    assert version_of(a) == {"c.pdf": None, "b.pdf": "c.pdf"}


# How it is told


def test_the_command_line_tells_versions(here: Run, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    paper(folder / "a.pdf", 1, printed=of_doi("10.1000/a"))
    paper(folder / "b.pdf", 2)
    said = here("ingest", folder)
    assert "a version of doi:10.1000/a" in said.err
    assert f"version    {folder / 'b.pdf'}\n           of doi:10.1000/a" in said.out
    assert Added("x", "x", "p", "t", 3).version_of is None
