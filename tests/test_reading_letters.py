"""Letters, words and lines as the paper means them: accents, hyphens, stretched lines, notes, lists, formulas."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pages import block_of, document_of, line, measures, page_of

from ingestion.pages import Line, Role
from ingestion.pdf.accents import composed
from ingestion.reading.body.footnotes import is_marked
from ingestion.reading.body.formulas import mark_formulas
from ingestion.reading.body.paragraphs import find_blocks
from ingestion.reading.lines.fragments import join_fragments
from ingestion.reading.lines.joining import Vocabulary, join

LONG = "reeds grow slowly in the shallow northern lakes of the land"


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("Gonz´alez-Ib´a˜nez", "González-Ibáñez"),
        ("Na¨ıve", "Naïve"),
        ("Mrkˇsi´c", "Mrkšić"),
        ("Eryi˘git", "Eryiğit"),
        ("˙Zelasko", "Żelasko"),
        ("K˚ageb¨ack", "Kågebäck"),
        ("C¸elik", "Çelik"),
        ("Ceau¸su", "Ceauşu"),
        ("Fran¸cois", "François"),
        ("K˛edra", "Kędra"),
        ("it´s", "it’s"),
        ("Adri`a", "Adrià"),
        ("a `b' c`d`", "a `b' c`d`"),  # quotes
        ("x¯v", "x¯v"),  # there is no such letter: a mean in a formula
        ("plain", "plain"),
    ],
)
def test_accents_are_on_their_letters(printed: str, meant: str) -> None:
    assert composed(printed) == meant


@given(st.text())
def test_composing_is_stable_and_loses_no_letter(text: str) -> None:
    def letters(of: str) -> str:
        bare = unicodedata.normalize("NFKD", of.replace("ı", "i").replace("ȷ", "j"))
        return "".join(c for c in bare if c.isalnum())

    once = composed(text)
    assert letters(once) == letters(unicodedata.normalize("NFC", text))
    assert composed(once) == once


def text_of(lines: list[Line]) -> str:
    return join(lines, Vocabulary(document_of(lines)))[0]


@pytest.mark.parametrize(
    ("known", "above", "below", "meant"),
    [
        ("It is widely known.", "a widely-", "mapped lake", "widely-mapped"),
        ("A meadow-based count.", "the meadow-", "level gauge", "meadow-level"),
        ("Take the sum.", "a termi-", "nal-size sum", "terminal-size"),
        ("Take the term by hand.", "a term-", "by-term sum", "term-by-term"),
        ("We call it ReedNet.", "with Reed-", "Net we", "ReedNet"),
        ("We call it reeds.", "with Reed-", "Net we", "Reed-Net"),
        ("Say apply.", "we are apply-", "ing it", "applying"),
        ("It is so.", "pages 441–", "446, May", "pages 441–446,"),
        ("It is so.", "at https://example.org/fen/", "Reeds.jl now", "https://example.org/fen/Reeds.jl"),
        ("It is so.", "at https://reeds.example.", "org/fen now", "https://reeds.example.org/fen"),
        ("It is so.", "at https://example.org/", "and there", "https://example.org/ and"),
        ("It is so.", "at https://example.org.", "Then we", "https://example.org. Then"),
    ],
)
def test_what_a_line_end_cuts_is_put_together(known: str, above: str, below: str, meant: str) -> None:
    assert meant in text_of([line(known, y=88), line(above, y=100), line(below, y=112)])


def test_a_word_cut_in_two_known_words_keeps_its_hyphen() -> None:
    lines = [line("the word and the based list, word-", y=100), line("based models", y=112)]
    assert text_of(lines).endswith("word-based models")


def test_the_other_half_of_a_cut_word_does_not_count_as_a_word() -> None:
    first = [line("we agree on the agree-", y=100), line("ments of reeds", y=112)]
    again = [line("some other agree-", y=140), line("ments were lost", y=152)]
    assert text_of([*first, *again]) == "we agree on the agreements of reeds some other agreements were lost"


def test_a_line_stretched_by_justification_is_one_line() -> None:
    before = line(LONG, 72, 100, width=220)
    halves = [line("sequences of words precisely.", 72, 112, width=140), line("In this paper,", 227, 112, width=65)]
    after = line(LONG, 72, 124, width=220)
    page = page_of([before, *halves, after])
    join_fragments(page)
    assert [x.text for x in page.lines] == [LONG, "sequences of words precisely. In this paper,", LONG]


def test_cells_of_a_table_stay_apart() -> None:
    rows = [
        cell
        for i in range(4)
        for cell in (line("precision", 72, 100 + 12 * i, width=50), line(".91", 140, 100 + 12 * i, width=20))
    ]
    page = page_of(rows)
    join_fragments(page)
    assert len(page.lines) == 8


@pytest.mark.parametrize("text", ["1 See the map.", "∗ Both did as much.", "2. A note", "https://reeds.example"])
def test_marks_of_footnotes(text: str) -> None:
    assert is_marked(line(text))


@pytest.mark.parametrize("text", ["0.86", "87A (Order of nouns)", "See the map."])
def test_numbers_of_tables_and_words_are_no_marks(text: str) -> None:
    assert not is_marked(line(text))


def blocks(lines: list[Line]) -> list[tuple[str, str]]:
    from made_pages import measures

    return [(b.type, " ".join(x.text for x in b.lines)) for b in find_blocks(lines, measures())]


def test_a_paragraph_after_a_list_is_not_its_last_item() -> None:
    item = [line("• reeds in the north", 84, 100 + 12 * i, width=140) for i in range(2)]
    after = block_of([f"While {LONG}", LONG, "ends here."], 72, 124, indent=11)
    assert [kind for kind, _ in blocks([*item, *after])] == ["list", "paragraph"]


def test_text_further_out_than_an_items_mark_is_none_of_the_list() -> None:
    item = line("• Input: reeds in the north", 84, 100, width=140)
    after = line("For this example we obtain", 72, 118, width=110)
    assert [kind for kind, _ in blocks([item, after])] == ["list", "paragraph"]
    low = line("and in the south of it", 72, 112, width=110)
    assert [kind for kind, _ in blocks([item, low])] == ["list"]


def test_an_item_as_long_as_a_paragraph_stands_for_itself() -> None:
    first = [line(f"1) Reeds: {LONG}" if i == 0 else LONG, 72, 100 + 12 * i, width=220) for i in range(6)]
    second = [line(f"2) Frogs: {LONG}" if i == 0 else LONG, 72, 172 + 12 * i, width=220) for i in range(6)]
    first[-1].words[-1] = first[-1].words[-1]._replace(text="land.")
    first[-1].refresh()
    assert [text.split()[0] for _, text in blocks([*first, *second])] == ["1)", "2)"]


def test_a_formula_cuts_a_long_paragraph_and_not_a_short_one() -> None:
    formula = line("y = a x + b", 150, 172, role=Role.FORMULA)
    tail = line("where x is the height.", 72, 184, width=120)
    long = [line(LONG, 72, 100 + 12 * i, width=220) for i in range(6)]
    assert [kind for kind, _ in blocks([*long, formula, tail])] == ["paragraph", "formula", "paragraph"]
    assert [kind for kind, _ in blocks([long[-1], formula, tail])] == ["paragraph", "formula"]


def test_a_paragraph_goes_on_after_a_box_of_other_text() -> None:
    before = block_of([LONG, LONG, "and nobody has yet seen the"], 72, 700, last=1.0)
    box = [line("Instructions for all", 320, 60 + 9 * i, size=7, column=2) for i in range(3)]
    after = block_of(["frogs that live there.", f"Then {LONG}", "ends."], 320, 100, column=2)
    found = blocks([*before, *box, *after])
    assert found[0] == ("paragraph", " ".join(x.text for x in [*before, *after]))
    assert len(found) == 2


def test_a_new_sentence_after_a_box_is_a_new_paragraph() -> None:
    before = block_of([LONG, LONG, "and nobody has yet seen the"], 72, 700, last=1.0)
    box = [line("Instructions for all", 320, 60, size=7, column=2)]
    after = block_of([f"Frogs {LONG}", LONG, "ends."], 320, 100, column=2)
    assert len(blocks([*before, *box, *after])) == 3


def test_running_heads_inside_wide_margins_are_left_out() -> None:
    from ingestion.reading.lines.furniture import mark_furniture

    pages = [
        [line(f"Reeds of the north {n}", 72, 95, page=n), *block_of([LONG] * 9, y=150, page=n)] for n in range(1, 6)
    ]
    document = document_of(*pages)
    mark_furniture(document)
    assert [page.lines[0].role for page in document.pages] == [Role.BODY] + [Role.FURNITURE] * 4
    assert {x.role for page in document.pages for x in page.lines[1:]} == {Role.BODY}


def test_a_formula_that_goes_on_with_a_line_stays_in_its_paragraph() -> None:
    rows = ["the reeds of a lake are counted once and we write", "x = y + z + 3 − w", "for them all"]
    lines = [line(rows[0], y=100, width=300), line(rows[1], y=112, width=200, font="CMMI10"), line(rows[2], y=124)]
    page = page_of(lines)
    mark_formulas(page, measures())
    assert [x.role for x in lines] == [Role.BODY] * 3


def test_a_formula_after_a_gap_is_displayed() -> None:
    rows = ["the reeds of a lake are counted once and we write", "x = y + z + 3 − w"]
    lines = [line(rows[0], y=100, width=300), line(rows[1], y=124, width=200, font="CMMI10")]
    page = page_of(lines)
    mark_formulas(page, measures())
    assert [x.role for x in lines] == [Role.BODY, Role.FORMULA]


def test_what_stands_below_a_list_at_the_edge_is_a_paragraph() -> None:
    items = [line(f"• Lake [{i}]", 110, 100 + 20 * i) for i in range(3)]
    below = block_of(["Once we have the lakes we go", "on to the fens"], y=165, width=400)
    assert [b.type for b in find_blocks([*items, *below], measures())] == ["list", "paragraph"]


def test_terms_with_what_they_mean_are_passages_of_their_own() -> None:
    first = [line("Reed", 72, 100, bold=True), line("Fen", 72, 118, bold=True)]
    for term in first:
        term.words += line("is what grows in the shallow lakes and", 110, term.y0, width=380).words
        term.refresh()
    assert len(find_blocks(first, measures())) == 2
