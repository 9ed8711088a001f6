"""Asking: the route, the fusion, the check of quotes, the answer at each level, the refusal, the trace."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import ROOT, Run
from hypothesis import given
from hypothesis import strategies as st

from hierarchy.encoder import SentenceVectors, Text, unit
from hierarchy.errors import UsageError
from hierarchy.nodes import Hit, Level
from hierarchy.query_words import chosen_words, words_of
from hierarchy.quotes import folded, stands
from hierarchy.sentences import sentence_ranges
from retrieval.fusion import fuse
from retrieval.records import Answer
from retrieval.route import only, route
from retrieval.search import checked_question
from strata.assistant import Assistant
from strata.display import answer_html, tree_html
from strata.minilm import MiniLM
from strata.settings import Settings

SAMPLE = ROOT / "data" / "sample" / "wetland-calls"
ROWS = [json.loads(line) for line in (SAMPLE.parent / "demo.jsonl").read_text(encoding="utf-8").splitlines()]
DEMO = [row for row in ROWS if row["project"] == SAMPLE.name]


@pytest.fixture(scope="module")
def library(make_home: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample papers in the project "sample"."""
    home = make_home(tmp_path_factory.mktemp("library") / "home")
    with Assistant("sample", Settings(home=home)) as a:
        assert not a.ingest(SAMPLE).failed
    return home


@pytest.fixture
def a(library: Path, encoder: MiniLM, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    monkeypatch.setattr("strata.opened.build_encoder", lambda settings: encoder)
    return Assistant("sample", Settings(home=library))


# Route


@pytest.mark.parametrize(
    ("question", "level"),
    [
        ("What is this field arguing about?", Level.PROJECT),
        ("What are the main themes?", Level.PROJECT),
        ("Which papers use contrastive loss?", Level.PAPER),
        ("How many studies report battery life?", Level.PAPER),
        ("How did they annotate the data?", Level.SECTION),
        ("Why was rain excluded?", Level.SECTION),
        ("What F1 did they report?", Level.FINDING),
        ("How many recorders were used?", Level.FINDING),
        ("reed warblers at dusk", Level.PAPER),
    ],
)
def test_the_route_weighs_the_level_that_fits_most(question: str, level: Level) -> None:
    way = route(question)
    assert way.best == level
    assert way.reason


@given(st.text(max_size=200))
def test_weights_sum_to_one_and_are_never_a_gate(question: str) -> None:
    weights = route(question).weights
    assert sum(weights.values()) == pytest.approx(1, abs=1e-3)
    assert set(weights) == {level.value for level in Level}
    assert all(weight > 0 for weight in weights.values())


def test_a_level_that_was_named_has_all_the_weight() -> None:
    assert only(Level.SECTION).weights["section"] == 1
    assert sum(only(Level.SECTION).weights.values()) == 1


# Parts

HITS = st.lists(st.tuples(st.sampled_from("abcdefghij"), st.floats(-1, 1)), max_size=10, unique_by=lambda t: t[0])


@given(HITS, HITS, st.floats(0.01, 0.99))
def test_fusion_ranks_every_hit_once_on_a_scale_from_0_to_1(
    dense: list[tuple[str, float]], words: list[tuple[str, float]], alpha: float
) -> None:
    fused = fuse([Hit(*d) for d in dense], [Hit(*w) for w in words], alpha)
    assert sorted(f.id for f in fused) == sorted({i for i, _ in (*dense, *words)})
    assert all(0 <= f.score <= 1 + 1e-9 for f in fused)
    assert [(-f.score, f.id) for f in fused] == sorted((-f.score, f.id) for f in fused)


def test_a_quote_stands_in_up_to_three_pieces_of_twelve_letters() -> None:
    page = "The reeds grew faster in the north. 12 A footnote lies here. than anyone had expected of them. Figure 2"
    assert stands("the reeds grew FASTER in the north", [page])
    assert stands("The reeds grew faster in the north than anyone had expected", [page])
    assert stands("reeds grew fas-\nter in the north", [page])
    assert not stands("The reeds grew slower in the north.", [page])
    assert not stands("The reeds of them", [page])
    assert not stands(
        "than anyone had expected of them The reeds grew faster in the north Figure 2 A footnote lies", [page]
    )
    assert not stands("", [page])
    assert not stands("reeds", [])
    assert stands(
        "the end of one page and the start of the next", ["x the end of one page", "and the start of the next y"]
    )


@given(st.text(min_size=1, max_size=60), st.text(max_size=30), st.text(max_size=30))
def test_every_part_of_a_page_stands_on_it(quote: str, before: str, after: str) -> None:
    assert stands(quote, [before + quote + after]) == bool(folded(quote))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We use e.g. BERT. It works.", 2),
        ("As Smith et al. (2020) show, Fig. 3 holds. See J. Doe.", 2),
        ("The score was 0.71. Is it high? Yes!", 3),
        ("It rose by 3.5% vs. 2.1%.", 1),
        ("no end", 1),
        ("", 0),
        ("   ", 0),
    ],
)
def test_sentences_end_where_they_end(text: str, count: int) -> None:
    assert len(sentence_ranges(text)) == count


@given(st.text(max_size=200))
def test_sentences_cover_all_but_space_in_order(text: str) -> None:
    ranges = sentence_ranges(text)
    assert "".join("".join(text[s:e] for s, e in ranges).split()) == "".join(text.split())
    assert all(a[1] <= b[0] for a, b in pairwise(ranges))


def test_the_rarest_word_is_always_searched_and_common_ones_are_not() -> None:
    counts = {"the": 2700, "reeds": 450, "bittern": 9}
    chosen = chosen_words("the reeds the bittern nowhere", 3000, lambda words: counts)
    assert chosen == ["bittern", "reeds"]
    assert chosen_words("the", 3000, lambda words: {"the": 2700}) == ["the"]
    assert chosen_words("nowhere", 3000, lambda words: {}) == []
    few = {word: count // 9 for word, count in counts.items()}
    assert chosen_words("the reeds the bittern", 300, lambda words: few) == ["bittern", "reeds", "the"]
    assert words_of("Naïve BERT-base, naïve!") == ["naive", "bert", "base"]


def test_an_empty_question_is_refused_and_a_long_one_cut() -> None:
    for empty in ("", "  ", "?!", "\n"):
        with pytest.raises(UsageError):
            checked_question(empty)
    assert len(checked_question("why " * 50_000)) <= 4_000


# The encoder


def test_the_encoder_gives_parts_in_the_same_pass_and_does_not_depend_on_neighbours(encoder: MiniLM) -> None:
    text = "Bitterns boom at dusk. The encoder was trained with a contrastive loss."
    ranges = sentence_ranges(text)
    alone = encoder.encode([Text(text, "3 Method: ", ranges)])[0]
    among = encoder.encode([Text("other words " * 90), Text(text, "3 Method: ", ranges), Text("x")])[1]
    assert (alone.vector == among.vector).all()
    assert alone.parts.shape == (2, 384)
    birds, losses = (encoder.encode([Text(q)])[0].vector for q in ("sounds of birds", "training objective"))
    assert birds @ alone.parts[0] > birds @ alone.parts[1]
    assert losses @ alone.parts[1] > losses @ alone.parts[0]


def test_a_text_longer_than_the_window_is_heard_to_its_end(encoder: MiniLM) -> None:
    filler = "The weather was fine and the boats were out. " * 60
    text = filler + "Contrastive pretraining raised the score."
    part = ((len(filler), len(text)),)
    encoding = encoder.encode([Text(text, parts=part)])[0]
    question = encoder.encode([Text("What did contrastive pretraining do?")])[0].vector
    assert question @ encoding.parts[0] > 0.5
    assert abs(float(encoding.vector @ encoding.vector) - 1) < 1e-5
    assert encoder.encode([Text("")])[0].vector.shape == (384,)


def test_sentence_vectors_survive_their_packing(encoder: MiniLM) -> None:
    made = encoder.encode([Text("One. Two birds. Three.", parts=((0, 4), (5, 15), (16, 22)))])[0]
    kept = SentenceVectors.unpack(SentenceVectors.of(((0, 4), (5, 15), (16, 22)), made.parts).pack())
    assert kept.ranges == ((0, 4), (5, 15), (16, 22))
    assert all(float(unit(a) @ b) > 0.999 for a, b in zip(made.parts, kept.vectors(), strict=True))


# Answers


@pytest.mark.parametrize("row", DEMO, ids=[row["level"] for row in DEMO])
def test_the_demos_questions_are_answered_from_the_right_papers_or_refused(
    a: Assistant, row: dict[str, object]
) -> None:
    answer = a.ask(str(row["question"]))
    if row["level"] == "none":
        assert (answer.status, answer.citations) == ("unanswerable", ())
        assert answer.evidence
        return
    assert answer.status in ("answered", "partial")
    assert answer.route.best.value == row["level"]
    papers = row["papers"]
    assert isinstance(papers, list)
    cited = {c.file for c in answer.citations}
    assert cited & set(papers)
    if row["level"] == "paper":
        assert len(cited) > 1
        assert cited <= set(papers)
    for c in answer.citations:
        assert f"[{c.marker}]" in answer.text
        assert c.quote in answer.text
        assert c.page == c.spans[0].page


def test_a_scope_is_kept(a: Assistant) -> None:
    one = "edge-recognition-battery-life.pdf"
    answer = a.ask("How many days did the battery last?", papers=[one])
    assert {c.file for c in answer.citations} == {one}
    assert {n.node.file for n in a.search("labels", 30, papers=[one])} == {one}
    with pytest.raises(UsageError, match="no paper"):
        a.ask("How long?", papers=["nowhere.pdf"])
    assert a.search("labels", papers=[]).nodes == ()


def test_a_level_alone_gives_only_its_nodes(a: Assistant) -> None:
    for level in ("paper", "section", "passage", "finding"):
        found = a.search("rain and labels", 5, level=level)
        assert {n.node.level.value for n in found} == {level}
    with pytest.raises(UsageError, match="no level"):
        a.search("rain", level="chapter")


def test_the_stream_ends_with_the_answer_and_its_tokens_are_the_text(a: Assistant) -> None:
    events = list(a.stream("Which papers use a contrastive loss?"))
    kinds = [e.kind for e in events]
    assert kinds[0] == "step"
    assert kinds[-1] == "answer"
    answer = events[-1].data
    assert isinstance(answer, Answer)
    assert "".join(e.data for e in events if e.kind == "token").rstrip() == answer.text
    assert tuple(e.data for e in events if e.kind == "citation") == answer.citations
    names = [e.data["name"] for e in events if e.kind == "step"]
    assert names[:2] == ["encode", "route"]
    assert names[-3:] == ["extract", "choose", "check"]


def test_a_trace_tells_each_step_and_is_found_by_its_beginning(a: Assistant) -> None:
    answer = a.ask("How was rain mixed into training?")
    assert answer.trace is not None
    trace = a.trace(answer.trace)
    assert trace["question"] == answer.question
    assert all(step["ms"] >= 0 and step["name"] for step in trace["steps"])
    assert a.trace(answer.trace[:10]) == trace
    with pytest.raises(UsageError, match="no trace"):
        a.trace("nowhere")


def test_a_quote_that_is_not_on_its_page_is_dropped(library: Path, encoder: MiniLM, tmp_path: Path) -> None:
    """The check reads the page's own words: where they lack the quote, it falls, and so does the answer."""
    import apsw
    import msgspec

    home = tmp_path / "home"
    shutil.copytree(library, home, symlinks=True)
    raw = apsw.Connection(str(home / "projects" / "sample.db"))
    empty = msgspec.msgpack.encode(["other words"] * 9)
    raw.execute("UPDATE nodes SET attachment = ? WHERE level = 'paper'", (empty,))
    raw.close()
    with Assistant("sample", Settings(home=home)) as changed:
        answer = changed.ask("What macro F1 did contrastive pretraining reach in heavy rain?")
        assert answer.status == "unanswerable"
        assert answer.trace is not None
        check = changed.trace(answer.trace)["steps"][-1]
        assert check["found"]["kept"] == 0
        assert check["found"]["dropped"]


# Doors


def test_results_have_tables_and_look_well_in_a_notebook(a: Assistant) -> None:
    result = a.search("rain", 4)
    frame = result.to_frame()
    assert list(frame["score"]) == sorted(frame["score"], reverse=True)
    assert {"dense", "bm25", "level", "paper", "page", "text"} <= set(frame.columns)
    answer = a.ask("What macro F1 did contrastive pretraining reach in heavy rain?")
    assert len(answer.to_frame()) == len(answer.citations)
    assert answer.citations[0].title in str(answer)
    assert "<script" not in answer_html(answer)
    assert tree_html(a.tree()).count("<summary>") > 6
    assert "rain" in str(result)


def test_hostile_text_is_escaped_in_a_notebook(a: Assistant) -> None:
    import msgspec

    answer = a.ask("Which papers use a contrastive loss?")
    bad = msgspec.structs.replace(answer, text="<script>alert(1)</script> ![x](http://x)")
    assert "<script" not in answer_html(bad)


def test_the_command_line_gives_the_records_of_the_python_api(a: Assistant, library: Path, run_in: Run) -> None:
    question = "How did rain change the gain?"
    said = run_in(library, "search", question, "--project", "sample", "--k", "3", "--json").json
    mine = json.loads(json.dumps(a.search(question, 3).to_dict()))
    assert {k: v for k, v in said.items() if k != "trace"} == {k: v for k, v in mine.items() if k != "trace"}
    tree = run_in(library, "tree", "--project", "sample", "--json").json["root"]
    assert tree == json.loads(json.dumps(a.tree().to_dict()))
    listed = run_in(library, "projects", "--json").json["projects"]
    assert [(p["name"], p["papers"], p["engine"]) for p in listed] == [("sample", 12, "sqlite")]


def test_many_questions_come_back_in_order_with_their_ids(library: Path, run_in: Run, tmp_path: Path) -> None:
    rows = [{"id": f"q{i}", "question": q["question"], "papers": None} for i, q in enumerate(DEMO)]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    said = run_in(library, "ask", "--queries", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl", "-p", "sample")
    assert said.code == 0, said.err
    out = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [o["id"] for o in out] == [r["id"] for r in rows]
    assert all(o["schema"] == 1 and "citations" in o for o in out)


def test_removing_a_paper_takes_its_nodes_and_traces_and_leaves_the_pdf(
    library: Path, run_in: Run, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(library, home, symlinks=True)
    asked = run_in(home, "ask", "What macro F1 was reached in heavy rain?", "-p", "sample", "--json").json
    gone = asked["citations"][0]["file"]
    record = run_in(home, "remove", gone, "-p", "sample", "--yes", "--json").json
    assert record["removed"]["nodes"] > 20
    assert (SAMPLE / gone).exists()
    run_in(home, "trace", asked["trace"], "--json").refused("unknown_trace")
    found = run_in(home, "search", "heavy rain", "-p", "sample", "--k", "50", "--json").json
    assert gone not in {n["file"] for n in found["nodes"]}
    assert run_in(home, "remove", gone, "-p", "sample", "--yes", "--json").refused("unknown_paper")
    assert run_in(home, "remove", "-p", "sample", "--all", "--yes", "--json").json["removed"]["nodes"] > 100
    assert run_in(home, "projects", "--json").json["projects"] == []
