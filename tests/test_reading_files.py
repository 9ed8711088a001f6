"""Whole PDFs through the real child process: what a made paper gives, where its words lie, what hidden text does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import hostile_pdfs as hostile
import pymupdf
import pytest
from pdfs import PaperMaker, plain, prose

from hierarchy.paper import Paper, Passage
from ingestion.containment import Reader
from ingestion.settings import IngestionSettings

TITLE = "On the Slow Growth of Reed Beds in Shallow Northern Lakes"
CAPTION = "Figure 1: Reeds and their growth over ten years in the northern plot of the lake."
REFERENCES = [
    f"Fenwick, A. (20{10 + i}). On reeds number {i}, and what the lakes of the north do to them. Reeds, {i}, 1-9."
    for i in range(8)
]
BODY = {2: 9, 3: 9, 4: 9, 6: 12, 7: 12, 8: 20, 9: 14}  # the seeds of the body's paragraphs, and their sentences


def whole_paper() -> PaperMaker:
    maker = PaperMaker(2)
    maker.title(TITLE, ["Ada Fenwick", "Bruno Haldane"])
    maker.heading("Abstract", numbered=False)
    maker.paragraph(prose(1, 5))
    maker.heading("Introduction")
    maker.footnote("1", "A reed bed is a stand of reeds that is older than ten years.")
    for seed in (2, 3, 4):
        maker.paragraph(prose(seed, BODY[seed]))
    maker.heading("Methods")
    maker.heading("Study sites", 2)
    maker.paragraph(prose(6, BODY[6]))
    maker.caption(CAPTION)
    maker.paragraph(prose(7, BODY[7]))
    maker.heading("Recorders", 2)
    maker.paragraph(prose(8, BODY[8]))
    maker.heading("Results")
    maker.paragraph(prose(9, BODY[9]))
    maker.references(REFERENCES)
    return maker


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    one = Reader(IngestionSettings())
    yield one
    one.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return whole_paper().save(tmp_path_factory.mktemp("whole") / "reeds.pdf")


@pytest.fixture(scope="module")
def paper(reader: Reader, file: Path) -> Paper:
    return reader.read(file)


def passages(paper: Paper, *types: str) -> list[Passage]:
    return [p for s in paper.sections for p in s.passages if not types or p.type in types]


def squeezed(text: str) -> str:
    return re.sub(r"[^\w]+", "", text)


def words_in(pdf: pymupdf.Document, page: int, box: tuple[float, float, float, float]) -> str:
    """What another extraction finds in a box: the words whose middle lies in it."""
    found = []
    for x0, y0, x1, y1, word, *_ in pdf[page - 1].get_text("words"):
        if box[0] <= (x0 + x1) / 2 <= box[2] and box[1] <= (y0 + y1) / 2 <= box[3]:
            found.append(str(word))
    return " ".join(found)


def test_a_two_column_paper_gives_title_authors_and_abstract(paper: Paper) -> None:
    assert paper.title == TITLE
    assert [a.name for a in paper.authors] == ["Ada Fenwick", "Bruno Haldane"]
    assert paper.abstract == plain(prose(1, 5))
    assert paper.paper_id.startswith("title:fenwick-")


def test_its_headings_come_in_order_with_numbers_and_levels(paper: Paper) -> None:
    expected = [
        (None, "Abstract", 1, "abstract"),
        ("1", "Introduction", 1, "introduction"),
        ("2", "Methods", 1, "method"),
        ("2.1", "Study sites", 2, "data"),
        ("2.2", "Recorders", 2, "method"),
        ("3", "Results", 1, "result"),
        (None, "References", 1, "other"),
    ]
    assert [(s.number, s.heading, s.level, s.kind) for s in paper.sections] == expected
    assert paper.sections[3].parent == paper.sections[2].id


def test_its_paragraphs_are_those_that_were_set_word_for_word(paper: Paper) -> None:
    body = [p.text for s in paper.sections if s.kind != "abstract" for p in s.passages if p.type == "paragraph"]
    assert body == [plain(prose(seed, count)) for seed, count in BODY.items()]


def test_some_of_them_run_over_columns_and_pages_and_are_cut_at_line_ends(paper: Paper, file: Path) -> None:
    paragraphs = passages(paper, "paragraph")
    assert any({s.page for s in p.places.spans()} == {1, 2} for p in paragraphs)
    sides = [{(s.page, s.box[0] > 306) for s in p.places.spans()} for p in paragraphs]
    assert any({(1, False), (1, True)} <= side for side in sides)
    with pymupdf.open(file) as pdf:
        assert re.search(r"\w-\n", "".join(page.get_text() for page in pdf))


def test_captions_footnotes_and_references_stand_apart(paper: Paper) -> None:
    assert [p.text for p in passages(paper, "caption")] == [CAPTION]
    assert [p.text for p in passages(paper, "footnote")] == [
        "1 A reed bed is a stand of reeds that is older than ten years."
    ]
    assert [(f.label, f.caption) for f in paper.figures] == [("Figure 1", CAPTION[10:-1])]
    assert [r.text for r in paper.references] == REFERENCES
    assert [r.year for r in paper.references] == list(range(2010, 2018))


def test_references_heads_and_page_numbers_are_in_no_passage(paper: Paper) -> None:
    text = " ".join(p.text for p in passages(paper))
    for foreign in ("On reeds number", "Fenwick et al.", "University of Wetlands", TITLE):
        assert foreign not in text


def test_each_span_holds_its_words_and_nothing_else(paper: Paper, file: Path) -> None:
    with pymupdf.open(file) as pdf:
        for passage in passages(paper):
            found = " ".join(words_in(pdf, s.page, s.box) for s in passage.places.spans())
            assert squeezed(found) == squeezed(passage.text)


def test_each_single_word_lies_in_its_box(paper: Paper, file: Path) -> None:
    places: dict[tuple[int, str], list[tuple[float, ...]]] = {}
    with pymupdf.open(file) as pdf:
        for number, page in enumerate(pdf, 1):
            for entry in page.get_text("words"):
                places.setdefault((number, str(entry[4])), []).append(tuple(entry[:4]))
    for passage in passages(paper):
        for word in passage.places.words():
            shown = passage.text[word.start : word.end]
            there = [*places.get((word.page, shown), []), *places.get((word.page, shown + "-"), [])]
            assert any(word.box == pytest.approx(box, abs=0.02) for box in there), (shown, word.box, there)


def test_ids_stay_when_the_file_is_only_saved_again(reader: Reader, paper: Paper, file: Path, tmp_path: Path) -> None:
    again = reader.read(hostile.write(tmp_path, "other.pdf", hostile.saved_again(file.read_bytes())))
    assert again.sha256 != paper.sha256
    assert again.text_hash == paper.text_hash
    assert again.paper_id == paper.paper_id
    assert [s.id for s in again.sections] == [s.id for s in paper.sections]
    assert [p.id for p in passages(again)] == [p.id for p in passages(paper)]


def test_ids_of_passages_are_unique(paper: Paper) -> None:
    ids = [*(s.id for s in paper.sections), *(p.id for p in passages(paper))]
    assert len(set(ids)) == len(ids)


def test_the_same_words_twice_in_a_paper_are_two_passages(reader: Reader, tmp_path: Path) -> None:
    maker = PaperMaker(1)
    maker.title("Reeds Said Twice", ["Ada Fenwick"])
    for heading in ("Introduction", "Methods", "Results"):
        maker.heading(heading)
        maker.paragraph(prose(3, 4))
    found = passages(reader.read(maker.save(tmp_path / "twice.pdf")))
    assert len(found) == len({p.id for p in found}) == 3
    assert len({p.text for p in found}) == 1


@pytest.mark.parametrize("reason", hostile.HIDING)
def test_text_that_nobody_can_see_is_reported_and_in_no_passage(reader: Reader, tmp_path: Path, reason: str) -> None:
    paper = reader.read(hostile.write(tmp_path, "hidden.pdf", hostile.with_hidden_text(reason)))
    assert [(h.page, h.text, h.reason) for h in paper.hidden_text] == [(1, hostile.SECRET, reason)]
    assert [w.code for w in paper.warnings if not w.code.startswith("no_")] == ["hidden_text"]
    assert "praise" not in " ".join([paper.title, paper.abstract, *(p.text for p in passages(paper))])
    assert [p.text for p in passages(paper)] == [plain(prose(11, 6))]


def test_text_in_nearly_the_colour_of_its_box_is_hidden(reader: Reader, tmp_path: Path) -> None:
    paper = reader.read(hostile.write(tmp_path, "near.pdf", hostile.with_hidden_text("colour on a picture's frame")))
    assert [h.reason for h in paper.hidden_text] == ["colour"]


def test_black_text_on_a_black_box_is_hidden(reader: Reader, tmp_path: Path) -> None:
    paper = reader.read(hostile.write(tmp_path, "black.pdf", hostile.with_hidden_text("black on black")))
    assert [h.reason for h in paper.hidden_text] == ["colour"]
    assert "praise" not in " ".join(p.text for p in passages(paper))


@pytest.mark.parametrize("reason", hostile.HIDING)
def test_hidden_text_is_not_among_the_words_that_quotes_are_checked_against(
    reader: Reader, tmp_path: Path, reason: str
) -> None:
    paper = reader.read(hostile.write(tmp_path, "hidden.pdf", hostile.with_hidden_text(reason)))
    assert "praise" not in "".join(paper.page_texts)


def test_white_text_on_a_dark_box_is_kept(reader: Reader, tmp_path: Path) -> None:
    sentence = "The night is dark and everybody can read this line."
    paper = reader.read(hostile.write(tmp_path, "night.pdf", hostile.white_on_dark(sentence)))
    assert sentence in [p.text for p in passages(paper)]
    assert paper.hidden_text == ()


def test_the_invisible_words_over_a_scan_are_its_text(reader: Reader, tmp_path: Path) -> None:
    paper = reader.read(hostile.write(tmp_path, "ocr.pdf", hostile.ocr_page()))
    assert [p.scanned for p in paper.pages] == [True]
    assert paper.title == "A Scanned Paper on Reeds"
    assert [p.text for p in passages(paper)] == [plain(prose(5, 9))]
    assert paper.hidden_text == ()


@pytest.mark.parametrize("turn", [90, 270])
def test_boxes_of_a_turned_page_are_in_the_page_as_it_is_shown(reader: Reader, tmp_path: Path, turn: int) -> None:
    file = hostile.write(tmp_path, "turned.pdf", hostile.rotated(turn))
    paper = reader.read(file)
    assert [(p.width, p.height) for p in paper.pages] == [(792.0, 612.0)]
    assert paper.title == "A Turned Page of Reeds"
    assert paper.sections[0].heading == "Introduction"
    found = passages(paper)
    assert plain(prose(13, 8)) == " ".join(p.text for p in found)
    boxes = [s.box for p in found for s in p.places.spans()]
    assert all(0 <= x0 < x1 <= 792 and 0 <= y0 < y1 <= 612 for x0, y0, x1, y1 in boxes)
    assert boxes[0][0] == pytest.approx(72, abs=1)
    tops = [box[1] for box in boxes]
    assert tops == sorted(tops)
    assert all(x1 - x0 > 2 * (y1 - y0) for x0, y0, x1, y1 in boxes[:-1])


def test_control_characters_of_a_page_reach_no_passage(reader: Reader, tmp_path: Path) -> None:
    said = "The colour ~[31mred~[0m and ^drow ends ` here."
    paper = reader.read(hostile.write(tmp_path, "escapes.pdf", hostile.with_escapes(said)))
    text = " ".join([paper.title, *(p.text for p in passages(paper))])
    assert "The colour" in text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    assert paper.title == "Reeds [red]x[/red] :smile: <b>bold</b>"


def test_half_of_a_surrogate_pair_does_not_stop_the_reading(reader: Reader, tmp_path: Path) -> None:
    paper = reader.read(hostile.write(tmp_path, "halves.pdf", hostile.with_surrogates()))
    assert "bends and does not break" in " ".join(p.text for p in passages(paper))


def test_a_real_paper_of_the_shared_data_is_read_whole(reader: Reader, shared_data: Path) -> None:
    file = sorted((shared_data / "headings").rglob("*.pdf"))[0]
    paper = reader.read(file)
    assert len(paper.title) > 10
    assert paper.authors
    assert len(paper.sections) >= 4
    assert sum(len(p.text.split()) for p in passages(paper, "paragraph")) > 400
    assert paper.references
