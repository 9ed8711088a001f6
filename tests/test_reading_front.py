"""What the first page says of a paper: title, authors with what is theirs, abstract, keywords, year, identifiers."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pymupdf
import pytest
import typst

from hierarchy.identity import fold
from hierarchy.paper import Paper
from ingestion.reader import read_paper

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
TEXT = (
    "Reed beds stand in shallow water and are cut in winter when the ice bears. We followed four of them over "
    "three years and counted the warblers that came back to each in spring after the flood had gone. "
)
ABSTRACT = (
    "We ask whether the cutting of reed changes how many warblers return to a bed. Four beds were cut in turn over "
    "three winters, and all birds were counted each spring by the same two people. Cut beds held fewer birds in the "
    "first year and as many as others in the third. Cutting in turn keeps most of the birds."
)
SET = """
#set page(paper: "us-letter", margin: 60pt)
#set text(font: "New Computer Modern", size: 10pt, hyphenate: false)
#set par(justify: true)
#show heading: set text(size: 12pt)
"""
BODY = f"\n= 1 Introduction\n{TEXT * 5}\n= 2 Methods\n{TEXT * 6}\n= 3 Results\n{TEXT * 5}\n= References\n"


@pytest.fixture
def read(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Reads a paper whose pages are given as Typst's markup."""

    def reader(markup: str, **metadata: str) -> Paper:
        path = tmp_path / "paper.pdf"
        path.write_bytes(typst.compile((SET + markup).encode()))
        if metadata:
            with pymupdf.open(path) as pdf:
                pdf.set_metadata(metadata)
                pdf.saveIncr()
        return read_paper(path)

    return reader


def title(text: str = "Warblers in Reed Beds that are Cut in Turn", size: int = 17) -> str:
    return f'#align(center)[#text({size}pt, weight: "bold")[{text}]]\n'


def centred(*lines: str, size: int = 10) -> str:
    return f"#align(center)[#text({size}pt)[{' #linebreak() '.join(lines)}]]\n"


def labelled(text: str = ABSTRACT) -> str:
    return f'#align(center)[#text(11pt, weight: "bold")[Abstract]]\n{text}\n'


def test_marks_tie_names_to_institutions_over_line_ends(read) -> None:  # type: ignore[no-untyped-def]
    names = centred(
        "Ada Fenwick#super[1,∗], José Muñoz-Ruiz#super[2], Ludwig van der Aa#super[1,2], Mary Ann",
        "O’Shaughnessy#super[2], JOHN A. CARTER JR.#super[1], and Li Wei#super[3]",
        size=12,
    )
    places = centred(
        "#super[1]Department of Marshes, University of Wetlands, Delft, Netherlands",
        "#super[2]Reed Institute, Vigo, Spain #super[3]Lake Academy, Wuhan, China",
        "{fenwick, vanderaa}\\@wetlands.nl, jmr\\@reed.es",
        size=9,
    )
    paper = read(title() + names + places + labelled() + BODY)
    assert [a.name for a in paper.authors] == [
        "Ada Fenwick",
        "José Muñoz-Ruiz",
        "Ludwig van der Aa",
        "Mary Ann O’Shaughnessy",
        "JOHN A. CARTER JR",
        "Li Wei",
    ]
    marshes, reed, lake = (
        "Department of Marshes, University of Wetlands, Delft, Netherlands",
        "Reed Institute, Vigo, Spain",
        "Lake Academy, Wuhan, China",
    )
    assert [a.affiliations for a in paper.authors] == [
        (marshes,),
        (reed,),
        (marshes, reed),
        (reed,),
        (marshes,),
        (lake,),
    ]
    assert [a.email for a in paper.authors] == [
        "fenwick@wetlands.nl",
        "jmr@reed.es",
        "vanderaa@wetlands.nl",
        None,
        None,
        None,
    ]
    assert paper.authors[4].family == "CARTER"
    assert fold(paper.abstract) == fold(ABSTRACT)
    assert paper.origin["authors"] == paper.origin["abstract"] == "page"


def test_letters_as_marks_and_a_note_of_correspondence(read) -> None:  # type: ignore[no-untyped-def]
    names = centred("Ada Fenwick#super[a,∗], Tom Reeve#super[b], Ines Calder#super[a,b]", size=12)
    places = centred("#super[a]University of Wetlands, Delft", "#super[b]Reed Institute, Vigo", size=9)
    note = "#place(bottom)[#text(8pt)[#super[∗]Corresponding author. E-mail: ada\\@wetlands.nl]]\n"
    paper = read(title() + names + places + note + labelled() + f"\n= 1 Introduction\n{TEXT * 30}" + BODY)
    assert [(a.name, a.affiliations) for a in paper.authors] == [
        ("Ada Fenwick", ("University of Wetlands, Delft",)),
        ("Tom Reeve", ("Reed Institute, Vigo",)),
        ("Ines Calder", ("University of Wetlands, Delft", "Reed Institute, Vigo")),
    ]
    assert paper.authors[0].email == "ada@wetlands.nl"
    assert not any("Corresponding" in p.text for s in paper.sections for p in s.passages)


def test_blocks_side_by_side_keep_their_own_institution_and_address(read) -> None:  # type: ignore[no-untyped-def]
    def block(name: str, place: str, email: str) -> str:
        return f"[*{name}* \\ {place} \\ Delft, Netherlands \\ {email}]"

    blocks = ", ".join(
        [
            block("Ada Fenwick", "University of Wetlands", "ada\\@wetlands.nl"),
            block("Tom Reeve", "Reed Institute", "reeve\\@reed.org"),
            block("Ines Calder", "Lake Academy", "xq17\\@lake.edu"),
        ]
    )
    paper = read(title() + f"#align(center)[#grid(columns: (1fr, 1fr, 1fr), {blocks})]\n" + labelled() + BODY)
    assert [(a.name, a.affiliations, a.email) for a in paper.authors] == [
        ("Ada Fenwick", ("University of Wetlands, Delft, Netherlands",), "ada@wetlands.nl"),
        ("Tom Reeve", ("Reed Institute, Delft, Netherlands",), "reeve@reed.org"),
        ("Ines Calder", ("Lake Academy, Delft, Netherlands",), "xq17@lake.edu"),
    ]


def test_orcids_are_taken_from_links_and_from_print(read) -> None:  # type: ignore[no-untyped-def]
    link = '#link("https://orcid.org/0000-0002-1825-0097")[#super[iD]]'
    names = centred(f"Ada Fenwick {link}, Tom Reeve (ORCID 0000-0001-5109-3700)", "University of Wetlands")
    paper = read(title() + names + labelled() + BODY)
    assert [(a.name, a.orcid) for a in paper.authors] == [
        ("Ada Fenwick", "0000-0002-1825-0097"),
        ("Tom Reeve", "0000-0001-5109-3700"),
    ]


def test_an_organisation_may_be_the_author(read) -> None:  # type: ignore[no-untyped-def]
    paper = read(title() + centred("The Marsh Monitoring Collaboration", size=12) + labelled() + BODY)
    assert [a.name for a in paper.authors] == ["Marsh Monitoring Collaboration"]


def test_a_banner_above_the_title_is_none_and_a_long_title_is_whole(read) -> None:  # type: ignore[no-untyped-def]
    banner = centred("Journal of Marshes", size=22) + "#v(20pt)\n"
    long = (
        "Warblers in Reed Beds that are Cut in Turn: A Count over Three Winters in Four Marshes of the North#super[∗]"
    )
    paper = read(banner + title(long) + centred("Ada Fenwick and Tom Reeve", size=12) + labelled() + BODY)
    assert fold(paper.title) == fold(long.replace("#super[∗]", ""))
    assert not paper.title.endswith("∗")
    assert [a.name for a in paper.authors] == ["Ada Fenwick", "Tom Reeve"]


def test_a_templates_metadata_loses_and_a_plausible_one_fills_in(read) -> None:  # type: ignore[no-untyped-def]
    markup = title() + centred("Ada Fenwick", size=12) + labelled() + BODY
    paper = read(markup, title="Microsoft Word - final2.docx", author="Administrator", keywords="reed; marsh birds")
    assert paper.title == "Warblers in Reed Beds that are Cut in Turn"
    assert [a.name for a in paper.authors] == ["Ada Fenwick"]
    assert (paper.keywords, paper.origin["keywords"]) == (("reed", "marsh birds"), "metadata")
    bare = read(labelled() + BODY, title="Reed Beds in Winter", author="Ada Fenwick and Tom Reeve")
    assert [a.name for a in bare.authors] == ["Ada Fenwick", "Tom Reeve"]
    assert bare.origin["authors"] == "metadata"


def test_a_structured_abstract_stays_whole_and_ends_before_its_keywords(read) -> None:  # type: ignore[no-untyped-def]
    parts = (
        f"*Background:* {TEXT}\n\n*Methods:* Four beds were cut in turn.\n\n"
        "*Results:* Most birds came back to them.\n\n"
        "*Conclusions:* Cutting in turn keeps the birds.\n\n*Keywords:* reed beds; warblers; cutting in turn\n"
    )
    notes = "#place(bottom)[#text(7pt)[© 2020 The Authors. This is an open access article under a licence.]]\n"
    paper = read(title() + centred("Ada Fenwick", size=12) + notes + labelled(parts) + BODY)
    assert paper.abstract.startswith("Background:")
    assert paper.abstract.endswith("Cutting in turn keeps the birds.")
    assert paper.keywords == ("reed beds", "warblers", "cutting in turn")
    assert sum(s.kind == "abstract" for s in paper.sections) == 1
    passages = " ".join(p.text for s in paper.sections for p in s.passages)
    assert "open access" not in passages
    assert "Keywords" not in passages
    assert paper.year == 2020


@pytest.mark.parametrize("label", ["*Abstract*—", "_Abstract._ ", "*ABSTRACT:* ", "*Summary.* "])
def test_a_label_may_be_run_in(read, label: str) -> None:  # type: ignore[no-untyped-def]
    paper = read(title() + centred("Ada Fenwick", size=12) + f"\n{label}{ABSTRACT}\n" + BODY)
    assert fold(paper.abstract) == fold(ABSTRACT)


def test_without_a_label_the_first_paragraph_is_the_abstract(read) -> None:  # type: ignore[no-untyped-def]
    dates = "Received \\ 3 May 2018 \\ Published \\ 9 June 2019"
    aside = f"#place(dx: -50pt, dy: 20pt)[#box(width: 44pt)[#text(6pt)[{dates}]]]\n"
    paper = read(title() + centred("Ada Fenwick", "University of Wetlands") + aside + f"\n{ABSTRACT}\n" + BODY)
    assert fold(paper.abstract) == fold(ABSTRACT)
    assert paper.year == 2019


MORE = (
    "Birds that nest in reed have been counted at the lake since the dam was built there. The counts are open to all, "
    "and so is the program that made the figures from them."
)


@pytest.mark.parametrize("label", ["", "*Abstract.* ", '#text(11pt, weight: "bold")[Abstract]\n\n'])
def test_an_abstract_of_spaced_paragraphs_stays_whole_before_an_introduction(read, label: str) -> None:  # type: ignore[no-untyped-def]
    spaced = "#set par(spacing: 2em)\n"
    paper = read(spaced + title() + centred("Ada Fenwick", size=12) + f"\n{label}{ABSTRACT}\n\n{MORE}\n" + BODY)
    assert fold(paper.abstract) == fold(f"{ABSTRACT} {MORE}")


def test_spaced_paragraphs_without_label_nor_introduction_are_text(read) -> None:  # type: ignore[no-untyped-def]
    begin = "#set par(spacing: 2em)\n" + title() + centred("Ada Fenwick", size=12)
    paper = read(begin + f"\n{ABSTRACT}\n\n{MORE}\n" + BODY.replace("1 Introduction", "1 Sites"))
    assert paper.abstract == ""
    assert any(fold(MORE) in fold(p.text) for s in paper.sections for p in s.passages)


@pytest.mark.parametrize("look", ['weight: "bold", size: 9.5pt', "size: 8.5pt", "size: 11pt"])
def test_lines_full_of_code_do_not_end_an_abstract(read, look: str) -> None:  # type: ignore[no-untyped-def]
    call = "count(beds, years, birds; by=spring, cut=true, turn=3, rows=all, over=winters, people=both, beds=four)"
    code = f'The package exports #text(font: "DejaVu Sans Mono", {look})[{call}] to all who count. '
    paper = read(title() + centred("Ada Fenwick", size=12) + labelled(code + ABSTRACT) + BODY)
    assert fold(paper.abstract) == fold(f"The package exports {call} to all who count. {ABSTRACT}")


@pytest.mark.parametrize("other", ["Significance", "Plain Language Summary", "Zusammenfassung"])
def test_another_summary_after_the_abstract_is_no_part_of_it(read, other: str) -> None:  # type: ignore[no-untyped-def]
    second = labelled(MORE).replace("Abstract", other)
    paper = read(title() + centred("Ada Fenwick", size=12) + labelled() + second + BODY)
    assert fold(paper.abstract) == fold(ABSTRACT)
    assert any(fold(MORE) in fold(p.text) for s in paper.sections for p in s.passages)


def test_names_below_the_abstract_are_no_part_of_it(read) -> None:  # type: ignore[no-untyped-def]
    paper = read(title() + labelled() + centred("Ada Fenwick and Tom Reeve", "University of Wetlands") + BODY)
    assert fold(paper.abstract) == fold(ABSTRACT)


def test_a_box_of_dates_and_keywords_stands_beside_the_abstract(read) -> None:  # type: ignore[no-untyped-def]
    box = "#text(7pt)[_History:_ \\ Received 3 May 2018 \\ Accepted 9 June 2019 \n\n _Keywords:_ \\ reed \\ birds]"
    text = f"#text(8pt)[A B S T R A C T]\n#line(length: 100%)\n#text(8pt)[{ABSTRACT}]"
    grid = f"#grid(columns: (1fr, 2.2fr), gutter: 14pt, [#text(8pt)[I N F O]\n{box}], [{text}])\n"
    paper = read(title() + centred("Ada Fenwick", size=12) + grid + BODY)
    assert fold(paper.abstract) == fold(ABSTRACT)


def test_heads_set_as_the_label_right_below_it_are_parts_of_the_abstract(read) -> None:  # type: ignore[no-untyped-def]
    parts = f"= Abstract\n= Background\n{TEXT}\n= Methods\nFour beds were cut.\n= Results\n{MORE}\n"
    paper = read(title() + centred("Ada Fenwick", size=12) + "\n" + parts + BODY)
    assert fold(paper.abstract) == fold(f"Background {TEXT} Methods Four beds were cut. Results {MORE}")
    assert [s.heading for s in paper.sections if s.heading][:4] == ["Abstract", "Introduction", "Methods", "Results"]


def test_a_name_in_bold_right_below_the_label_is_the_abstracts_first_words(read) -> None:  # type: ignore[no-untyped-def]
    label = "#heading(numbering: none)[Abstract]\n"
    paper = read(title() + centred("Ada Fenwick", size=12) + label + f"*Warbler.jl.* {ABSTRACT}\n\n" + BODY)
    assert fold(paper.abstract) == fold(f"Warbler.jl. {ABSTRACT}")
    assert "Warbler.jl" not in " ".join(s.heading for s in paper.sections)


def test_a_line_too_long_for_its_column_stays_in_the_abstract(read) -> None:  # type: ignore[no-untyped-def]
    long = "beds.in.the.north.and.the.south.counted.each.spring.by.us"
    code = f'#box[#text(font: "DejaVu Sans Mono", size: 9.5pt)[{long}]]'
    left = f"*Abstract*\n\n{ABSTRACT} {code} {MORE}\n\n= 1 Introduction\n{TEXT * 6}"
    columns = f"#grid(columns: (1fr, 1fr), gutter: 16pt, [{left}], [= 2 Methods\n{TEXT * 12}])\n"
    paper = read(title() + centred("Ada Fenwick", size=12) + columns + f"= 3 Results\n{TEXT * 5}\n= References\n")
    assert fold(paper.abstract) == fold(f"{ABSTRACT} {long} {MORE}")


def test_an_abstract_goes_on_over_columns_and_stops_at_the_introduction(read) -> None:  # type: ignore[no-untyped-def]
    long = " ".join(f"Bed {i} was cut in the winter of its year and held birds again in spring." for i in range(60))
    columns = f"#columns(2)[#v(250pt)\n{labelled(long)}\n{BODY}]"
    paper = read(title() + centred("Ada Fenwick", size=12) + columns)
    assert fold(paper.abstract) == fold(long)
    assert any(s.heading == "Introduction" and s.passages for s in paper.sections)


def test_a_larger_unnumbered_introduction_after_the_abstract_is_a_section(read) -> None:  # type: ignore[no-untyped-def]
    begin = "\n#align(center)[*ABSTRACT*]\n" + ABSTRACT + "\n\n#text(14pt)[*Introduction*]\n\n" + TEXT * 3
    rest = BODY.replace("1 Introduction", "1 Sites")
    paper = read(title() + centred("Ada Fenwick", size=12) + begin + rest)
    assert fold(paper.abstract) == fold(ABSTRACT)
    assert [s.heading for s in paper.sections[:3]] == ["ABSTRACT", "Introduction", "Sites"]


def test_a_paper_without_an_abstract_has_none(read) -> None:  # type: ignore[no-untyped-def]
    paper = read(title() + centred("Ada Fenwick", "University of Wetlands") + BODY)
    assert paper.abstract == ""
    assert "abstract" not in paper.origin


def test_a_thesis_has_its_abstract_on_a_page_of_its_own(read) -> None:  # type: ignore[no-untyped-def]
    cover = (
        "#v(100pt)\n"
        + title(size=22)
        + "#v(40pt)\n"
        + centred("A thesis presented by", "Ada Fenwick", "June 2017", size=12)
    )
    paper = read(cover + "#pagebreak()\n" + labelled() + "#pagebreak()\n" + BODY)
    assert paper.title == "Warblers in Reed Beds that are Cut in Turn"
    assert [a.name for a in paper.authors] == ["Ada Fenwick"]
    assert paper.year == 2017
    assert fold(paper.abstract) == fold(ABSTRACT)


def test_slides_have_a_title_and_no_abstract(read) -> None:  # type: ignore[no-untyped-def]
    slides = (
        "#set page(width: 400pt, height: 300pt)\n#set text(size: 18pt)\n"
        + title(size=28)
        + centred("Ada Fenwick", size=18)
    )
    paper = read(slides + "#pagebreak()\n- Reed\n- Water\n- Ice\n#pagebreak()\n- Birds\n- Nests\n")
    assert fold(paper.title) == fold("Warblers in Reed Beds that are Cut in Turn")
    assert paper.abstract == ""


def test_of_several_years_the_venues_counts_then_publication(read) -> None:  # type: ignore[no-untyped-def]
    front = title() + centred("Ada Fenwick", size=12)
    dates = centred("Received: 4 May 2015; Accepted: 9 January 2016; Published: 2 March 2017", size=8)
    assert read(front + dates + labelled() + BODY).year == 2017
    head = "#set page(header: [#text(8pt)[Marsh Letters, vol. 12, no. 3, 2018]])\n"
    assert read(head + front + dates + labelled() + BODY + "#pagebreak()" + TEXT + "#pagebreak()" + TEXT).year == 2018
    only = read(front + centred("Submitted 4 May 2015", size=8) + labelled() + BODY)
    assert (only.year, only.origin["year"]) == (2015, "page")
    none = read(front + labelled() + BODY)
    assert none.origin["year"] == "metadata"


def test_only_its_own_identifiers_are_a_papers(read) -> None:  # type: ignore[no-untyped-def]
    front = title() + centred("Ada Fenwick", size=12)
    cited = BODY.replace("= 2 Methods", "See https://doi.org/10.1000/other.7 and arXiv:1901.00001.\n= 2 Methods")
    paper = read(front + labelled() + cited)
    assert (paper.doi, paper.arxiv) == (None, None)
    own = centred("https://doi.org/10.5555/marsh.2017.042", "arXiv:hep-th/9901001v2", size=8)
    paper = read(front + own + labelled() + cited)
    assert (paper.doi, paper.arxiv, paper.origin["doi"]) == ("10.5555/marsh.2017.042", "hep-th/9901001", "page")
    told = read(front + labelled() + cited, subject="Marsh Letters, doi:10.5555/marsh.9")
    assert (told.doi, told.origin["doi"]) == ("10.5555/marsh.9", "metadata")


def test_the_samples_first_pages_are_read_as_their_gold_says() -> None:
    right: Counter[str] = Counter()
    likeness = []
    gold = [json.loads(line) for line in (SAMPLE / "gold" / "references.jsonl").read_text("utf-8").splitlines()]
    for entry in gold:
        paper = read_paper(next(SAMPLE.glob(f"*/{entry['paper_id']}.pdf")))
        right["title"] += fold(paper.title) == fold(entry["title"])
        right["year"] += paper.year == entry["year"]
        right["language"] += paper.language == "en"
        right["authors"] += [a.name for a in paper.authors] == [a["name"] for a in entry["authors"]]
        right["affiliations"] += [list(a.affiliations) for a in paper.authors] == [
            a["affiliations"] for a in entry["authors"]
        ]
        right["emails"] += [a.email for a in paper.authors] == [a["email"] for a in entry["authors"]]
        likeness.append(token_f1(entry["abstract"], paper.abstract))
    assert dict(right) == dict.fromkeys(("title", "year", "language", "authors", "affiliations", "emails"), len(gold))
    assert sum(likeness) / len(likeness) > 0.98


def token_f1(a: str, b: str) -> float:
    x, y = (Counter(re.findall(r"\w+", text.lower())) for text in (a, b))
    return 2 * (x & y).total() / max(1, x.total() + y.total())


def test_a_raised_letter_within_a_name_is_no_mark(read) -> None:  # type: ignore[no-untyped-def]
    names = "#align(center)[#text(17pt)[*Reeds in Winter*]\n\nAda J. M#super[c]Fen, Bert Moor]\n"
    paper = read(f"{names}\n*Abstract.* {ABSTRACT}\n{BODY}")
    assert [a.name for a in paper.authors] == ["Ada J. McFen", "Bert Moor"]
