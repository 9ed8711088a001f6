"""Figures, tables, listings and formulas: captions with what they stand for, cells, and who refers to them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typst
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from made_pages import LONG, block_of, document_of, line, measures, page_of, style

from hierarchy.paper import Float, Paper
from ingestion.pages import Document, Drawn, Role, Word
from ingestion.reader import read_paper
from ingestion.reading.floats.captions import find_captions
from ingestion.reading.floats.finding import Found, mark_floats
from ingestion.reading.floats.mentions import mentions
from ingestion.reading.floats.tables import rows_of
from ingestion.reading.labels import has_labels, label_of

SAMPLE = ROOT / "data" / "sample"
PROSE = "Reeds grow slowly in the shallow lakes of the north, and nobody has counted them before. " * 6


# ---------------------------------------------------------------- labels and mentions


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Figure 3: Reeds.", "Figure 3", "figure"),
        ("Fig. S1 Reeds", "Figure S1", "figure"),
        ("FIGURE 4", "Figure 4", "figure"),
        ("TABLE II", "Table II", "table"),
        ("Table 2. Plots", "Table 2", "table"),
        ("Supplementary Table 2: Plots", "Supplementary Table 2", "table"),
        ("Table A1: Plots", "Table A1", "table"),
        ("Figure 2a: A part", "Figure 2a", "figure"),
        ("Algorithm 1 Counting reeds", "Algorithm 1", "code"),
        ("Listing 2: Counting", "Listing 2", "code"),
        ("Scheme 1. A path", "Scheme 1", "figure"),
        ("Box 1: What reeds are", "Box 1", "box"),
    ],
)
def test_labels_are_known_and_named_in_one_way(text: str, name: str, kind: str) -> None:
    found = label_of(text)
    assert found is not None
    assert (found.name, found.kind) == (name, kind)
    assert has_labels(f"words before\n{text}\nwords after")


@pytest.mark.parametrize("text", ["Tabular data 2", "(a) A part", "Figures 2 and 3", "Table of contents", "Boxes", ""])
def test_other_words_are_no_labels(text: str) -> None:
    assert label_of(text) is None


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_labels(text: str) -> None:
    label_of(text)
    mentions(text, ["Figure 1", "Table II"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("as Figure 3 shows", ["Figure 3"]),
        ("in Figs. 2 and 3 and in Table II", ["Figure 2", "Figure 3", "Table II"]),
        ("(Tables 1–3; Fig. 2a)", ["Table 1", "Table 2", "Table 3", "Figure 2"]),
        ("the data of table 2 and the figures 1–2; a map 1", ["Table 2", "Figure 1", "Figure 2"]),
        ("Figures 1, 2, and 3", ["Figure 1", "Figure 2", "Figure 3"]),
        ("see Supplementary Figure 2", ["Supplementary Figure 2"]),
        ("Figure 9 of another paper, and 3 tables", []),
    ],
)
def test_a_passage_names_the_floats_that_the_paper_has(text: str, names: list[str]) -> None:
    labels = ["Figure 1", "Figure 2", "Figure 3", "Table 1", "Table 2", "Table 3", "Table II", "Supplementary Figure 2"]
    assert list(mentions(text, labels)) == names


# ---------------------------------------------------------------- captions


def test_a_caption_takes_its_further_lines_and_leaves_the_body() -> None:
    body = block_of([LONG] * 4, y=100, block=0)
    caption = block_of(["Figure 1: Growth of", "reeds over ten years."], y=250, block=1, size=8.5)
    after = block_of([LONG] * 4, y=300, block=2)
    mark_floats(document_of(body + caption + after), measures())
    assert {x.role for x in caption} == {Role.CAPTION}
    assert {x.role for x in body + after} == {Role.BODY}


@pytest.mark.parametrize("mark", [" shows that they grow", ". They grow with age", ": they grow with age"])
def test_a_sentence_that_begins_with_a_figures_name_is_no_caption(mark: str) -> None:
    body = block_of(["We counted the reeds of all the plots, and then", f"Figure 3{mark}", "and then stop."])
    mark_floats(document_of(body), measures())
    assert {x.role for x in body} == {Role.BODY}


def test_captions_side_by_side_stay_apart() -> None:
    left = block_of(["Figure 1: Growth of the", "reeds."], 72, 300, width=180, block=1, size=9)
    right = block_of(["Figure 2: Death of the", "reeds."], 300, 300, width=180, block=2, size=9)
    found = find_captions(page_of([left[0], right[0], left[1], right[1]]), measures())
    assert [c.lines for c in found] == [left, right]


def test_the_last_line_of_a_wide_caption_is_found_though_it_stands_in_one_column() -> None:
    wide = line("Figure 1: Growth of the reeds in all of the lakes of the north", 72, 300, width=460, size=9)
    last = line("and of the south.", 72, 311, width=90, size=9, column=1)
    beside = block_of([LONG] * 6, 320, 330, width=212, column=2)
    assert find_captions(page_of([wide, *beside, last]), measures(gutter=306))[0].lines == [wide, last]


def test_small_words_near_a_figures_caption_belong_to_the_drawing() -> None:
    axis = [line(text, 100 + 60 * i, 200, size=6, block=i) for i, text in enumerate(("0", "50", "time (days)"))]
    caption = line("Figure 2: Growth.", 72, 230, size=9, block=9)
    page = page_of([*axis, caption])
    page.drawn = [Drawn((90, 80, 300, 195), picture=True)]
    (found,) = mark_floats(Document([page]), measures())
    assert {x.role for x in axis} == {Role.FIGURE}
    assert found.region == (90, 80, 300, 206)


def test_a_caption_without_anything_beside_it_has_no_region() -> None:
    body = block_of([LONG] * 4, y=100) + block_of(["Figure 1: Lost."], y=200, block=1, size=8.5)
    found = mark_floats(document_of(body + block_of([LONG] * 4, y=230, block=2)), measures())
    assert [(f.caption.label.name, f.region) for f in found] == [("Figure 1", None)]


def test_all_tables_of_a_paper_are_sought_on_the_side_where_the_first_ones_stand() -> None:
    def table(y: float, name: str) -> list[Any]:
        rows = [line(str(v), 72 + 90 * j, y + 12 * i, width=30) for i in range(3) for j, v in enumerate((i, 17, 93))]
        return [*rows, line(f"{name}: Plots.", 72, y + 46, size=9)]

    lines = [*table(100, "Table 1"), *table(170, "Table 2")]
    found = mark_floats(document_of(lines), measures())
    assert [round(f.region[1]) for f in found if f.region] == [100, 170]


# ---------------------------------------------------------------- tables


def words(rows: Sequence[Sequence[tuple[str, float]]], size: float = 9.0, pitch: float = 12.0) -> list[Word]:
    """Rows of (text, x); words are half the size wide for each letter."""
    found = []
    for i, row in enumerate(rows):
        for text, x in row:
            at = x
            for part in text.split():
                end = at + 0.5 * size * len(part)
                found.append(Word(part, (at, i * pitch, end, i * pitch + size), style(size)))
                at = end + 0.25 * size
    return found


def test_cells_are_parted_by_white_strips_and_keep_their_words() -> None:
    got = rows_of(words([[("Lake", 72), ("F1 score", 160)], [("Lower Fen", 72), ("0.61 ± 0.02", 160)]]), [])
    assert got == (("Lake", "F1 score"), ("Lower Fen", "0.61 ± 0.02"))


def test_a_head_over_several_columns_stands_in_the_first_of_them() -> None:
    rows = [
        [("Both lakes together", 160)],
        [("Plot", 72), ("dry", 160), ("wet", 230)],
        [("1", 72), ("2", 160), ("3", 230)],
    ]
    assert rows_of(words(rows), []) == (("", "Both lakes together", ""), ("Plot", "dry", "wet"), ("1", "2", "3"))


def test_lines_of_one_cell_are_one_row() -> None:
    near = words([[("Plots of the", 72), ("12", 200)]]) + [
        w._replace(box=(w.box[0], w.box[1] + 10, w.box[2], w.box[3] + 10)) for w in words([[("northern lake", 72)]])
    ]
    lower = [
        w._replace(box=(w.box[0], w.box[1] + 30, w.box[2], w.box[3] + 30))
        for w in words([[("Fen", 72), ("7", 200)], [("Moor", 72), ("9", 200)]], pitch=20)
    ]
    assert rows_of(near + lower, []) == (("Plots of the northern lake", "12"), ("Fen", "7"), ("Moor", "9"))


def test_without_a_whole_grid_there_are_no_rows() -> None:
    ragged = [[("a", 72), ("b", 160)], [("words that run over all of it", 72), ("c", 300)], [("d", 72), ("e", 160)]]
    assert rows_of(words([*ragged, *ragged]), []) is None
    assert rows_of(words([[("one line", 72)]]), []) is None
    assert rows_of([], []) is None


@given(st.integers(2, 6), st.integers(2, 8), st.randoms())
def test_each_word_of_a_grid_goes_into_its_own_cell(columns: int, rows: int, random: Any) -> None:
    # Three digits are wider than what they are shifted by: the cells of a column stand over each other.
    cells = [[str(random.randint(100, 9999)) for _ in range(columns)] for _ in range(rows)]
    placed = [[(text, 72.0 + 60 * j + random.randint(0, 9)) for j, text in enumerate(row)] for row in cells]
    assert rows_of(words(placed), []) == tuple(map(tuple, cells))


# ---------------------------------------------------------------- whole papers


def typeset(tmp_path: Path, source: str) -> Paper:
    """A paper of Typst's, read."""
    target = tmp_path / "paper.pdf"
    head = "#set page(width: 400pt, height: 560pt, margin: 50pt)\n#set text(size: 10pt)\n#set par(justify: true)\n"
    (tmp_path / "paper.typ").write_text(head + "= Introduction\n" + source, "utf-8")
    typst.compile(str(tmp_path / "paper.typ"), output=str(target), ignore_system_fonts=True)
    return read_paper(target)


GRID = (
    "#figure(table(columns: 3, [Lake], [Plots], [Reeds], ..range(9).map(i => [#(i * 17)])), caption: [Reeds of lakes.])"
)
PLOT = "#figure(rect(width: 120pt, height: 60pt, fill: gray)[labels inside], caption: [A plot.])"


def test_a_paragraph_goes_on_around_a_figure_and_a_table(tmp_path: Path) -> None:
    paper = typeset(tmp_path, f"{PROSE}\n\n{PLOT}\n\n{PROSE}\n\n{GRID}\n\nAs Figure 1 and Table 1 show, reeds grow.")
    passages = [p for s in paper.sections for p in s.passages]
    figure, table = paper.figures[0], paper.tables[0]
    assert table.rows == (("Lake", "Plots", "Reeds"), ("0", "17", "34"), ("51", "68", "85"), ("102", "119", "136"))
    assert [p.floats for p in passages if p.type == "paragraph"][-1] == ("Figure 1", "Table 1")
    assert {p.id for p in passages if p.type == "caption"} == {figure.passage, table.passage}
    assert [p.text for p in passages if p.type == "table"] == ["Lake Plots Reeds 0 17 34 51 68 85 102 119 136"]
    assert all("labels inside" not in p.text for p in passages)
    assert figure.region is not None
    assert figure.region.box[3] - figure.region.box[1] == pytest.approx(60, abs=3)


def test_a_table_that_goes_on_over_the_page_is_one_table(tmp_path: Path) -> None:
    rows = "..range(20).map(i => ([Lake #i], [#(i * 7)])).flatten()"
    table = (
        f"#show figure: set block(breakable: true)\n#figure(table(columns: 2, table.header([Lake], [Reeds]), {rows}), "
    )
    paper = typeset(tmp_path, f"{PROSE * 2}\n\n{table} caption: figure.caption(position: top)[Reeds.])\n\n{PROSE}")
    found = paper.tables[0].rows
    assert found is not None
    assert [row[0] for row in found] == ["Lake", *(f"Lake {i}" for i in range(20))]


def test_words_beside_a_plain_page_are_lost_nowhere(tmp_path: Path) -> None:
    paper = typeset(tmp_path, f"{PROSE}\n\n{PLOT}\n\n{PROSE}\n\n{GRID}\n\n{PROSE}")
    body = " ".join(p.text for s in paper.sections for p in s.passages if p.type == "paragraph")
    assert body.split() == (PROSE * 3).split()


def test_program_text_is_code_and_a_formula_is_one_passage(tmp_path: Path) -> None:
    code = "```\nfor lake in lakes:\n    for reed in lake:\n        count += 1\n    print(lake, count)\n```"
    formula = "$ y = sum_(i=1)^n x_i^2 / (1 + alpha_i) + integral_0^1 f(t) dif t $"
    paper = typeset(tmp_path, f"{PROSE}\n\n{code}\n\n{PROSE}\n\n{formula}\n\n{PROSE}")
    kinds = [p.type for s in paper.sections for p in s.passages]
    assert kinds.count("code") == kinds.count("formula") == 1
    body = " ".join(p.text for s in paper.sections for p in s.passages if p.type == "paragraph")
    assert body.split() == (PROSE * 3).split()


# ---------------------------------------------------------------- formulas and code

# ---------------------------------------------------------------- the sample


def letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum() or c in "−-–±")


@cache
def sample() -> list[tuple[dict[str, Any], Paper]]:
    gold = [json.loads(x) for x in (SAMPLE / "gold" / "structure.jsonl").read_text("utf-8").splitlines()]
    return [(row, read_paper(SAMPLE / row["pdf"])) for row in gold]


def plain(content: Any) -> str:
    """The words of content as the compiler tells them."""
    if isinstance(content, list):
        return "".join(map(plain, content))
    if not isinstance(content, dict):
        return content or ""
    if content["func"] in ("space", "linebreak"):
        return " "
    return "".join(plain(content.get(name)) for name in ("text", "base", "children", "body", "b", "t"))


def printed(source: Path) -> list[list[tuple[str, ...]]]:
    """The cells of each table of a source, row by row."""
    found = typst.query(str(source), "table", root=str(SAMPLE / "sources"), ignore_system_fonts=True)
    tables = []
    for table in json.loads(found):
        cells: list[str] = []
        for child in table["children"]:
            inner = child["children"] if child["func"] == "header" else [child]
            cells += [letters(plain(cell.get("body"))) for cell in inner if cell["func"] == "cell"]
        width = len(table["columns"])
        tables.append([tuple(cells[i : i + width]) for i in range(0, len(cells), width)])
    return tables


def linked(caption: dict[str, Any], floats: tuple[Float, ...]) -> bool:
    """Whether a caption of the gold was read with its words and page, and tied to a place and a passage."""
    found = [f for f in floats if f.label == f"{caption['kind'].title()} {caption['number']}"]
    if len(found) != 1 or found[0].region is None or found[0].passage is None:
        return False
    same = letters(found[0].caption) == letters(caption["caption"])
    return same and found[0].region.page == found[0].places.spans()[0].page == caption["page"]


def test_captions_of_the_sample_are_linked_to_their_figures_and_tables() -> None:
    right = [linked(c, (*paper.figures, *paper.tables)) for row, paper in sample() for c in row["captions"]]
    assert len(right) > 70
    assert sum(right) >= 0.98 * len(right)


def test_tables_of_the_sample_have_the_cells_of_their_sources() -> None:
    wrong = []
    for row, paper in sample():
        source = SAMPLE / "sources" / row["pdf"].replace(".pdf", ".typ")
        read = {t.label: t.rows for t in paper.tables}
        wanted = {tuple(table): None for table in printed(source)}
        got = [tuple(tuple(letters(c) for c in r) for r in rows) for rows in read.values() if rows]
        wrong += [(row["pdf"], table[0]) for table in wanted if table not in got]
    assert wrong == []


def test_what_the_sample_prints_in_figures_and_tables_stands_in_no_paragraph() -> None:
    for _, paper in sample():
        for item in (*paper.figures, *paper.tables):
            assert item.region is not None
            x0, y0, x1, y1 = item.region.box
            for passage in (p for s in paper.sections for p in s.passages if p.type in ("paragraph", "list")):
                for span in passage.places.spans():
                    a0, b0, a1, b1 = span.box
                    inside = x0 < (a0 + a1) / 2 < x1 and y0 < (b0 + b1) / 2 < y1 and span.page == item.region.page
                    assert not inside, (item.label, passage.text[:60])


def test_a_found_float_says_whether_it_is_a_table() -> None:
    (caption,) = find_captions(page_of([line("TABLE I", 72, 100)]), measures())
    assert Found(caption, 1, None, None).is_table


def test_a_listing_at_the_head_of_the_next_page_belongs_to_the_caption_at_the_foot() -> None:
    code = [
        line(text, 72, 60 + 12 * i, font="CourierMono", page=2) for i, text in enumerate(("x = 1", "y = 2", "z = 3"))
    ]
    foot = line("Code 3: The counts of reeds.", 72, 700, width=140, page=1, block=5)
    document = document_of([*block_of([LONG] * 9, y=500), foot], [*code, *block_of([LONG] * 9, y=200, page=2)])
    found = mark_floats(document, measures(2))
    assert [(f.page, f.region) for f in found] == [(2, (72, 60, code[0].x1, code[-1].y1))]
    assert {x.role for x in code} == {Role.CODE}


def test_a_caption_close_below_the_last_row_of_its_table_is_one() -> None:
    cells = [line(f"{i}.{k}", 72 + 90 * k, 100 + 12 * i) for i in range(4) for k in range(3)]
    caption = line("Table 1: Reeds and fens of the north.", 72, 149)
    assert [c.weak for c in find_captions(page_of([*cells, caption]), measures())] == [False]


def test_a_rule_below_a_caption_ends_it() -> None:
    lines = [
        line(t, 72, 100 + 12 * i, width=w)
        for i, (t, w) in enumerate((("Algorithm 1: Count of reeds", 130), ("Input: a lake", 90)))
    ]
    page = page_of(lines)
    assert [len(c.lines) for c in find_captions(page, measures())] == [2]
    page.drawn = [Drawn((70, 110.5, 290, 111.5))]
    assert [len(c.lines) for c in find_captions(page, measures())] == [1]
