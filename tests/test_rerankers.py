"""Rerankers at the door: Cohere on the wire, each way it fails, and whatever a user has that scores texts."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from cohere_server import CohereServer, Reply, refusal, reranked, serving_cohere
from conftest import ROOT, clean_environment
from hypothesis import given
from hypothesis import strategies as some
from made_lakes import paper
from wire_server import Raw

from hierarchy.errors import RERANK_CODES, RerankError, UsageError
from hierarchy.nodes import Level, Node
from ingestion.settings import IngestionSettings
from retrieval.evidence.reranker import EvidenceReranker
from retrieval.records import Factors, ScoredNode
from retrieval.rerank import Reranker
from strata.assistant import Assistant
from strata.documents import MOST_LETTERS, document
from strata.minilm import MiniLM
from strata.models import build_reranker
from strata.rerankers import reranker_from, reranker_of
from strata.settings import RerankSettings, Settings
from strata.squash import Squash

KEY = "co-secret-1234567890"
SERVER_SAYS = f"invalid api token: {KEY} <script>"
QUESTION = "Which reeds grow in shallow lakes?"
TEXTS = ("Owls hunt at night.", "Reeds grow in shallow lakes.", "Some reeds are tall.")
RIGHT = [1, 2, 0]


@pytest.fixture(scope="module")
def server() -> Iterator[CohereServer]:
    with serving_cohere() as running:
        yield running


@pytest.fixture(autouse=True)
def hasty(server: CohereServer) -> Iterator[None]:
    """Waits between two tries are short; the server answers well."""
    server.again()
    with mock.patch("strata.patience.FIRST_WAIT_S", 0.01):
        yield


def found(*texts: str, level: Level = Level.PASSAGE, path: tuple[str, ...] = ("3 Results",)) -> list[ScoredNode]:
    nodes = [
        Node(f"n{i}", level, "papers", "Results", text, file="private.pdf", path=path, paper_title="Lakes")
        for i, text in enumerate(texts)
    ]
    return [ScoredNode(node, 1.0 - i / 100, Factors()) for i, node in enumerate(nodes)]


def chosen(url: str | None, **values: object) -> RerankSettings:
    given = {"rerank": "cohere/rerank-v3.5", "rerank_url": url, "rerank_key": KEY, "rerank_timeout_s": 60.0}
    return RerankSettings.model_validate(given | values)


def cohere_at(url: str | None, **values: object) -> Reranker:
    reranker = reranker_of(chosen(url, **values))
    assert reranker is not None
    return reranker


def order(scores: Sequence[float]) -> list[int]:
    return sorted(range(len(scores)), key=lambda i: -scores[i])


def failing(server: CohereServer, reply: Reply, **values: object) -> RerankError:
    """The error that asking ends in; it tells a person what to do, and never the key."""
    server.again(reply)
    with pytest.raises(RerankError) as caught:
        cohere_at(server.url, **values).scores(QUESTION, found(*TEXTS))
    error = caught.value
    assert error.code in RERANK_CODES
    assert error.hint
    assert "cohere/rerank-v3.5" in error.message
    assert KEY not in str(error)
    assert "<script>" not in str(error)
    return error


# What is sent to Cohere and what comes back


def test_cohere_scores_in_the_order_of_what_was_found(server: CohereServer) -> None:
    reranker = cohere_at(server.url)
    assert (reranker.name, reranker.most) == ("cohere/rerank-v3.5", 50)
    scores = reranker.scores(QUESTION, found(*TEXTS))
    assert order(scores) == RIGHT
    assert all(0.0 <= score <= 1.0 for score in scores)
    [asked] = server.asked
    assert asked.path == "/v2/rerank"
    assert asked.key == f"Bearer {KEY}"
    assert asked.body["model"] == "rerank-v3.5"
    assert asked.body["query"] == QUESTION


def test_only_texts_with_their_headings_are_sent_cut_and_no_more_than_asked_for(server: CohereServer) -> None:
    reranker = cohere_at(server.url, rerank_most=2)
    scores = reranker.scores(QUESTION, found("Reeds  grow\nhere.", "word " * 5000, "Reeds grow in shallow lakes."))
    [asked] = server.asked
    first, second = asked.body["documents"]
    assert first == "3 Results: Reeds grow here."
    assert len(second) == MOST_LETTERS
    assert "private.pdf" not in str(asked.body)
    assert scores[2] == 0.0  # it was not asked about


def test_a_document_is_the_text_of_its_level() -> None:
    [passage] = found("It rose.", path=("3 Results", "3.1 Reeds"))
    [section] = found("3 Results\nIt rose.", level=Level.SECTION)
    assert document(passage.node) == "3 Results > 3.1 Reeds: It rose."
    assert document(section.node) == "3 Results It rose."
    [odd] = found("half a pair: \ud835", path=())
    assert document(odd.node).encode()


def test_nothing_found_asks_nobody(server: CohereServer) -> None:
    assert cohere_at(server.url).scores(QUESTION, []) == []
    assert not server.asked


def test_scores_beyond_one_are_squashed_in_their_order(server: CohereServer) -> None:
    server.again(lambda asked: reranked([(0, -7.5), (1, 4.0), (2, 0.5)]))
    scores = cohere_at(server.url).scores(QUESTION, found(*TEXTS))
    assert order(scores) == RIGHT
    assert all(0.0 < score < 1.0 for score in scores)


def test_several_questions_may_ask_at_once(server: CohereServer) -> None:
    server.again(lambda asked: time.sleep(0.05))
    reranker, got = cohere_at(server.url), dict[int, list[int]]()

    def ask(n: int) -> None:
        got[n] = order(reranker.scores(QUESTION, found(*TEXTS)))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert got == dict.fromkeys(range(6), RIGHT)


def test_a_key_or_an_address_for_others_is_never_used(server: CohereServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COHERE_API_KEY", KEY)
    monkeypatch.setenv("CO_API_KEY", KEY)
    monkeypatch.setenv("CO_API_URL", "http://127.0.0.1:9")
    assert isinstance(build_reranker(Settings()), EvidenceReranker)  # a key that lies around chooses nothing
    cohere_at(server.url, rerank_key=None).scores(QUESTION, found(*TEXTS))
    assert KEY not in server.asked[0].key
    with pytest.raises(UsageError) as caught:
        cohere_at(None, rerank_key=None)
    assert caught.value.code == "no_rerank_key"
    assert "STRATA_RERANK_KEY" in caught.value.hint


# How Cohere fails


@pytest.mark.parametrize(
    ("reply", "code", "tries"),
    [
        (refusal(401, SERVER_SAYS), "rerank_refused", 1),
        (refusal(403, SERVER_SAYS), "rerank_refused", 1),
        (refusal(404, "model 'rerank-v3.5' not found"), "rerank_refused", 1),
        (refusal(400, SERVER_SAYS), "rerank_refused", 1),
        (refusal(422, SERVER_SAYS), "rerank_refused", 1),
        (refusal(402, "Please add a payment method."), "rerank_quota", 1),
        (refusal(429, "You are using a Trial key, which is limited to 1000 API calls / month."), "rerank_quota", 1),
        (refusal(429, "Please wait.", **{"Retry-After": "0.01"}), "rerank_quota", 8),
        (refusal(429, "Please wait.", **{"Retry-After": "3600"}), "rerank_quota", 1),
        (refusal(500, SERVER_SAYS), "rerank_down", 3),
        (refusal(503, SERVER_SAYS), "rerank_down", 3),
        (Raw(504, b"<html>Gateway timeout</html>"), "rerank_slow", 1),
        (Raw(302, b"", {"Location": "http://127.0.0.1:9/elsewhere"}), "rerank_junk", 1),
        (Raw(200, b"<html>Welcome!</html>", {"Content-Type": "text/html"}), "rerank_junk", 1),
        (Raw(200, b'{"results": ['), "rerank_junk", 1),
        (Raw(200, b'{"id": "no results"}'), "rerank_junk", 1),
        (Raw(200, b"null"), "rerank_junk", 1),
        (Raw(200, b"[" * 40_000_000), "rerank_junk", 1),
        (reranked([(0, 0.9), (1, 0.8)]), "rerank_junk", 1),
        (reranked([(0, 0.9), (1, 0.8), (3, 0.1)]), "rerank_junk", 1),
        (reranked([(0, 0.9), (1, 0.8), (-1, 0.1)]), "rerank_junk", 1),
        (reranked([(0, 0.9), (1, 0.8), (-1, 0.1), (2, 0.2)]), "rerank_junk", 1),
        (reranked([(0, 0.9), (1, 0.8), (1, 0.1)]), "rerank_junk", 1),
        (reranked([(0, 0.9), (1, "high"), (2, 0.1)]), "rerank_junk", 1),
        (reranked([(0, 0.9), (1, float("nan")), (2, 0.1)]), "rerank_junk", 1),
        (reranked([]), "rerank_junk", 1),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Raw) else str(value),
)
def test_each_failure_has_its_code(server: CohereServer, reply: Raw, code: str, tries: int) -> None:
    error = failing(server, lambda asked: reply)
    assert error.code == code
    assert len(server.asked) == tries


def test_what_passes_is_tried_again(server: CohereServer) -> None:
    answers = [refusal(429, "Please wait.", **{"Retry-After": "0.05"}), refusal(500, "Oops.")]
    server.again(lambda asked: answers.pop(0) if answers else None)
    assert order(cohere_at(server.url).scores(QUESTION, found(*TEXTS))) == RIGHT
    assert len(server.asked) == 3


@pytest.mark.parametrize("reply", [Raw(wait_s=30), Raw(body=b" " * 10_000, pace_s=0.02)], ids=["silent", "drip"])
def test_a_reply_that_takes_too_long_is_given_up(server: CohereServer, reply: Raw) -> None:
    start = time.monotonic()
    error = failing(server, lambda asked: reply, rerank_timeout_s=0.4)
    assert error.code == "rerank_slow"
    assert "STRATA_RERANK_TIMEOUT_S" in error.hint
    assert time.monotonic() - start < 20  # the drip would take minutes


def test_no_server_at_all() -> None:
    with serving_cohere() as gone:
        url = gone.url
    with pytest.raises(RerankError) as caught:
        cohere_at(url).scores(QUESTION, found(*TEXTS))
    assert caught.value.code == "rerank_down"
    assert "STRATA_RERANK_URL" in caught.value.hint


def test_a_service_that_failed_is_left_alone_for_a_while(server: CohereServer) -> None:
    reranker = cohere_at(server.url)
    server.again(lambda asked: refusal(401, SERVER_SAYS))
    for _ in range(3):
        with pytest.raises(RerankError) as caught:
            reranker.scores(QUESTION, found(*TEXTS))
        assert caught.value.code == "rerank_refused"
    assert len(server.asked) == 1
    server.again()
    with mock.patch("strata.patience.time.monotonic", lambda now=time.monotonic: now() + 60):
        assert order(reranker.scores(QUESTION, found(*TEXTS))) == RIGHT


# Whatever a user has


def by_words(question: str, texts: list[str]) -> list[float]:
    """What a user may write: logits."""
    wanted = set(question.lower().strip("?").split())
    return [6.0 * len(wanted & set(text.lower().strip(".").split())) - 9.0 for text in texts]


class CrossEncoder:
    """As sentence_transformers has them: `predict` takes pairs, and gives an array."""

    def predict(self, pairs: list[tuple[str, str]]) -> np.ndarray:
        return np.array([by_words(question, [text])[0] for question, text in pairs], np.float32)


class Own:
    """As the search has them."""

    name, most = "own/1", 2

    def scores(self, question: str, found: Sequence[ScoredNode]) -> list[float]:
        return [0.1 * int(scored.node.id[1:]) for scored in found]


def test_callables_and_cross_encoders_are_rerankers() -> None:
    for given_, name in ((by_words, "by_words"), (CrossEncoder(), "CrossEncoder")):
        reranker = reranker_from(given_, RerankSettings())
        assert reranker.name == name
        scores = reranker.scores(QUESTION, found(*TEXTS))
        assert order(scores) == RIGHT
        assert all(0.0 < score < 1.0 for score in scores)


def test_somebodys_own_reranker_is_given_the_nodes() -> None:
    reranker = reranker_from(Own(), RerankSettings())
    assert (reranker.name, reranker.most) == ("own/1", 2)
    assert reranker.scores(QUESTION, found(*TEXTS)) == [0.0, 0.1, 0.0]


def test_postprocessors_of_llamaindex_are_rerankers(server: CohereServer) -> None:
    from llama_index.core.postprocessor import LongContextReorder, SimilarityPostprocessor
    from llama_index.postprocessor.cohere_rerank import CohereRerank

    theirs = CohereRerank(top_n=2, model="rerank-v3.5", api_key=KEY, base_url=server.url)
    reranker = reranker_from(theirs, RerankSettings())
    assert reranker.name == "CohereRerank/rerank-v3.5"
    scores = reranker.scores(QUESTION, found(*TEXTS))
    assert order(scores) == RIGHT
    assert scores[0] == 0.0  # beyond their top_n

    kept = reranker_from(SimilarityPostprocessor(similarity_cutoff=0.985), RerankSettings())
    assert kept.scores(QUESTION, found(*TEXTS)) == [1.0, 0.99, 0.0]  # it sees the search's scores
    assert len(reranker_from(LongContextReorder(), RerankSettings()).scores(QUESTION, found(*TEXTS))) == 3


def test_an_order_without_scores_is_one_by_rank() -> None:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor
    from llama_index.core.schema import NodeWithScore, QueryBundle

    class Backwards(BaseNodePostprocessor):  # type: ignore[misc]
        def _postprocess_nodes(
            self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
        ) -> list[NodeWithScore]:
            return [NodeWithScore(node=one.node) for one in reversed(nodes)]

    class Doubling(BaseNodePostprocessor):  # type: ignore[misc]
        def _postprocess_nodes(
            self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
        ) -> list[NodeWithScore]:
            return [*nodes, nodes[0]]

    assert order(reranker_from(Backwards(), RerankSettings()).scores(QUESTION, found(*TEXTS))) == [2, 1, 0]
    with pytest.raises(RerankError) as caught:
        reranker_from(Doubling(), RerankSettings()).scores(QUESTION, found(*TEXTS))
    assert caught.value.code == "rerank_junk"


@pytest.mark.parametrize(
    "bad",
    [
        lambda question, texts: [0.5],
        lambda question, texts: [float("nan")] * len(texts),
        lambda question, texts: [float("inf")] * len(texts),
        lambda question, texts: ["high"] * len(texts),
        lambda question, texts: [[0.1, 0.9]] * len(texts),
        lambda question, texts: None,
        lambda question, texts: "0.5",
        lambda question, texts: dict.fromkeys(texts, 0.5),
        lambda question, texts: 1 / 0,
    ],
)
def test_a_model_that_gives_no_scores_is_one_error(bad: Callable[[str, list[str]], object]) -> None:
    with pytest.raises(RerankError) as caught:
        reranker_from(bad, RerankSettings(), "mine").scores(QUESTION, found(*TEXTS))
    assert caught.value.code == "rerank_junk"
    assert "mine" in caught.value.message


def test_a_model_that_hangs_is_given_up() -> None:
    stuck = threading.Event()
    reranker = reranker_from(lambda question, texts: stuck.wait(30), RerankSettings(rerank_timeout_s=0.1), "stuck")
    with pytest.raises(RerankError) as caught:
        reranker.scores(QUESTION, found(*TEXTS))
    assert caught.value.code == "rerank_slow"
    stuck.set()


@pytest.mark.parametrize("given_", ["cohere", 7, CrossEncoder, object()])
def test_what_is_no_reranker_is_refused(given_: object) -> None:
    with pytest.raises(UsageError) as caught:
        reranker_from(given_, RerankSettings())
    assert caught.value.code == "unknown_reranker"


@given(some.lists(some.floats(-1e6, 1e6), max_size=30))
def test_squashing_keeps_the_order(scores: list[float]) -> None:
    squashed = Squash()(scores)
    assert all(0.0 <= score <= 1.0 for score in squashed)
    for a, b in pairwise(scores):
        x, y = squashed[scores.index(a)], squashed[scores.index(b)]
        assert (x <= y) if a <= b else (x >= y)


def test_a_model_of_logits_stays_one() -> None:
    squash = Squash()
    assert squash([0.2, 0.7]) == [0.2, 0.7]
    squash([3.0])
    low, high = squash([0.2, 0.7])
    assert 0.5 < low < high < 0.7


# The settings


@pytest.mark.parametrize("name", ["none", ""])
def test_without_a_service_none_is_built(name: str) -> None:
    assert build_reranker(Settings.from_environment({"STRATA_RERANK": name})) is None


def test_the_environment_names_a_reranker() -> None:
    read = Settings.from_environment({"STRATA_RERANK": "cohere", "STRATA_RERANK_KEY": KEY, "STRATA_RERANK_MOST": "20"})
    assert KEY not in repr(read)
    reranker = build_reranker(read)
    assert reranker is not None
    assert KEY not in repr(reranker)
    assert (reranker.name, reranker.most) == ("cohere/rerank-v3.5", 20)
    with pytest.raises(UsageError):
        Settings.from_environment({"STRATA_RERANK_URL": "localhost"})


@pytest.mark.parametrize(
    "name", ["coherent", "cohere/", "openai/gpt", "no module:here", "absent_module_x:f", ":", "a:"]
)
def test_a_name_that_names_no_reranker_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        reranker_of(RerankSettings(rerank=name, rerank_key=chosen(None).rerank_key))
    assert caught.value.code == "unknown_reranker"


def test_a_missing_package_is_named() -> None:
    with mock.patch("strata.providers.find_spec", return_value=None), pytest.raises(UsageError) as caught:
        cohere_at(None)
    assert caught.value.code == "missing_package"
    assert "llama-index-postprocessor-cohere-rerank" in caught.value.hint


def test_a_package_that_cannot_be_imported_fails_the_question_alone(server: CohereServer) -> None:
    reranker = cohere_at(server.url)
    with (
        mock.patch.dict(sys.modules, {"llama_index.postprocessor.cohere_rerank": None}),
        pytest.raises(RerankError) as caught,
    ):
        reranker.scores(QUESTION, found(*TEXTS))
    assert caught.value.code == "rerank_refused"


def test_an_import_path_is_a_reranker_made_when_first_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "marsh_rerank.py").write_text(
        "def score(question, texts):\n    return [len(t) / 100 for t in texts]\n\n\n"
        "class Model:\n    def predict(self, pairs):\n        return [len(t) / 100 for _, t in pairs]\n\n\n"
        "class Broken:\n    def __init__(self):\n        raise RuntimeError('no weights')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for path in ("marsh_rerank:score", "marsh_rerank:Model"):
        reranker = reranker_of(RerankSettings(rerank=path))
        assert reranker is not None
        assert (reranker.name, reranker.most) == (path, 50)
        assert order(reranker.scores(QUESTION, found(*TEXTS))) == [1, 2, 0]
    for path in ("marsh_rerank:absent", "marsh_rerank:Broken", "marsh_rerank.deeper:score"):
        late = reranker_of(RerankSettings(rerank=path))
        assert late is not None
        with pytest.raises(RerankError) as caught:
            late.scores(QUESTION, found(*TEXTS))
        assert caught.value.code == "rerank_refused"
        assert path in caught.value.message


def test_an_assistant_takes_any_of_them(tmp_path: Path, server: CohereServer) -> None:
    with Assistant(settings=Settings(home=tmp_path), reranker=by_words) as a:
        assert a._reranker is not None
        assert a._reranker.name == "by_words"
        assert a._reranker is a._reranker
    with Assistant(settings=Settings(home=tmp_path, reranker=RerankSettings(rerank="none"))) as a:
        assert a._reranker is None
    with Assistant(settings=Settings(home=tmp_path)) as a:
        assert isinstance(a._reranker, EvidenceReranker)
    with Assistant(settings=Settings(home=tmp_path, reranker=chosen(server.url))) as a:
        assert a._reranker is not None
        assert a._reranker.name == "cohere/rerank-v3.5"


def test_an_answer_says_who_did_not_rank_it_and_the_order_before_stands(
    home: Path, encoder: MiniLM, server: CohereServer
) -> None:
    asked = "What was the share of reeds in autumn?"
    reading = IngestionSettings(layout="never")
    order_alone = Settings(home=home, ingestion=reading, reranker=RerankSettings(rerank="none"))
    with Assistant(settings=order_alone, encoder=encoder) as a:
        a.ingest(paper(home / "a.pdf"))
        plain = a.ask(asked)
    settings = Settings(home=home, ingestion=reading, reranker=chosen(server.url, rerank_timeout_s=5))
    with Assistant(settings=settings, encoder=encoder) as a:
        ranked = a.search(asked, 5)
        assert any(node.factors.rerank is not None for node in ranked)
        assert server.asked
        server.again(lambda request: refusal(401, SERVER_SAYS))
        answer = a.ask(asked)
        assert [node.node.id for node in answer.evidence] == [node.node.id for node in plain.evidence]
        assert answer.text == plain.text
        [note] = answer.notes
        assert "cohere/rerank-v3.5" in note
        assert KEY not in note
        assert answer.trace is not None
        [step] = [step for step in a.trace(answer.trace)["steps"] if step["name"] == "rerank"]
        assert step["found"]["failed"]["code"] == "rerank_refused"


def test_neither_llamaindex_nor_cohere_is_imported_before_it_is_asked() -> None:
    program = (
        "import sys; from strata.assistant import Assistant; from strata.models import build_encoder, build_reranker; "
        "from strata.settings import Settings; s = Settings.from_environment(); build_encoder(s); "
        "assert build_reranker(s) is not None; import strata.cli.app; "
        "sys.exit(any(m.split('.')[0] in ('llama_index', 'cohere', 'openai') for m in sys.modules "
        "if sys.modules[m].__dict__.get('__file__')))"
    )
    environment = clean_environment(PYTHONPATH=str(ROOT), STRATA_RERANK="cohere", STRATA_RERANK_KEY=KEY)
    assert subprocess.run([sys.executable, "-c", program], env=environment, timeout=60).returncode == 0
