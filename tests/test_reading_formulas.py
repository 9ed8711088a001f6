"""Formulas, algorithms and program text: what is one of them, and what is not."""

from __future__ import annotations

import pytest
from made_pages import LONG, block_of, document_of, line, measures, page_of

from ingestion.pages import Document, Drawn, Line, Region, Role
from ingestion.reading.body.code import is_typed, mark_code
from ingestion.reading.body.formulas import mark_formulas
from ingestion.reading.body.pitch import name_typewriters
from ingestion.reading.floats.finding import mark_floats
from ingestion.reading.seen import mark_seen


def test_a_formulas_number_and_limits_are_part_of_it_and_words_are_not() -> None:
    shown = line("y = ∑ αβ + γ²", 120, 100, font="CMMI10")
    number = line("(3)", 300, 100)
    above = line("n", 150, 94, size=7)
    body = line("where the growth of the reeds is y for all", 72, 125)
    mark_formulas(page_of([shown, number, above, body]), measures())
    assert {shown.role, number.role, above.role} == {Role.FORMULA}
    assert shown.part == number.part == above.part != 0
    assert body.role == Role.BODY


def test_a_formula_cut_out_of_a_sentence_stays_in_it() -> None:
    sentence = line("the reeds of the plots are given by", 72, 100, width=150)
    cut = line("y = αβ + γ²", 226, 100, font="CMMI10")
    mark_formulas(page_of([sentence, cut]), measures())
    assert cut.role == Role.BODY


def test_an_algorithm_over_both_columns_is_whole_and_its_lines_follow_their_numbers() -> None:
    caption = line("Algorithm 1 Counting reeds", 60, 62, column=1)
    steps = [
        x
        for i in range(5)
        for x in (
            line(f"{i + 1}:", 62, 82.6 + 12 * i, size=8, column=1),
            line(f"step {i} for all of the reeds", 80, 80 + 12 * i, width=400 if i % 2 else 150, column=1 - i % 2),
        )
    ]
    body = [
        line(LONG, x, 170 + 12 * i, width=230, column=c, block=c) for c, x in ((1, 60), (2, 320)) for i in range(20)
    ]
    page = page_of([caption, *steps, *body])
    page.drawn = [Drawn((60, y, 550, y + 0.5), False) for y in (59.0, 75.0, 145.0)]
    mark_floats(Document([page], {}), measures(1, 306))
    assert {x.role for x in steps} == {Role.CODE}
    assert [x.text.split()[0] for x in page.lines if x.role == Role.CODE][::2] == ["1:", "2:", "3:", "4:", "5:"]
    assert {x.role for x in body} == {Role.BODY}


@pytest.mark.parametrize(
    ("above", "below", "x"),
    [
        ("we now go over to the reeds of the northern plots from", "αβ + γ² to y = αβ.", 72),
        ("the count of the plots in its second direc-", "tion. y = αβ + γ²", 84),
    ],
)
def test_the_last_line_of_a_paragraph_is_no_formula_for_its_letters(above: str, below: str, x: float) -> None:
    last = line(below, x, 112, font="CMMI10")
    mark_formulas(page_of([line(above, 72, 100, width=220), last]), measures())
    assert last.role == Role.BODY


def test_a_formula_below_a_full_line_is_one_where_it_stands_further_in() -> None:
    full = line("we now go over to the reeds of the northern plots from", 72, 100, width=220)
    shown = line("y = αβ + γ²", 130, 114, font="CMMI10")
    mark_formulas(page_of([full, shown]), measures())
    assert shown.role == Role.FORMULA


def even(text: str, x: float, y: float, font: str = "F7") -> Line:
    """A line of letters that are all equally wide."""
    return line(text, x, y, width=5.0 * len(text), font=font)


CODE = ["begin lakes", "reed count each", "where north shore", "print sums twice", "while frog stays", "finish there"]


def test_letters_of_one_breadth_are_a_typewriters_whatever_their_font_is_called() -> None:
    words = " ".join(CODE).split()
    code = [even(" ".join(words[i : i + 3]), 72, 100 + 12 * i) for i in range(0, len(words), 3)]
    text = [line(LONG, 72, 300 + 12 * i, width=150 + 30 * i, font="Serif") for i in range(8)]
    document = document_of([*code, *text])
    name_typewriters(document)
    assert all(is_typed(x) for x in code)
    assert not any(is_typed(x) for x in text)


def test_few_words_do_not_tell_a_typewriter() -> None:
    document = document_of([even("reeds lakes frogs", 72, 100)])
    name_typewriters(document)
    assert not is_typed(next(iter(document.lines())))


def test_a_layout_model_does_not_make_a_picture_of_program_text() -> None:
    page = page_of([line("count = reeds + frogs", 72, 100 + 12 * i, font="CMTT10") for i in range(4)])
    word = line("lake", 72, 160, size=6)
    page.lines.append(word)
    page.regions = [Region("picture", (60, 90, 300, 200))]
    mark_seen(page, measures())
    assert [x.role for x in page.lines] == [Role.BODY] * 4 + [Role.FIGURE]


def test_program_text_in_aligned_columns_is_no_table() -> None:
    at = [(text, x, 100 + 12 * i) for i in range(4) for text, x in ((f"bar{i}", 72), ("= Bar(i)", 120))]
    lines = [line(text, x, y, font="CMTT10") for text, x, y in at]
    for cell in lines:
        cell.role = Role.TABLE
    mark_code(document_of(lines, block_of([LONG] * 20, y=200)))
    assert {x.role for x in lines} == {Role.CODE}


def test_an_address_in_typewriter_letters_is_no_code() -> None:
    lines = [line("https://example.org/reeds", 72, 100 + 12 * i, font="CMTT10") for i in range(3)]
    lines += block_of([LONG] * 8, y=200)
    mark_code(document_of(lines))
    assert {x.role for x in lines} == {Role.BODY}
