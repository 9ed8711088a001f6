"""An adapter's file: read, laid over the public weights, and refused where it is not what it should be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from made_adapters import BIAS, MATRIX, WIDTH, made_adapter

from hierarchy.errors import ModelError
from strata.adapter import lay_over, read_adapter, weights_of
from strata.weights import WEIGHTS, checked, folded

ONE_OF_TWO = """
import pathlib, sys, time
import strata.weights as weights
from strata.adapter import read_adapter
home, adapter = map(pathlib.Path, sys.argv[1:])
def slow(source, folder, laid):
    with (home / "made").open("a") as log:
        log.write("once\\n")
    time.sleep(0.5)
    out = folder / "fast.onnx"
    out.write_bytes(b"whole")
    return out
weights._convert = slow
print(weights.prepared(home, read_adapter(adapter)).name)
"""


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The public encoder's graph with its constants folded."""
    path = tmp_path_factory.mktemp("public") / "folded.onnx"
    folded(checked(WEIGHTS), path)
    return path.read_bytes()


def test_a_product_is_added_and_a_bias_replaced_and_all_else_stays(public: bytes, tmp_path: Path) -> None:
    before, model = weights_of(onnx.load_from_string(public)), onnx.load_from_string(public)
    bias = np.linspace(-1, 1, WIDTH).astype(np.float16)
    path = made_adapter(tmp_path / "made.npz", {BIAS: bias}, strength=2.0)
    with np.load(path) as z:
        product = 2.0 * np.outer(z[f"{MATRIX}.B"][:, 0] * 0.01, z[f"{MATRIX}.A"][0] * 0.01)
        product += 2.0 * np.outer(z[f"{MATRIX}.B"][:, 1] * 0.01, z[f"{MATRIX}.A"][1] * 0.01)
    lay_over(model, read_adapter(path))
    after = weights_of(model)
    assert np.allclose(after[f"{MATRIX}.weight"] - before[f"{MATRIX}.weight"], product, atol=5e-3)
    assert np.array_equal(after[BIAS], bias.astype(np.float32))
    same = {name for name in before if np.array_equal(before[name], after[name])}
    assert set(before) - same == {f"{MATRIX}.weight", BIAS}


def test_every_matrix_of_the_graph_is_known_by_its_published_name(public: bytes) -> None:
    found = weights_of(onnx.load_from_string(public))
    parts = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense")
    for i in range(6):
        assert [found[f"encoder.layer.{i}.{part}.weight"].shape for part in parts] == [(WIDTH, WIDTH)] * 4
        assert found[f"encoder.layer.{i}.intermediate.dense.weight"].shape == (4 * WIDTH, WIDTH)
        assert found[f"encoder.layer.{i}.output.dense.weight"].shape == (WIDTH, 4 * WIDTH)


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "strata-adapter-0"},
        {"format": None},
        {"head.bias": None},
        {f"{MATRIX}.B": None},
        {f"{MATRIX}.A.scale": None},
        {f"{MATRIX}.A": np.ones((3, WIDTH), np.int8)},
        {"scale": np.array("wide")},
    ],
)
def test_a_file_that_lacks_something_is_refused(tmp_path: Path, changed: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="cannot be read") as refused:
        read_adapter(made_adapter(tmp_path / "made.npz", changed))
    assert "python -m training.encoder" in refused.value.hint


@pytest.mark.parametrize("kept", [0, 10, 700])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, kept: int) -> None:
    path = made_adapter(tmp_path / "made.npz")
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ModelError, match="cannot be read"):
        read_adapter(path)


def test_a_missing_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="missing") as refused:
        read_adapter(tmp_path / "none.npz")
    assert refused.value.hint


@pytest.mark.parametrize("name", ["encoder.layer.9.output.dense.bias", "encoder.layer.1.intermediate.dense.bias"])
def test_what_does_not_fit_the_encoder_is_refused(public: bytes, tmp_path: Path, name: str) -> None:
    adapter = read_adapter(made_adapter(tmp_path / "made.npz", {name: np.zeros(WIDTH, np.float16)}))
    with pytest.raises(ModelError, match=name):
        lay_over(onnx.load_from_string(public), adapter)


def test_two_processes_that_need_the_file_at_once_make_it_once(tmp_path: Path) -> None:
    adapter = made_adapter(tmp_path / "made.npz")
    command = [sys.executable, "-c", ONE_OF_TWO, str(tmp_path), str(adapter)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    names = {process.communicate(timeout=60)[0].strip() for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert (tmp_path / "made").read_text() == "once\n"
    assert len(names) == 1
    assert read_adapter(adapter).sha256[:12] in names.pop()
