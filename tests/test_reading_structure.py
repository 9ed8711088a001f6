"""The later passes over hand-made pages: headings, front, references, joining, paragraphs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_headings import outlined
from made_pages import block_of, document_of, line, measures, page_of

from hierarchy.paper import Author
from ingestion.pages import Document, Line, Role
from ingestion.reading.body.paragraphs import find_blocks
from ingestion.reading.front.matter import read_front
from ingestion.reading.headings.finding import find_headings
from ingestion.reading.lines.joining import Vocabulary, join

LONG = "reeds grow slowly in the shallow northern lakes of the land"


def outline(document: Document) -> list[tuple[str | None, str, int]]:
    return [(h.number, h.text, h.level) for h in find_headings(document, measures())]


def test_numbers_give_levels() -> None:
    document = outlined(
        [
            ("1 Introduction", 12, True),
            ("2 Methods", 12, True),
            ("2.1 Sites", 10, True),
            ("2.1.1 Lake shores", 10, True),
            ("3 Results", 12, True),
        ]
    )
    expected = [
        ("1", "Introduction", 1),
        ("2", "Methods", 1),
        ("2.1", "Sites", 2),
        ("2.1.1", "Lake shores", 3),
        ("3", "Results", 1),
    ]
    assert outline(document) == expected


def test_a_deep_number_does_not_hide_a_short_heading() -> None:
    document = outlined(
        [
            ("1 Introduction", 12, True),
            ("2 Methods", 12, True),
            ("2.1 Sites", 10, True),
            ("2.1.1 Lake", 10, True),
            ("3 Results", 12, True),
        ]
    )
    assert ("2.1.1", "Lake", 3) in outline(document)


def test_without_numbers_the_style_of_canonical_headings_is_level_one() -> None:
    document = outlined(
        [
            ("Introduction", 13, True),
            ("Where reeds stand", 11, True),
            ("Methods", 13, True),
            ("Recorders", 11, True),
            ("References", 13, True),
        ]
    )
    expected = [("Introduction", 1), ("Where reeds stand", 2), ("Methods", 1), ("Recorders", 2), ("References", 1)]
    assert [(text, level) for _, text, level in outline(document)] == expected


def test_roman_numbers_with_letters_below_are_levels_one_and_two() -> None:
    document = outlined(
        [
            ("I. INTRODUCTION", 10, False),
            ("II. METHODS", 10, False),
            ("A. Study Sites", 10, True),
            ("B. Recorders", 10, True),
            ("III. RESULTS", 10, False),
        ]
    )
    expected = [
        ("I", "INTRODUCTION", 1),
        ("II", "METHODS", 1),
        ("A", "Study Sites", 2),
        ("B", "Recorders", 2),
        ("III", "RESULTS", 1),
    ]
    assert outline(document) == expected


def test_appendices_are_top_headings_with_their_own_subsections() -> None:
    document = outlined(
        [
            ("1 Introduction", 12, True),
            ("2 Methods", 12, True),
            ("3 Results", 12, True),
            ("A More Plots", 12, True),
            ("A.1 Northern Plots", 10, True),
        ]
    )
    assert outline(document)[3:] == [("A", "More Plots", 1), ("A.1", "Northern Plots", 2)]


def test_a_bold_sentence_start_or_a_numbered_sentence_is_no_heading() -> None:
    lines = block_of(
        ["3 plots were left out because", "the ice had broken them, and we", "went on without them."], width=400
    )
    document = outlined([("1 Introduction", 12, True), ("2 Methods", 12, True), ("3 Results", 12, True)])
    for x in lines:
        x.words = [w._replace(box=(w.box[0], w.box[1] + 500, w.box[2], w.box[3] + 500)) for w in x.words]
        x.refresh()
    document.pages[0].lines += lines
    assert [number for number, _, _ in outline(document)] == ["1", "2", "3"]


def test_headings_give_their_lines_the_role_and_leave_the_body() -> None:
    document = outlined([("1 Introduction", 12, True), ("2 Methods", 12, True), ("3 Results", 12, True)])
    find_headings(document, measures())
    assert [x.text for x in document.lines(Role.HEADING)] == ["1 Introduction", "2 Methods", "3 Results"]
    assert len(list(document.lines(Role.BODY))) == 9


def front_page(*extra: Line, authors: str = "Ada Fenwick, Bruno de Haldane and C. J. Ivory") -> Document:
    lines = [
        line("On the Slow Growth of Reed Beds", 120, 90, size=17, bold=True),
        line("in Shallow Northern Lakes", 140, 110, size=17, bold=True),
        line(authors, 150, 140, size=11),
        line("University of Wetlands, Department of Reeds", 160, 154, size=9),
        *extra,
        line("Abstract", 72, 190, size=12, bold=True),
        *block_of([LONG] * 4, y=210, width=460),
    ]
    return document_of(lines)


def read(document: Document) -> tuple[str, tuple[Author, ...], int | None, str | None, str | None, dict[str, str]]:
    headings = find_headings(document, measures())
    front = read_front(document, measures(), headings, Vocabulary(document))
    return front.title, front.authors, front.year, front.doi, front.arxiv, front.origin


def test_the_title_is_the_largest_text_and_the_names_below_are_the_authors() -> None:
    title, authors, *_ = read(front_page())
    assert title == "On the Slow Growth of Reed Beds in Shallow Northern Lakes"
    assert [a.name for a in authors] == ["Ada Fenwick", "Bruno de Haldane", "C. J. Ivory"]


def test_title_and_author_lines_are_no_body() -> None:
    document = front_page()
    read(document)
    roles = {x.text: x.role for x in document.lines()}
    assert roles["in Shallow Northern Lakes"] == Role.TITLE
    assert roles["University of Wetlands, Department of Reeds"] == Role.FRONT
    assert [x.text for x in document.lines(Role.BODY)] == [LONG] * 4


def test_an_arxiv_stamp_on_the_side_gives_id_and_year() -> None:
    document = front_page()
    document.pages[0].turned.append("arXiv:2101.12345v3 [q-bio.PE] 7 Mar 2022")
    _, _, year, doi, arxiv, origin = read(document)
    assert (year, doi, arxiv) == (2022, None, "2101.12345")
    assert (origin["arxiv"], origin["year"]) == ("page", "page")


def test_a_printed_doi_is_read_and_one_that_the_text_cites_is_not() -> None:
    printed = front_page(line("https://doi.org/10.1234/Reed.2020.7", 150, 166, size=8))
    assert read(printed)[3] == "10.1234/reed.2020.7"
    cited = front_page()
    cited.pages[0].lines.append(line("as doi:10.9999/other showed", 72, 400))
    assert read(cited)[3] is None


def test_metadata_fills_in_only_what_the_page_does_not_say() -> None:
    document = front_page()
    document.metadata |= {"title": "A Template", "author": "Template Author", "creationDate": "D:20190203"}
    title, authors, year, *_, origin = read(document)
    assert title.startswith("On the Slow Growth")
    assert authors[0].name == "Ada Fenwick"
    assert (year, origin["year"], origin["title"]) == (2019, "metadata", "page")


def joined(texts: list[str], printed: str = "") -> str:
    lines = [line(text, y=100 + 12 * i) for i, text in enumerate(texts)]
    known = [line(printed, y=50)] if printed else []
    return join(lines, Vocabulary(document_of(known + lines)))[0]


@pytest.mark.parametrize(
    ("texts", "printed", "expected"),
    [
        (["the lan-", "guage of reeds"], "", "the language of reeds"),
        (["a state-", "of-the-art index"], "state-of-the-art", "a state-of-the-art index"),
        (["the state-of-the-", "art index"], "", "the state-of-the-art index"),
        (["a well-", "known lake"], "a well-known lake", "a well-known lake"),
        (["the Fenwick-", "Haldane index"], "", "the Fenwick-Haldane index"),
        (["the years 2010-", "2020 were dry"], "", "the years 2010- 2020 were dry"),
        (["the re\u00ad", "cord ends"], "", "the record ends"),
        (["a ﬁne eﬀect"], "", "a fine effect"),
        (["one \u200bword\x07 here"], "", "one word here"),
    ],
)
def test_cut_words_are_joined_and_true_hyphens_kept(texts: list[str], printed: str, expected: str) -> None:
    assert joined(texts, printed) == expected


WORDS = st.text(st.sampled_from("abcdeXYZ09-ﬁéß.,()"), min_size=1, max_size=9)
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=6), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_every_word_box_covers_the_characters_of_the_word_printed_there(rows: list[list[str]]) -> None:
    lines = [line(" ".join(words), y=100 + 12 * i) for i, words in enumerate(rows)]
    text, places = join(lines, Vocabulary(document_of(lines)))
    printed = [w for x in lines for w in x.words]
    boxes = places.words()
    assert len(boxes) == len(printed)
    end = 0
    for box, word in zip(boxes, printed, strict=True):
        shown = text[box.start : box.end]
        whole = word.text.replace("ﬁ", "fi")
        assert shown == whole or (whole.endswith("-") and shown == whole[:-1])
        assert text[end : box.start] in ("", " ")
        assert box.box == pytest.approx(word.box, abs=0.01)
        end = box.end
    assert end == len(text)


def starts(lines: list[Line]) -> list[str]:
    return [b.lines[0].text.split()[0] for b in find_blocks(lines, measures(2, 306))]


def test_an_indent_begins_a_paragraph() -> None:
    first = block_of(["Alpha " + LONG, LONG, "to the full edge of it"], last=1.0)
    second = block_of(["Beta " + LONG, LONG, "the end."], y=136, indent=12)
    assert starts(first + second) == ["Alpha", "Beta"]


def test_a_gap_begins_a_paragraph() -> None:
    first = block_of(["Alpha " + LONG, LONG, "to the full edge of it."], last=1.0)
    assert starts(first + block_of(["Beta " + LONG, LONG, "the end."], y=146)) == ["Alpha", "Beta"]


def test_a_gap_after_a_line_that_stops_short_begins_a_paragraph_though_its_full_stop_is_missing() -> None:
    first = block_of(["Alpha " + LONG, LONG, "nearly to the full edge"], last=0.95)
    assert starts(first + block_of(["Beta " + LONG, LONG, "the end."], y=142)) == ["Alpha", "Beta"]
    full = block_of(["Alpha " + LONG, LONG, "to the full edge of it"], last=1.0)
    assert starts(full + block_of(["Beta " + LONG, LONG, "the end."], y=142)) == ["Alpha"]


def test_a_short_last_line_that_ends_a_sentence_begins_a_paragraph_after_it() -> None:
    first = block_of(["Alpha " + LONG, LONG, "the end."], last=0.4)
    assert starts(first + block_of(["Beta " + LONG, LONG, "the end."], y=136)) == ["Alpha", "Beta"]


def test_lines_without_any_of_these_stay_one_paragraph() -> None:
    assert starts(block_of(["Alpha " + LONG, LONG, LONG + ".", "Gamma " + LONG, "the end."])) == ["Alpha"]


def test_a_paragraph_goes_on_over_columns_and_pages() -> None:
    left = block_of(["Alpha " + LONG, LONG], column=1, last=1.0)
    right = block_of(["goes on " + LONG, LONG], x=318, column=2, last=1.0, block=1)
    over = block_of(["and on " + LONG, "the end."], page=2, column=1, block=2)
    blocks = find_blocks(left + right + over, measures(2, 306))
    assert [len(b.lines) for b in blocks] == [6]


def test_a_new_paragraph_at_the_head_of_a_column_is_seen_by_its_indent() -> None:
    left = block_of(["Alpha " + LONG, LONG + " ends."], column=1, last=1.0)
    right = block_of(["Beta " + LONG, LONG], x=318, column=2, indent=12, block=1)
    assert starts(left + right) == ["Alpha", "Beta"]


def test_captions_and_formulas_do_not_break_the_sentence_around_them() -> None:
    first = block_of(["Alpha " + LONG, "so that the growth is"], last=1.0)
    formula = block_of(["y = 3x"], y=140, role=Role.FORMULA, block=1)
    caption = block_of(["Figure 1: Reeds."], y=160, role=Role.CAPTION, block=2)
    rest = block_of(["where x is the age.", "Then it stops."], y=190, block=3)
    blocks = find_blocks([*first, *formula, *caption, *rest], measures())
    assert [b.type for b in blocks] == ["paragraph", "formula", "caption"]
    assert len(blocks[0].lines) == 4


def test_short_items_are_one_list() -> None:
    items = [line(f"• item {i} of reeds;", 80, 120 + 12 * i) for i in range(3)]
    blocks = find_blocks([*block_of(["Alpha:"], last=0.3), *items], measures())
    assert [b.type for b in blocks] == ["paragraph", "list"]
    assert len(blocks[1].lines) == 3


def test_an_empty_page_has_no_blocks() -> None:
    assert find_blocks(page_of([]).lines, measures()) == []
