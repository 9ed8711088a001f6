"""What a passage counts by its kind: a factor that depends on the question, shown beside the score."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st
from pdfs import PaperMaker, prose

from hierarchy.nodes import Level, Node
from retrieval.weighing import Weighing


def passage(kind: str, section: str = "method", level: Level = Level.PASSAGE) -> Node:
    return Node("p", level, "papers", "Method", "words", kind=kind, metadata={"section_kind": section})


def factor(question: str, kind: str, section: str = "method", *, within: bool = True) -> float:
    return Weighing.of(question, within).factor(passage(kind, section))


def test_what_stands_beside_the_text_steps_back_and_the_text_does_not() -> None:
    asked = "Why did they leave out the rainy days?"
    assert [factor(asked, kind) for kind in ("paragraph", "list", "code")] == [1, 1, 1]
    beside = [factor(asked, kind) for kind in ("caption", "footnote", "table", "formula")]
    assert all(0 < f < 1 for f in beside)


@pytest.mark.parametrize(
    "question",
    [
        "How many recorders were used?",
        "how  much rain fell",
        "By how much is it better?",
        "What accuracy do they report?",
        "Which score is the best?",
        "What does Table 3 say?",
        "What is shown in figure 2?",
        "What F1 do they reach?",
    ],
)
def test_captions_and_tables_count_in_full_where_a_value_or_a_figure_is_asked_for(question: str) -> None:
    assert factor(question, "caption") == factor(question, "table") == 1
    assert factor(question, "formula") < 1


@pytest.mark.parametrize("question", ["Is it a stable method?", "Who figured it out?", "Which scoreboard was used?"])
def test_a_cue_stands_alone(question: str) -> None:
    assert factor(question, "table") < 1


@pytest.mark.parametrize("section", ["abstract", "conclusion"])
def test_inside_a_paper_what_sums_it_up_steps_back_unless_the_gist_is_asked_for(section: str) -> None:
    asked = "How were the recordings labelled?"
    assert factor(asked, "paragraph", section) < 1
    assert factor(asked, "paragraph", section, within=False) == 1
    assert factor("What do they conclude?", "paragraph", section) == 1
    assert factor("What is the main contribution?", "paragraph", section) == 1


@pytest.mark.parametrize(
    ("question", "kept", "steps_back"),
    [
        ("How were the recorders calibrated?", "method", "discussion"),
        ("How many recorders were lost?", "result", "background"),
        ("Why was rain left out?", "discussion", "background"),
    ],
)
def test_kinds_of_section_that_the_way_of_asking_does_not_want_step_back(
    question: str, kept: str, steps_back: str
) -> None:
    for within in (True, False):
        assert factor(question, "paragraph", kept, within=within) == 1
        assert 0.8 < factor(question, "paragraph", steps_back, within=within) < 1
    assert factor("reed warblers", "paragraph", steps_back) == 1


@given(st.text(max_size=300), st.sampled_from(["paragraph", "caption", "table", "formula", ""]), st.booleans())
def test_it_is_never_a_gate_and_never_lifts(question: str, kind: str, within: bool) -> None:
    weighing = Weighing.of(question, within)
    assert 0 < weighing.factor(passage(kind, "abstract")) <= 1
    for level in set(Level) - {Level.PASSAGE}:
        assert weighing.factor(passage(kind, "abstract", level)) == 1


def test_the_record_of_a_search_shows_it_and_the_question_moves_the_caption(here: Run, tmp_path: Path) -> None:
    maker = PaperMaker(1)
    maker.title("Reed Beds and Their Birds", ["Ada Fenwick"])
    maker.heading("Results")
    maker.paragraph(prose(3, 8))
    maker.caption("Figure 1. Warblers heard at dusk in each plot of the reed bed.")
    maker.paragraph(prose(4, 8))
    here("ingest", maker.save(tmp_path / "reeds.pdf"))

    def caption(question: str) -> dict[str, float]:
        searched = here("search", question, "--level", "passage", "--json", STRATA_RERANK="none")
        nodes = searched.json["nodes"]
        assert all(n["factors"]["kind"] == 1 for n in nodes if n["kind"] == "paragraph")
        (found,) = [n for n in nodes if n["kind"] == "caption"]
        return {"score": found["score"], **found["factors"]}

    asked, shown = caption("warblers at dusk"), caption("figure of warblers at dusk")
    assert asked["kind"] < shown["kind"] == 1
    for found in (asked, shown):
        whole = found["score"] / found["kind"]
        assert whole == pytest.approx(0.5 * found["dense"] + 0.5 * found["bm25"], abs=0.001)
