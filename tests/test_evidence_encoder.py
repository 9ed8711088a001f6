"""The encoder that reads found passages once more: its tokens, what its adapter changes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from made_adapters import MATRIX, made_adapter

from hierarchy.encoder import Text
from hierarchy.errors import ModelError
from strata.adapter import EVIDENCE, lay_over, read_adapter
from strata.evidence_encoder import EvidenceEncoder
from strata.minilm import MiniLM
from strata.weights import WEIGHTS, checked, folded

TEXTS = [
    Text("We recorded calls at twelve ponds over two seasons with omnidirectional microphones.", "Methods: "),
    Text("How were the calls recorded?"),
    Text("word " * 700, "A long section: "),
    Text(""),
]


@pytest.fixture(scope="module")
def trained(prepared_home: Path) -> EvidenceEncoder:
    return EvidenceEncoder(prepared_home)


def test_an_adapter_that_changes_nothing_sees_what_the_public_encoder_sees(
    prepared_home: Path, encoder: MiniLM, tmp_path: Path
) -> None:
    same = EvidenceEncoder(prepared_home, adapter=made_adapter(tmp_path / "none.npz"))
    for seen, known in zip(same.tokens(TEXTS), encoder.encode(TEXTS), strict=True):
        assert float(seen.vector @ known.vector) > 0.9999
        assert np.allclose(seen.weights, np.log1p(np.exp(0.5)), atol=1e-3)  # softplus of the head's bias


def test_tokens_are_unit_rows_one_for_each_of_the_text_and_none_of_its_prefix(trained: EvidenceEncoder) -> None:
    plain = trained.tokens([Text(text.text) for text in TEXTS])
    for seen, without in zip(trained.tokens(TEXTS), plain, strict=True):
        assert np.array_equal(seen.ids, without.ids)
        assert seen.vectors.shape == (len(seen.ids), 384)
        assert seen.weights.shape == (len(seen.ids),)
        assert np.allclose(np.linalg.norm(seen.vectors, axis=1), 1, atol=1e-4)
        assert np.isclose(np.linalg.norm(seen.vector), 1, atol=1e-4)
        assert (seen.weights > 0).all()
    assert len(plain[2].ids) == 700
    assert len(plain[3].ids) == 0


def test_order_and_threads_change_nothing(prepared_home: Path, trained: EvidenceEncoder) -> None:
    alone = EvidenceEncoder(prepared_home, threads=1)
    for one, other in zip(alone.tokens(TEXTS[::-1])[::-1], trained.tokens(TEXTS), strict=True):
        assert np.allclose(one.vector, other.vector, atol=1e-5)
        assert np.allclose(one.vectors, other.vectors, atol=1e-4)


def test_the_quantised_file_agrees_with_the_weights_it_was_made_of(trained: EvidenceEncoder, tmp_path: Path) -> None:
    path = tmp_path / "folded.onnx"
    folded(checked(WEIGHTS), path)
    model = onnx.load(str(path))
    lay_over(model, read_adapter(EVIDENCE))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    for text, seen in zip(TEXTS[:2], trained.tokens([Text(t.text) for t in TEXTS[:2]]), strict=True):
        assert text.text
        row = np.array([[101, *seen.ids, 102]], np.int64)
        fed = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
        states = np.asarray(session.run(None, fed)[0])[0]
        mean = states.mean(axis=0)
        assert float(mean @ seen.vector / np.linalg.norm(mean)) > 0.98
        unit = states[1:-1] / np.linalg.norm(states[1:-1], axis=1, keepdims=True)
        assert float((unit * seen.vectors).sum(axis=1).mean()) > 0.95


def test_the_shipped_adapter_is_small_and_part_of_what_the_encoder_is(
    trained: EvidenceEncoder, encoder: MiniLM
) -> None:
    assert EVIDENCE.stat().st_size <= 2_000_000
    assert read_adapter(EVIDENCE).sha256[:8] in trained.identity.model
    assert trained.identity != encoder.identity
    assert float(trained.tokens(TEXTS[:1])[0].vector @ encoder.encode(TEXTS[:1])[0].vector) < 0.95


def test_another_adapter_is_another_encoder_with_a_file_of_its_own(prepared_home: Path, tmp_path: Path) -> None:
    weak = EvidenceEncoder(prepared_home, adapter=made_adapter(tmp_path / "weak.npz", strength=0.5))
    strong = EvidenceEncoder(prepared_home, adapter=made_adapter(tmp_path / "strong.npz", strength=5.0))
    assert weak.identity != strong.identity
    assert float(weak.tokens(TEXTS[:1])[0].vector @ strong.tokens(TEXTS[:1])[0].vector) < 0.999
    assert len({path.name for path in (prepared_home / "models").glob("minilm-*-*.onnx")}) >= 2


def test_a_missing_or_damaged_adapter_is_a_model_error_before_anything_is_read(home: Path, tmp_path: Path) -> None:
    junk = tmp_path / "junk.npz"
    junk.write_bytes(b"no archive")
    for path in (tmp_path / "none.npz", junk, made_adapter(tmp_path / "half.npz", {f"{MATRIX}.B": None})):
        with pytest.raises(ModelError):
            _ = EvidenceEncoder(home, adapter=path).identity
        with pytest.raises(ModelError):
            EvidenceEncoder(home, adapter=path).tokens(TEXTS)
