"""The scorer of captions: what counts as found, worded, linked and tight, and what as one too many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.captions import Caption, CaptionScore, MarkedPaper, folded_label, marked, score

HASH = "ab" * 32
BOX = (100.0, 100.0, 300.0, 200.0)
FROGS = Caption(3, "Figure 2", "Calls of frogs by", "in the wet year", BOX)


def made(
    label: str = "Figure 2",
    caption: str = "Calls of frogs by night, and in the wet year.",
    page: int = 3,
    region: tuple[int, tuple[float, ...]] | None = (3, BOX),
) -> dict[str, Any]:
    """A float as `strata parse --json` prints it."""
    where = None if region is None else {"page": region[0], "box": list(region[1])}
    span = {"page": page, "box": [100.0, 210.0, 300.0, 220.0]}
    return {"label": label, "caption": caption, "spans": [span], "region": where, "passage": None}


def scored(*floats: dict[str, Any], captions: tuple[Caption, ...] = (FROGS,)) -> CaptionScore:
    record = {"figures": list(floats), "tables": []}
    return score([MarkedPaper(HASH, captions)], {HASH: record})


def steps(result: CaptionScore) -> tuple[int, int, int, int]:
    return result.found, result.worded, result.linked, result.tight


def test_a_caption_with_its_label_page_words_and_region_is_linked() -> None:
    result = scored(made())
    assert steps(result) == (1, 1, 1, 1)
    assert result.share(result.linked) == result.precision == 1.0
    assert result.misses == ()


def test_a_caption_on_another_page_is_not_found_and_its_float_is_one_too_many() -> None:
    result = scored(made(page=4))
    assert steps(result) == (0, 0, 0, 0)
    assert (result.captions, result.floats, result.matched, result.precision) == (1, 1, 0, 0.0)
    assert result.misses == ("abababab p. 3 Figure 2: not found", "abababab p. 4 Figure 2: is no caption")


@pytest.mark.parametrize(
    "caption", ["Calls of frogs by night", "the calls of frogs by night in the wet year", "in the wet year. We saw", ""]
)
def test_a_caption_that_begins_or_ends_elsewhere_is_found_but_not_worded(caption: str) -> None:
    result = scored(made(caption=caption))
    assert steps(result) == (1, 0, 0, 0)
    assert result.precision == 1.0
    assert result.misses == ("abababab p. 3 Figure 2: wrong words",)


@pytest.mark.parametrize(
    "caption", ["CALLS of frogs\u00adby… in the “wet” y-ear", "Figure 2: Calls of frogs by, in the wet year"]
)
def test_words_are_compared_by_letters_and_digits_and_without_the_label(caption: str) -> None:
    assert scored(made(caption=caption)).worded == 1


@pytest.mark.parametrize(
    "region",
    [
        None,
        (4, BOX),
        (3, (310.0, 100.0, 500.0, 200.0)),
        (3, (250.0, 100.0, 450.0, 200.0)),
        (3, (150.0, 150.0, 150.0, 160.0)),
    ],
    ids=["none", "another page", "beside it", "a quarter of it", "without an area"],
)
def test_a_region_that_does_not_lie_on_the_figure_is_not_linked(region: tuple[int, tuple[float, ...]] | None) -> None:
    result = scored(made(region=region))
    assert steps(result) == (1, 1, 0, 0)
    assert result.misses == ("abababab p. 3 Figure 2: no region on it",)


@pytest.mark.parametrize(
    ("box", "tight"),
    [((100.0, 110.0, 300.0, 190.0), 1), ((100.0, 100.0, 140.0, 200.0), 0), ((0.0, 0.0, 600.0, 800.0), 0)],
    ids=["almost it", "a part of it", "the whole page"],
)
def test_a_region_that_is_far_too_small_or_large_is_linked_but_not_tight(box: tuple[float, ...], tight: int) -> None:
    assert steps(scored(made(region=(3, box)))) == (1, 1, 1, tight)


def test_what_stands_on_another_page_than_its_caption_is_linked_there() -> None:
    over = msgspec.structs.replace(FROGS, region_page=4)
    assert scored(made(region=(4, BOX)), captions=(over,)).linked == 1
    assert scored(made(region=(3, BOX)), captions=(over,)).linked == 0


def test_a_float_too_many_costs_precision_and_a_caption_is_matched_once_by_the_best() -> None:
    result = scored(made(caption="Calls"), made(), made("Figure 9"))
    assert steps(result) == (1, 1, 1, 1)
    assert (result.floats, result.matched, result.precision) == (3, 1, 0.3333)


def test_tables_count_like_figures() -> None:
    record = {"figures": [], "tables": [made("Table 1") | {"rows": None}]}
    paper = MarkedPaper(HASH, (msgspec.structs.replace(FROGS, label="Table 1"),))
    assert score([paper], {HASH: record}).linked == 1


def test_all_captions_of_a_paper_without_a_record_are_missed() -> None:
    result = score([MarkedPaper(HASH, (FROGS,))], {})
    assert (result.captions, *steps(result), result.floats) == (1, 0, 0, 0, 0, 0)


def test_a_paper_without_captions_scores_only_what_is_too_many() -> None:
    assert scored(captions=()).precision == 1.0
    assert scored(captions=()).share(0) == 1.0
    assert scored(made(), captions=()).precision == 0.0


@pytest.mark.parametrize("label", ["Fig. 2", "FIGURE 2", "fig 2:", "Figure 2."])
def test_a_label_is_the_same_however_it_is_printed(label: str) -> None:
    assert scored(made(label)).linked == 1


@pytest.mark.parametrize("label", ["Figure 12", "Figure 2.1", "Figure S2", "Table 2", "Figure", ""])
def test_another_label_is_another_caption(label: str) -> None:
    assert scored(made(label)).found == 0


@given(st.text(max_size=40))
def test_folding_a_label_twice_changes_nothing(label: str) -> None:
    assert folded_label(folded_label(label)) == folded_label(label)


def test_the_gold_is_twelve_papers_by_hash_and_names_none() -> None:
    papers = marked()
    assert len({paper.sha256 for paper in papers}) == len(papers) == 12
    assert all(len(paper.sha256) == 64 for paper in papers)
    captions = [caption for paper in papers for caption in paper.captions]
    assert len(captions) >= 50
    assert {caption.label.split()[0] for caption in captions} == {"Figure", "Table", "Algorithm", "Code"}
    assert all(len(words.split()) <= 4 for c in captions for words in (c.first, c.last))
    assert all(c.region[0] < c.region[2] and c.region[1] < c.region[3] for c in captions)
    for paper in papers:
        assert len({c.label for c in paper.captions}) == len(paper.captions)


def test_a_mark_with_a_field_too_many_is_refused(tmp_path: Path) -> None:
    row = {"sha256": HASH, "captions": [msgspec.to_builtins(FROGS)], "file": "frogs.pdf"}
    path = tmp_path / "captions.jsonl"
    path.write_text(json.dumps(row), "utf-8")
    with pytest.raises(msgspec.ValidationError, match="file"):
        marked(path)
