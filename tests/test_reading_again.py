"""Passages read again beside the question: which ones, in what order, and what happens when nothing reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from hierarchy.encoder import Text
from hierarchy.errors import ModelError, RerankError
from hierarchy.nodes import Level, Node
from retrieval.evidence.features import NAMES, features, standing
from retrieval.evidence.papers import by_papers, of_papers
from retrieval.evidence.ranker import ranker
from retrieval.evidence.reranker import KEPT, EvidenceReranker
from retrieval.fusion import Fused
from retrieval.pool import PAPERS, pool, shares
from retrieval.reading import reading
from retrieval.records import Factors, ScoredNode
from retrieval.trace import Trace
from strata.assistant import Assistant
from strata.evidence_encoder import EvidenceEncoder
from strata.settings import Settings

SAMPLE = ROOT / "data" / "sample" / "wetland-calls"
QUESTION = "How many annotators labelled each clip?"
TEXTS = (
    "Each clip was labelled by three annotators, who did not see one another's labels.",
    "The marsh lies at the mouth of the river and floods in spring.",
    "Related work has pretrained encoders on speech and on the calls of whales.",
)


def scored(text: str, score: float = 0.5, place: int = 0, **more: object) -> ScoredNode:
    node = Node(f"n{place}-{hash(text) % 999}", Level.PASSAGE, "p", "Data", text, paper="a", order=place, digest=text)
    return ScoredNode(msgspec.structs.replace(node, **more), score, Factors(cosine=score))


@pytest.fixture(scope="module")
def local(reader: EvidenceEncoder) -> EvidenceReranker:
    return EvidenceReranker(reader)


class Down:
    """A reranker whose service does not answer."""

    name, most = "down", 5

    def scores(self, question: str, found: Sequence[ScoredNode]) -> list[float]:
        raise RerankError("The service does not answer.", "Try later.", "rerank_down")


# The pool


def test_most_is_read_of_the_paper_that_most_of_what_was_found_is_in() -> None:
    ranked = [Fused(f"{'a' if i % 4 else 'b'}{i}", 1 - i / 100, 0.5, 0.5, 0.5) for i in range(90)]
    paper_of = {f.id: f.id[0] for f in ranked}
    found = pool(ranked, paper_of, lambda paper: [f for f in ranked if f.id[0] == paper], (), 48)
    counts = [sum(p.fused.id[0] == paper for p in found) for paper in "ab"]
    assert counts[0] >= PAPERS[0] > counts[1] >= 1
    assert len({p.fused.id for p in found}) == len(found) <= 48


def test_within_one_paper_the_best_are_read() -> None:
    ranked = [Fused(f"a{i}", 1 - i / 100, 0.5, 0.5, 0.5) for i in range(90)]
    found = pool(ranked, dict.fromkeys((f.id for f in ranked), "a"), lambda paper: [], (), 40)
    assert [p.fused.id for p in found] == [f.id for f in ranked[:40]]
    assert {p.share for p in found} == {1.0}


def test_a_finding_leads_to_its_passage() -> None:
    ranked = [Fused(f"{'abc'[i % 3]}{i}", 1 - i / 100, 0.5, 0.5, 0.5) for i in range(90)]
    paper_of = {f.id: f.id[0] for f in ranked}
    assert "c89" in {p.fused.id for p in pool(ranked, paper_of, lambda paper: [], ["c89", "gone"], 48)}


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from("abcd")), max_size=60), st.integers(1, 50))
def test_a_pool_has_each_passage_once_and_no_more_than_may_be_read(found: list[tuple[float, str]], most: int) -> None:
    ranked = [Fused(f"{p}{i}", s, s, s, s) for i, (s, p) in enumerate(sorted(found, reverse=True))]
    paper_of = {f.id: f.id[0] for f in ranked}
    chosen = pool(ranked, paper_of, lambda paper: [f for f in ranked if f.id[0] == paper], (), most)
    assert len({p.fused.id for p in chosen}) == len(chosen) <= most
    assert all(0 <= share <= 1 for share in shares(ranked, paper_of).values())


@given(st.lists(st.floats(0.1, 1), min_size=2, max_size=8, unique=True))
def test_papers_that_stand_alike_among_passages_are_told_apart_by_themselves(scores: list[float]) -> None:
    ranked = [Fused(f"{i}", 0.5, 0.5, 0.5, 0.5) for i in range(len(scores))]
    paper_of = {f"{i}": f"paper{i}" for i in range(len(scores))}
    papers = [Fused(f"paper{i}", score, score, score, score) for i, score in enumerate(scores)]
    part = shares(ranked, paper_of, papers)
    assert list(part) == sorted(part, key=lambda p: -scores[int(p.removeprefix("paper"))])
    assert max(part.values()) == 1.0


# Reading


def test_over_several_papers_their_standing_comes_first_and_inside_one_nothing_changes() -> None:
    found = [scored(text, place=i, paper=paper) for i, (text, paper) in enumerate(zip(TEXTS, "aab", strict=True))]
    rows = np.zeros((3, len(NAMES)))
    rows[:, NAMES.index("paper")] = [0.0, 0.0, -4.0]
    odds = np.array([1.0, 0.5, 3.0])
    stood = by_papers(odds, rows, found)
    assert stood[0] > stood[1] > stood[2]
    assert stood[0] - stood[1] == pytest.approx(0.5)
    assert by_papers(odds[:2], rows[:2], found[:2]).tolist() == odds[:2].tolist()


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-1, 1)), min_size=1, max_size=24))
def test_scores_of_papers_are_from_nought_to_one_and_follow_the_search(found: list[tuple[float, float]]) -> None:
    papers = [scored("x", score, place) for place, (score, _) in enumerate(found)]
    scores = of_papers(papers, np.array([late for _, late in found]))
    assert all(0 <= s <= 1 for s in scores)
    alike = of_papers(papers, np.full(len(found), 0.3))
    assert (np.diff(alike[np.argsort([score for score, _ in found])]) >= -1e-9).all()


def test_the_passage_that_answers_is_first_whatever_its_place_before(local: EvidenceReranker) -> None:
    found = [scored(text, place=i) for i, text in enumerate(reversed(TEXTS))]
    scores = local.scores(QUESTION, found)
    assert max(range(3), key=scores.__getitem__) == 2
    assert all(0 <= s <= 1 for s in scores)


def test_the_sentence_that_answers_is_first(local: EvidenceReranker) -> None:
    text = f"{TEXTS[1]} {TEXTS[0]} {TEXTS[2]}"
    ends = [len(TEXTS[1]), len(TEXTS[1]) + 1 + len(TEXTS[0]), len(text)]
    ranges = [(0, ends[0]), (ends[0] + 1, ends[1]), (ends[1] + 1, ends[2])]
    assert int(local.sentences(QUESTION, [scored(text).node], [ranges])[0].argmax()) == 1


def test_what_was_read_lately_is_not_read_again(reader: EvidenceEncoder) -> None:
    texts: list[str] = []

    class Counting:
        identity = reader.identity

        def tokens(self, given: Sequence[Text]) -> list[object]:
            texts.extend(text.text for text in given)
            return list(reader.tokens(given))

    one = EvidenceReranker(Counting())  # type: ignore[arg-type]
    found = [scored(text, place=i) for i, text in enumerate(TEXTS)]
    assert one.scores(QUESTION, found) == one.scores(QUESTION, found)
    assert sum(text in TEXTS for text in texts) == len(TEXTS)
    assert len(TEXTS) < KEPT


def test_features_are_told_by_name_and_are_finite(reader: EvidenceEncoder) -> None:
    found = [scored(text, place=i) for i, text in enumerate([*TEXTS, "x", "12 34"])]
    rows = features(QUESTION, reader.tokens([Text("?!")])[0], found, reader.tokens([Text(s.node.text) for s in found]))
    assert rows.shape == (len(found), len(NAMES))
    assert np.isfinite(rows).all()
    assert set(ranker().weight) == set(NAMES)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30))
def test_standing_keeps_the_order_and_has_mean_nought(scores: list[float]) -> None:
    given = np.array(scores)
    assert abs(float(standing(given).mean())) < 1e-6
    assert (np.diff(standing(given)[np.argsort(given)]) >= -1e-9).all()


def test_the_ranker_was_learned_with_the_encoder_that_ships(reader: EvidenceEncoder) -> None:
    assert ranker().encoder == str(reader.identity)


# Failure


def test_one_that_does_not_answer_costs_its_order_alone() -> None:
    trace = Trace.of(QUESTION)
    read, notes = reading(Down(), QUESTION, (scored(TEXTS[0]),), trace)
    assert read.nodes == ()
    assert "order of the search stands" in notes[0]
    assert trace.steps[-1].found["failed"]["code"] == "rerank_down"


def test_an_encoder_without_its_files_is_a_reranker_that_does_not_answer(reader: EvidenceEncoder) -> None:
    class Gone:
        identity = reader.identity

        def tokens(self, given: Sequence[Text]) -> list[object]:
            raise ModelError("The encoder's file is missing.", "Install it again.")

    with pytest.raises(RerankError, match="missing"):
        EvidenceReranker(Gone()).scores(QUESTION, [scored(TEXTS[0])])  # type: ignore[arg-type]


# The whole way


@pytest.fixture(scope="module")
def home(make_home: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_home(tmp_path_factory.mktemp("reading") / "home")
    with Assistant("sample", Settings(home=made)) as a:
        assert not a.ingest(sorted(SAMPLE.glob("*.pdf"))[:4]).failed
    return made


def test_what_was_read_stands_first_with_its_score_and_the_place_before(home: Path) -> None:
    with Assistant("sample", Settings(home=home)) as a:
        found = a.search("How was the agreement of annotators measured?", 10)
        trace = a.trace(str(found.trace))
    steps = {step["name"]: step for step in trace["steps"]}
    assert {"pool", "rerank"} <= set(steps)
    first = found.nodes[0]
    assert first.node.level is Level.PASSAGE
    assert first.factors.rerank is not None
    assert first.node.id in {row["id"] for row in steps["rerank"]["found"]["candidates"]}


def test_evidence_is_shown_before_it_is_read(home: Path) -> None:
    with Assistant("sample", Settings(home=home)) as a:
        kinds = [
            event.data["name"] if event.kind == "step" else event.kind
            for event in a.stream("How was the agreement of annotators measured?")
        ]
    assert kinds.index("found") < kinds.index("rerank") < kinds.index("answer")


def test_a_question_for_papers_reads_papers(home: Path) -> None:
    with Assistant("sample", Settings(home=home)) as a:
        found = a.search("Which papers use a contrastive loss?", 10)
        [step] = [step for step in a.trace(str(found.trace))["steps"] if step["name"] == "rerank"]
    assert found.nodes[0].node.level is Level.PAPER
    assert step["given"]["level"] == "paper"
    assert {row["level"] for row in step["found"]["candidates"]} == {"paper"}


def test_without_a_reranker_the_search_stands(home: Path) -> None:
    with Assistant("sample", Settings.from_environment({"STRATA_HOME": str(home), "STRATA_RERANK": "none"})) as a:
        found = a.search("How was the agreement of annotators measured?", 10)
        steps = [step["name"] for step in a.trace(str(found.trace))["steps"]]
    assert "rerank" not in steps
    assert all(n.factors.rerank is None for n in found.nodes)


def test_one_that_is_down_leaves_the_order_and_the_answer_says_so(home: Path) -> None:
    question = "How was the agreement of annotators measured?"
    with Assistant("sample", Settings(home=home), reranker=Down()) as a:
        answer, found = a.ask(question), a.search(question, 5)
    with Assistant("sample", Settings.from_environment({"STRATA_HOME": str(home), "STRATA_RERANK": "none"})) as a:
        assert [n.node.id for n in a.search(question, 5)] == [n.node.id for n in found]
    assert any("down" in note and "order of the search stands" in note for note in answer.notes)
