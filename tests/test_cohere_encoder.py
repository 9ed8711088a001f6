"""Cohere's embeddings as a project's encoder: on the wire, each way they fail, and papers that come in meanwhile."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from cohere_server import CohereServer, Reply, embedded, refusal, serving_cohere
from made_lakes import RESULTS, paper
from wire_server import Raw, Request

from hierarchy.encoder import Text
from hierarchy.errors import ENCODE_CODES, EncodeError, MismatchError, UsageError
from ingestion.findings import fits
from ingestion.report import Added, Failed
from ingestion.settings import IngestionSettings
from strata.assistant import Assistant
from strata.cohere_encoder import BATCH, DIMENSIONS, CohereEncoder
from strata.encoders import service_of
from strata.minilm import MiniLM
from strata.models import build_encoder
from strata.settings import EncoderSettings, Settings

KEY = "co-secret-1234567890"
SERVER_SAYS = f"invalid api token: {KEY} <script>"
BIRDS, LAKES = "Birds sing in the morning.", "Lakes are shallow in summer."
QUESTION = "What was the share of reeds in autumn?"
REEDS, OWLS = "Reeds in shallow lakes", "Owls over wide meadows"


@pytest.fixture(scope="module")
def server() -> Iterator[CohereServer]:
    with serving_cohere() as running:
        yield running


@pytest.fixture(autouse=True)
def hasty(server: CohereServer) -> Iterator[None]:
    """Waits between two tries are short; the server answers well."""
    server.again()
    with mock.patch("strata.patience.FIRST_WAIT_S", 0.01), mock.patch("strata.cohere_encoder.BUSY_S", 5.0):
        yield


def chosen(url: str | None, **values: object) -> EncoderSettings:
    given = {"encoder": "cohere/embed-english-light-v3.0", "encoder_url": url, "encoder_key": KEY}
    return EncoderSettings.model_validate(given | values)


def encoder_at(url: str | None, **values: object) -> CohereEncoder:
    encoder = service_of(chosen(url, **values))
    assert isinstance(encoder, CohereEncoder)
    return encoder


def failing(server: CohereServer, reply: Reply, **values: object) -> EncodeError:
    """The error that encoding ends in; it tells a person what to do, and never the key."""
    server.again(reply)
    with pytest.raises(EncodeError) as caught:
        encoder_at(server.url, **values).encode([Text(BIRDS), Text(LAKES)])
    error = caught.value
    assert error.code in ENCODE_CODES
    assert error.hint
    assert "cohere/embed-english-light-v3.0" in error.message
    assert KEY not in str(error)
    assert "<script>" not in str(error)
    return error


# What is sent and what comes back


def test_a_text_its_sentences_and_a_question_have_vectors(server: CohereServer) -> None:
    text = f"{BIRDS} {LAKES}"
    parts = ((0, len(BIRDS)), (len(BIRDS) + 1, len(text)))
    encoder = encoder_at(server.url)
    one, question = encoder.encode([Text(text, "Results: ", parts), Text("Where are lakes shallow?", asked=True)])
    assert one.vector.shape == question.vector.shape == (384,)
    assert one.parts.shape == (2, 384)
    assert one.vector.dtype == one.parts.dtype == np.float32
    for row in (one.vector, question.vector, *one.parts):
        assert float(np.linalg.norm(row)) == pytest.approx(1.0, abs=1e-5)
    assert one.parts[1] @ question.vector > one.parts[0] @ question.vector
    documents, asked = sorted(server.asked, key=lambda request: str(request.body["input_type"]))
    assert documents.path == "/v2/embed"
    assert documents.key == f"Bearer {KEY}"
    assert documents.body["texts"] == [f"Results: {text}", BIRDS, LAKES]
    assert (documents.body["input_type"], asked.body["input_type"]) == ("search_document", "search_query")
    assert documents.body["model"] == "embed-english-light-v3.0"
    assert "output_dimension" not in documents.body


def test_many_texts_go_out_in_batches_each_once(server: CohereServer) -> None:
    texts = [Text(f"Reed number {n}.", parts=((0, 4),)) for n in range(BATCH * 2 + 5)]
    encoded = encoder_at(server.url).encode([*texts, texts[0]])
    assert len(encoded) == len(texts) + 1
    assert np.array_equal(encoded[0].vector, encoded[-1].vector)
    sent = [text for request in server.asked for text in request.body["texts"]]
    assert len(server.asked) == 3
    assert sorted(sent) == sorted([*(text.text for text in texts), "Reed"])
    alone = encoder_at(server.url).encode([texts[100]])[0]
    assert np.allclose(alone.vector, encoded[100].vector, atol=1e-6)


def test_what_has_no_word_is_not_sent(server: CohereServer) -> None:
    blank, huge = encoder_at(server.url).encode([Text(" \n", parts=((0, 1),)), Text("marsh " * 100_000)])
    assert blank.vector.shape == (384,)
    assert blank.parts.shape == (1, 384)
    [asked] = server.asked
    assert [len(text) for text in asked.body["texts"]] == [8_000]
    assert np.isfinite(huge.vector).all()
    assert encoder_at(server.url).encode([]) == []
    assert len(server.asked) == 1


def test_a_model_of_several_dimensions_is_asked_for_one(server: CohereServer) -> None:
    encoder = encoder_at(server.url, encoder="cohere/embed-v4.0", encoder_dimension=256)
    assert (encoder.identity.model, encoder.identity.dimension) == ("cohere/embed-v4.0", 256)
    assert encoder.encode([Text(BIRDS)])[0].vector.shape == (256,)
    assert server.asked[0].body["output_dimension"] == 256


def test_identities_differ_by_model_and_dimension() -> None:
    identities = {
        str(encoder_at(None, encoder=f"cohere/{model}", encoder_dimension=dimension).identity)
        for model, dimensions in DIMENSIONS.items()
        for dimension in dimensions
    }
    assert len(identities) == sum(map(len, DIMENSIONS.values()))


def test_llamaindex_is_handed_questions_as_questions(server: CohereServer) -> None:
    from strata.llama import StrataEmbedding

    embedding = StrataEmbedding(encoder_at(server.url))
    embedding.get_query_embedding("Where?")
    embedding.get_text_embedding("There.")
    assert [request.body["input_type"] for request in server.asked] == ["search_query", "search_document"]


# How it fails


@pytest.mark.parametrize(
    ("reply", "code", "tries"),
    [
        (refusal(401, SERVER_SAYS), "encode_refused", 1),
        (refusal(400, SERVER_SAYS), "encode_refused", 1),
        (refusal(429, "You are using a Trial key, which is limited to 1000 API calls / month."), "encode_quota", 1),
        (refusal(429, "Please wait.", **{"Retry-After": "0.01"}), "encode_quota", 40),
        (refusal(429, "Please wait.", **{"Retry-After": "3600"}), "encode_quota", 1),
        (refusal(500, SERVER_SAYS), "encode_down", 3),
        (Raw(504, b"<html>Gateway timeout</html>"), "encode_slow", 1),
        (Raw(200, b"<html>Welcome!</html>", {"Content-Type": "text/html"}), "encode_junk", 1),
        (Raw(200, b"null"), "encode_junk", 1),
        (embedded([[0.1] * 384]), "encode_junk", 1),
        (embedded([[0.1] * 384] * 3), "encode_junk", 1),
        (embedded([[0.1] * 100] * 2), "encode_junk", 1),
        (embedded([[0.1] * 384, [0.1] * 383]), "encode_junk", 1),
        (embedded([[float("nan")] * 384] * 2), "encode_junk", 1),
        (embedded([["high"] * 384] * 2), "encode_junk", 1),
        (embedded(None), "encode_junk", 1),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Raw) else str(value),
)
def test_each_failure_has_its_code(server: CohereServer, reply: Raw, code: str, tries: int) -> None:
    error = failing(server, lambda request: reply)
    assert error.code == code
    assert len(server.asked) == tries


def test_what_passes_is_tried_again(server: CohereServer) -> None:
    answers = [refusal(429, "Please wait.", **{"Retry-After": "0.05"}), refusal(500, "Oops.")]
    server.again(lambda request: answers.pop(0) if answers else None)
    assert len(encoder_at(server.url).encode([Text(BIRDS)])) == 1
    assert len(server.asked) == 3


def test_a_question_waits_no_longer_than_a_reply_may_take_and_papers_longer(server: CohereServer) -> None:
    answers = [refusal(429, "Please wait.", **{"Retry-After": "1"})] * 2
    server.again(lambda request: answers.pop(0) if answers else None)
    encoder = encoder_at(server.url, encoder_timeout_s=0.6)
    with pytest.raises(EncodeError) as caught:
        encoder.encode([Text("Where?", asked=True)])
    assert caught.value.code == "encode_quota"
    assert len(encoder.encode([Text(BIRDS)])) == 1


def test_a_reply_that_takes_too_long_is_given_up(server: CohereServer) -> None:
    start = time.monotonic()
    assert failing(server, lambda request: Raw(wait_s=30), encoder_timeout_s=0.3).code == "encode_slow"
    assert time.monotonic() - start < 20


def test_a_key_that_is_refused_is_not_tried_for_each_paper(server: CohereServer) -> None:
    encoder = encoder_at(server.url)
    server.again(lambda request: refusal(401, SERVER_SAYS))
    for _ in range(3):
        with pytest.raises(EncodeError):
            encoder.encode([Text(BIRDS)])
    assert len(server.asked) == 1


# The settings


def test_a_service_is_chosen_by_name_and_never_by_a_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COHERE_API_KEY", KEY)
    monkeypatch.setenv("CO_API_KEY", KEY)
    local = Settings.from_environment({"STRATA_HOME": str(tmp_path), "STRATA_ENCODER_KEY": KEY})
    assert isinstance(build_encoder(local), MiniLM)
    named = {"STRATA_ENCODER": "cohere/embed-v4.0", "STRATA_ENCODER_KEY": KEY, "STRATA_ENCODER_DIMENSION": "512"}
    assert build_encoder(Settings.from_environment(named)).identity.dimension == 512
    assert KEY not in repr(local)
    with pytest.raises(UsageError) as caught:
        encoder_at(None, encoder_key=None)
    assert caught.value.code == "no_encoder_key"
    assert KEY not in repr(encoder_at(None))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"encoder": "openai/ada"}, "unknown_encoder"),
        ({"encoder": "cohere/embed-v9"}, "unknown_encoder"),
        ({"encoder": "cohere/embed-v4.0", "encoder_dimension": 300}, "bad_setting"),
    ],
)
def test_what_there_is_not_is_refused(values: dict[str, object], code: str) -> None:
    with pytest.raises(UsageError) as caught:
        service_of(chosen(None, **values))
    assert caught.value.code == code
    assert "STRATA_ENCODER" in str(caught.value)


def test_a_missing_package_is_named() -> None:
    with mock.patch("strata.providers.find_spec", return_value=None), pytest.raises(UsageError) as caught:
        encoder_at(None)
    assert "llama-index-embeddings-cohere" in caught.value.hint


# Papers that come in by it


@pytest.fixture
def at_cohere(server: CohereServer, tmp_path: Path) -> Iterator[Callable[..., Assistant]]:
    """A factory of assistants over one home whose encoder is the service."""
    made: list[Assistant] = []

    def make(project: str = "papers", **values: object) -> Assistant:
        reading = IngestionSettings(layout="never")
        settings = Settings(home=tmp_path / "home", encoder=chosen(server.url, **values), ingestion=reading)
        made.append(Assistant(project, settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("papers")
    return [paper(folder / "a.pdf", RESULTS, REEDS), paper(folder / "b.pdf", RESULTS[:2], OWLS)]


def on(what: str, answer: Raw) -> Reply:
    """Answers so where a text tells of this."""

    def reply(request: Request) -> Raw | None:
        return answer if any(what in text for text in request.body["texts"]) else None

    return reply


@pytest.mark.parametrize("model", ["embed-english-light-v3.0", "embed-v4.0"])
def test_a_project_by_the_service_answers(
    at_cohere: Callable[..., Assistant], files: list[Path], server: CohereServer, model: str
) -> None:
    a = at_cohere(encoder=f"cohere/{model}")
    report = a.ingest(files)
    assert [type(outcome).__name__ for outcome in report.outcomes] == ["Added", "Added"]
    assert {request.body["input_type"] for request in server.asked} == {"search_document"}
    assert a.findings()  # told by words alone: the shipped weights know another encoder's vectors
    server.again()
    answer = a.ask(QUESTION)
    assert "63%" in answer.text
    assert [request.body["input_type"] for request in server.asked] == ["search_query"]
    assert "vector" not in str(answer.route.reason)
    server.again()
    assert [type(outcome).__name__ for outcome in a.ingest(files).outcomes] == ["Unchanged", "Unchanged"]
    assert not server.asked


def test_the_shipped_classes_are_used_with_their_own_encoder_alone(encoder: MiniLM) -> None:
    assert fits(encoder.identity)
    assert not fits(encoder_at(None).identity)  # of as many dimensions


def test_another_encoder_is_refused_with_a_way_out(
    at_cohere: Callable[..., Assistant], files: list[Path], server: CohereServer
) -> None:
    at_cohere().ingest(files[:1])
    other = at_cohere(encoder="cohere/embed-v4.0")
    for use in (lambda: other.ask(QUESTION), lambda: other.ingest(files), other.refresh):
        with pytest.raises(MismatchError) as caught:
            use()
        assert "embed-english-light-v3.0" in caught.value.message
        assert "--project" in caught.value.hint
    assert len(at_cohere("other", encoder="cohere/embed-v4.0").ingest(files).outcomes) == 2


def test_a_paper_that_is_not_encoded_fails_alone_and_is_taken_up_again(
    at_cohere: Callable[..., Assistant], files: list[Path], server: CohereServer
) -> None:
    a = at_cohere()
    server.again(on("birds increased", refusal(500, SERVER_SAYS)))
    report = a.ingest(files)
    failed = {outcome.file: outcome for outcome in report.outcomes if isinstance(outcome, Failed)}
    assert list(failed) == ["a.pdf"]
    assert failed["a.pdf"].code == "encode_down"
    assert "--retry-failed" in failed["a.pdf"].hint or "later" in failed["a.pdf"].hint
    assert [outcome.title for outcome in report.outcomes if isinstance(outcome, Added)] == [OWLS]
    server.again()
    assert [o.file for o in a.ingest(retry_failed=True).outcomes if not isinstance(o, Failed)] == ["a.pdf"]
    assert not a.failures()


def test_a_wrong_key_fails_each_paper_and_asks_once(
    at_cohere: Callable[..., Assistant], files: list[Path], server: CohereServer
) -> None:
    a = at_cohere()
    server.again(lambda request: refusal(401, SERVER_SAYS))
    report = a.ingest(files)
    assert [o.code for o in report.outcomes if isinstance(o, Failed)] == ["encode_refused"] * 2
    assert len(server.asked) == 1
    assert KEY not in str(report.to_dict())
    server.again()
    assert len([o for o in at_cohere().ingest(files).outcomes if not isinstance(o, Failed)]) == 2


def test_a_changed_paper_that_is_not_encoded_stays_as_it_was(
    at_cohere: Callable[..., Assistant], tmp_path: Path, server: CohereServer
) -> None:
    file = paper(tmp_path / "a.pdf", RESULTS[:1], REEDS)
    a = at_cohere()
    a.ingest(file)
    before = _state(a)
    paper(file, RESULTS, REEDS)
    server.again(lambda request: refusal(503, SERVER_SAYS))
    [failed] = a.ingest(file).outcomes
    assert isinstance(failed, Failed)
    assert _state(a) == before
    server.again()
    [changed] = a.ingest(file).outcomes
    assert type(changed).__name__ == "Changed"


def test_entries_that_are_not_encoded_fail_and_come_in_later(
    at_cohere: Callable[..., Assistant], tmp_path: Path, server: CohereServer
) -> None:
    file = tmp_path / "refs.json"
    told = {"reeds": "Reeds grew by 12%.", "owls": "Owls hunted less.", "terns": "Terns came late."}
    entries: list[dict[str, Any]] = [
        {"id": name, "title": f"On {name} of the marsh", "abstract": f"{text} We looked for two years."}
        for name, text in told.items()
    ]
    file.write_text(json.dumps(entries))
    a = at_cohere()
    server.again(lambda request: refusal(500, SERVER_SAYS))
    assert [o.code for o in a.ingest(file).outcomes if isinstance(o, Failed)] == ["encode_down"] * 3
    server.again(on("Owls hunted", refusal(400, SERVER_SAYS)))  # one text that is refused spoils no other
    outcomes = a.ingest(file, retry_failed=True).outcomes
    assert [(o.entry, o.code) for o in outcomes if isinstance(o, Failed)] == [("owls", "encode_refused")]
    assert sum(type(o).__name__ == "Added" for o in outcomes) == 2
    server.again()
    outcomes = a.ingest(file).outcomes
    assert sorted(type(o).__name__ for o in outcomes) == ["Added", "Unchanged", "Unchanged"]


def test_a_closer_reading_that_is_not_encoded_is_tried_again(
    at_cohere: Callable[..., Assistant], files: list[Path], server: CohereServer
) -> None:
    a = at_cohere()
    a.ingest(files[:1])
    server.again(lambda request: refusal(503, SERVER_SAYS))
    with mock.patch("ingestion.branch.TREE", "tree-other"):  # every passage is another one now
        report = a.ingest(files[:1], layout="always")
    [refined] = report.refined
    assert refined.error is not None
    assert refined.error["code"] == "encode_down"
    server.again()
    with mock.patch("ingestion.branch.TREE", "tree-other"):
        [again] = a.ingest(files[:1], layout="always").refined
    assert again.error is None


def test_a_question_that_is_not_encoded_is_one_message(
    at_cohere: Callable[..., Assistant], files: list[Path], server: CohereServer
) -> None:
    at_cohere().ingest(files[:1])
    server.again(lambda request: refusal(401, SERVER_SAYS))
    with pytest.raises(EncodeError) as caught:
        at_cohere().ask(QUESTION)
    assert caught.value.code == "encode_refused"
    assert KEY not in str(caught.value)


def _state(a: Assistant) -> dict[str, str]:
    return {node.id: node.digest for node in a._store().scan()}
