"""The first passes of reading, each alone over hand-made pages: lines, typography, furniture, order, floats, hidden."""

from __future__ import annotations

import pytest
from made_pages import block_of, document_of, line, measures, page_of

from ingestion.pages import Line, Role
from ingestion.pdf.hidden import Ink, hidden_reason
from ingestion.reading.body.footnotes import mark_footnotes
from ingestion.reading.body.formulas import mark_formulas
from ingestion.reading.headings.kinds import kind_of
from ingestion.reading.lines.fragments import join_fragments
from ingestion.reading.lines.furniture import mark_furniture
from ingestion.reading.lines.order import order_page
from ingestion.reading.lines.typography import learn

LONG = "reeds grow slowly in the shallow northern lakes of the land"


def two_columns(rows: int = 20, page: int = 1) -> list[Line]:
    """Full lines in two columns, left first, as an extraction gives them."""
    left = [line(f"left {i} {LONG}", 54, 100 + 12 * i, width=240, page=page) for i in range(rows)]
    return left + [line(f"right {i} {LONG}", 318, 100 + 12 * i, width=240, page=page, block=1) for i in range(rows)]


def texts(lines: list[Line], *roles: Role) -> list[str]:
    return [x.text for x in lines if not roles or x.role in roles]


def test_fragments_of_one_printed_line_become_one_line() -> None:
    page = page_of([line("The value of", 72, width=60), line("x", 136, width=5), line("grows", 145, width=25)])
    join_fragments(page)
    assert texts(page.lines) == ["The value of x grows"]
    assert page.lines[0].box == (72, 100, 170, 110)


def test_a_fraction_in_a_running_line_stays_in_it() -> None:
    left, upper = line("the reeds grow with weight w =", 72, 100, width=130), line("1", 215, 96, size=7)
    lower = line("P(y|h)", 206, 105, size=7)
    lower.words += line("and are cut in winter", 232, 100).words
    lower.refresh()
    page = page_of([left, upper, lower])
    join_fragments(page)
    assert [x.text for x in page.lines] == ["the reeds grow with weight w = 1 P(y|h) and are cut in winter"]


def test_fragments_with_a_column_gap_or_of_other_blocks_stay_apart() -> None:
    gap = [line("left", 72, width=60), line("right", 160, width=60)]
    blocks = [line("left", 72, width=60), line("right", 136, width=60, block=1)]
    below = [line("first", 72, width=60), line("second", 134, 112, width=60)]
    for lines in (gap, blocks, below):
        page = page_of(lines)
        join_fragments(page)
        assert len(page.lines) == 2


def test_two_columns_are_found_with_their_gutter() -> None:
    found = learn(document_of(two_columns()))
    gutter = found.gutters[0]
    assert gutter is not None
    assert 290 <= gutter <= 322
    assert (found.size, found.pitch, found.justified) == (10.0, 12.0, True)


def test_one_column_has_no_gutter() -> None:
    lines = [line(f"{i} {LONG} {LONG}", 72, 100 + 12 * i, width=468) for i in range(30)]
    found = learn(document_of(lines))
    assert found.gutters == (None,)


def test_a_sparse_page_takes_the_gutter_of_its_neighbours() -> None:
    sparse = [line("Only a few words", 54, 100 + 12 * i, width=100, page=3) for i in range(5)]
    found = learn(document_of(two_columns(page=1), two_columns(page=2), sparse))
    assert found.gutters[2] == found.gutters[0] is not None


def test_the_body_size_is_that_of_most_letters_not_of_most_lines() -> None:
    small = [line("note", 72, 500 + 9 * i, size=7) for i in range(10)]
    assert learn(document_of([line(LONG, 72, 100 + 12 * i, width=400) for i in range(5)] + small)).size == 10.0


def test_running_heads_and_page_numbers_are_furniture_and_the_body_is_not() -> None:
    pages = []
    for n in range(1, 4):
        head = line(f"Fenwick et al. {n}", 54, 40, page=n)
        number = line(f"Page {n} of 3", 290, 760, page=n)
        pages.append([head, *block_of([LONG] * 5, y=200, page=n), number])
    document = document_of(*pages)
    mark_furniture(document)
    for page in document.pages:
        assert [x.role for x in page.lines] == [Role.FURNITURE, *[Role.BODY] * 5, Role.FURNITURE]


def test_a_line_at_the_head_of_one_page_only_is_no_running_head() -> None:
    document = document_of([line("A title that stands high", 72, 50)], [line("Other words", 72, 50, page=2)], [])
    mark_furniture(document)
    assert all(x.role == Role.BODY for x in document.lines())


def test_the_last_line_of_an_entry_is_no_running_foot_however_often_it_stands_there() -> None:
    words = LONG.split()
    pages = [block_of([" ".join(words[n:]), f"pages {n}–9."], y=737, page=n, last=0.2) for n in range(1, 5)]
    document = document_of(*pages)
    mark_furniture(document)
    assert all(x.role == Role.BODY for x in document.lines())


def test_stamps_of_archives_are_furniture_only_at_the_edges() -> None:
    stamp, cited = line("arXiv:2101.12345v2 [cs.CL]", 72, 770), line("see arXiv:2101.12345", 72, 400)
    mark_furniture(document_of([stamp, cited]))
    assert (stamp.role, cited.role) == (Role.FURNITURE, Role.BODY)


def test_line_numbers_of_review_copies_are_furniture_and_a_column_of_figures_is_not() -> None:
    numbered = [line(str(i + 1), 30, 120 + 12 * i, width=8) for i in range(20)]
    values = [line(str(i * 7 % 13), 300, 120 + 12 * i, width=8) for i in range(20)]
    mark_furniture(document_of(numbered + values))
    assert {x.role for x in numbered} == {Role.FURNITURE}
    assert {x.role for x in values} == {Role.BODY}


def test_the_left_column_is_read_before_the_right_one_and_full_lines_cut_the_page() -> None:
    top = line("A title over both columns", 54, 70, width=500, size=16)
    lines = [top]
    for part, y in (("upper", 100), ("lower", 400)):
        for side, x in (("right", 318), ("left", 54)):
            lines += [line(f"{part} {side} {i}", x, y + 12 * i, width=240) for i in range(6)]
    lines.append(line("A figure's caption over the full width", 54, 300, width=500))
    page = page_of(lines)
    order_page(page, measures(gutter=306))
    order = [" ".join(x.text.split()[:2]) for x in page.lines]
    expected = [
        "A title",
        *["upper left"] * 6,
        *["upper right"] * 6,
        "A figure's",
        *["lower left"] * 6,
        *["lower right"] * 6,
    ]
    assert order == expected
    assert [x.column for x in page.lines[:8]] == [0, 1, 1, 1, 1, 1, 1, 2]


def test_words_on_one_height_are_read_from_left_to_right() -> None:
    page = page_of([line("second", 200, 101), line("third", 72, 130), line("first", 72, 100)])
    order_page(page, measures())
    assert texts(page.lines) == ["first", "second", "third"]


def test_a_margin_box_beside_the_body_is_furniture() -> None:
    body = [line(LONG, 200, 100 + 12 * i, width=340) for i in range(20)]
    margin = [line("Licence: CC BY", 40, 300 + 9 * i, width=100, size=7) for i in range(4)]
    order_page(page_of(body + margin), measures())
    assert {x.role for x in margin} == {Role.FURNITURE}
    assert {x.role for x in body} == {Role.BODY}


def test_a_column_of_small_print_beside_the_body_is_no_margin() -> None:
    body = [line("words of the appendix in full lines", 306, 100 + 12 * i, width=230) for i in range(20)]
    references = [line("[1] Somebody wrote something on reeds", 60, 100 + 10 * i, width=230, size=8) for i in range(20)]
    order_page(page_of(body + references), measures())
    assert {x.role for x in references} == {Role.BODY}


def test_displayed_formulas_are_told_from_sentences_with_formulas() -> None:
    shown = line("y = ∑ αβ + γ² (3)", font="CMMI10")
    inline = line("where the growth of the reeds is y = 3x for all of the plots")
    mark_formulas(page_of([shown, inline]), measures())
    assert (shown.role, inline.role) == (Role.FORMULA, Role.BODY)


def test_small_marked_lines_at_the_foot_are_footnotes() -> None:
    body = block_of([LONG] * 4, y=600)
    notes = [line("1 A reed bed is a stand", 72, 690, size=8), line("of reeds.", 72, 700, size=8)]
    mark_footnotes(page_of(body + notes), measures())
    assert {x.role for x in notes} == {Role.FOOTNOTE}
    assert {x.role for x in body} == {Role.BODY}


def test_small_lines_high_on_the_page_are_no_footnotes() -> None:
    high = [line("1 A reed bed", 72, 150, size=8)]
    mark_footnotes(page_of(high), measures())
    assert high[0].role == Role.BODY


@pytest.mark.parametrize(
    ("heading", "number", "parent", "kind"),
    [
        ("Introduction", "1", None, "introduction"),
        ("Related Work", None, None, "background"),
        ("Materials and Methods", None, None, "method"),
        ("Results and Discussion", "4", None, "discussion"),
        ("Conclusions", "5", None, "conclusion"),
        ("Acknowledgments", None, None, "acknowledgement"),
        ("More Plots", "A", None, "appendix"),
        ("Model details", "A.1", "appendix", "appendix"),
        ("The lake", "2.1", "method", "method"),
        ("The lake", None, None, "other"),
    ],
)
def test_kinds_follow_headings_and_parents(heading: str, number: str | None, parent: str | None, kind: str) -> None:
    assert kind_of(heading, number, parent) == kind


class Paint:
    """A page on which these rectangles and pictures are painted."""

    def __init__(
        self, fills: list[tuple[tuple[float, float, float, float], tuple[float, ...]]], pictures: int = 0
    ) -> None:
        self._fills, self._pictures = fills, [(0.0, 0.0, 600.0, 700.0)] * pictures

    def pictures(self) -> list[tuple[float, float, float, float]]:
        return self._pictures

    def fills(self) -> list[tuple[tuple[float, float, float, float], tuple[float, ...]]]:
        return self._fills

    def covers(self, point: tuple[float, float]) -> bool:
        return any(b[0] <= point[0] <= b[2] and b[1] <= point[1] <= b[3] for b, _ in self._fills)

    def picture_share(self) -> float:
        return float(bool(self._pictures))


BOX = (100.0, 100.0, 200.0, 110.0)
WHITE, BLACK, NEAR_WHITE = 0xFFFFFF, 0x000000, 0xF4F4F4
UNDER = (90.0, 90.0, 300.0, 120.0)


@pytest.mark.parametrize(
    ("ink", "paint", "reason"),
    [
        (Ink(BLACK, 255, 10, False, BOX), Paint([]), "invisible"),
        (Ink(BLACK, 0, 10, True, BOX), Paint([]), "transparent"),
        (Ink(BLACK, 255, 0.5, True, BOX), Paint([]), "tiny"),
        (Ink(WHITE, 255, 10, True, BOX), Paint([]), "colour"),
        (Ink(NEAR_WHITE, 255, 10, True, BOX), Paint([]), "colour"),
        (Ink(WHITE, 255, 10, True, BOX), Paint([(UNDER, (0.0, 0.0, 0.2)), (UNDER, (1.0,))]), "colour"),
        (Ink(BLACK, 255, 10, True, BOX), Paint([(UNDER, (0.0, 0.0, 0.0))]), "colour"),
        (Ink(BLACK, 255, 10, True, BOX), Paint([]), None),
        (Ink(WHITE, 255, 10, True, BOX), Paint([(UNDER, (0.0, 0.0, 0.2))]), None),
        (Ink(WHITE, 255, 10, True, BOX), Paint([(UNDER, (0.0, 0.0, 0.0, 1.0))]), None),
        (Ink(WHITE, 255, 10, True, BOX), Paint([], pictures=1), None),
        (Ink(0x808080, 255, 10, True, BOX), Paint([]), None),
    ],
)
def test_text_is_hidden_for_the_right_reason_and_only_then(ink: Ink, paint: Paint, reason: str | None) -> None:
    assert hidden_reason(ink, paint) == reason
