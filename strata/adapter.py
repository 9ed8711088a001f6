"""Small trained weights laid over the public encoder's: reads an adapter's file and adds it to the folded graph.

An adapter (Hu et al. 2022, "LoRA") changes a matrix W (outputs, inputs) to W + scale B A, and puts biases and
LayerNorms of its own in place. The file is an .npz: `NAME.A` and `NAME.B` of the weight NAME, as whole numbers with
`NAME.A.scale` for each of their components, and whatever else is replaced under its own name; `head.weight` and
`head.bias` weigh a question's tokens. numpy alone does it; nothing here knows what the encoder is for.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from hierarchy.encoder import Matrix
from hierarchy.errors import ModelError

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto

EVIDENCE = Path(__file__).parent / "adapters" / "evidence.npz"
FORMAT = "strata-adapter-1"
HEAD = "head."
HINT = "Install Strata again, or train the adapter anew: python -m training.encoder."
INNER = "inner."  # what the folded graph puts in front of the published names


class Adapter(msgspec.Struct, frozen=True, eq=False):
    """What an adapter's file says. `deltas`: added to a weight, shape (outputs, inputs); `replaced`: put in its place;
    `head`: weight (384,) and bias of the question's tokens; `sha256` of the file."""

    sha256: str
    deltas: Mapping[str, Matrix]
    replaced: Mapping[str, Matrix]
    head: tuple[Matrix, float]


class Place(NamedTuple):
    """Where the graph keeps a weight; `turned` where it is there as (inputs, outputs)."""

    initializer: str
    turned: bool


def read_adapter(path: Path) -> Adapter:
    """The adapter of a file.

    Raises:
        ModelError: where it is missing, damaged or of another format.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"The adapter {path.name} is missing ({error.strerror or error}).", HINT) from error
    try:
        with np.load(path, allow_pickle=False) as arrays:
            held = {name: arrays[name] for name in arrays.files}
        if str(held.pop("format")) != FORMAT:
            raise ValueError("another format")
        scale = float(held.pop("scale"))
        held.pop("card", None)
        factors = {name: _factor(name, held) for name in list(held) if name.endswith((".A", ".B"))}
        plain: dict[str, Matrix] = {
            name: value.astype(np.float32) for name, value in held.items() if not name.endswith(".scale")
        }
        names = sorted(name[:-2] for name in factors if name.endswith(".A"))
        deltas = {f"{n}.weight": np.asarray(scale * factors[f"{n}.B"] @ factors[f"{n}.A"], np.float32) for n in names}
        head = plain.pop(f"{HEAD}weight").reshape(-1), float(plain.pop(f"{HEAD}bias").reshape(-1)[0])
    except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise ModelError(f"The adapter {path.name} cannot be read ({error}).", HINT) from error
    return Adapter(hashlib.sha256(content).hexdigest(), deltas, plain, head)


def lay_over(model: ModelProto, adapter: Adapter) -> None:
    """Adds the adapter to the graph's weights, in place.

    Raises:
        ModelError: where it names a weight that the graph lacks or that has another shape.
    """
    from onnx import numpy_helper

    places, held = places_of(model.graph), {tensor.name: tensor for tensor in model.graph.initializer}
    for changes, added in ((adapter.deltas, True), (adapter.replaced, False)):
        for name, change in changes.items():
            place = places.get(name)
            if place is None:
                raise ModelError(f"The adapter changes {name}, which the encoder does not have.", HINT)
            tensor = held[place.initializer]
            given = change.T if place.turned else change
            if tuple(tensor.dims) != given.shape:
                raise ModelError(f"The adapter's {name} has another shape than the encoder's.", HINT)
            new = numpy_helper.to_array(tensor) + given if added else given
            tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(new, np.float32), tensor.name))


def weights_of(model: ModelProto) -> dict[str, Matrix]:
    """The graph's weights under their published names, matrices as (outputs, inputs)."""
    from onnx import numpy_helper

    held = {tensor.name: tensor for tensor in model.graph.initializer}
    found: dict[str, Matrix] = {}
    for name, place in places_of(model.graph).items():
        array = numpy_helper.to_array(held[place.initializer])
        found[name] = np.array(array.T if place.turned else array, dtype=np.float32)
    return found


def places_of(graph: GraphProto) -> dict[str, Place]:
    """Where each weight stands: by its own name, or, for a matrix that folding left without one, by the name of the
    bias that is added to its product."""
    held = {tensor.name for tensor in graph.initializer}
    places = {name.removeprefix(INNER): Place(name, False) for name in held if name.startswith(INNER)}
    product = {node.output[0]: node.input[1] for node in graph.node if node.op_type == "MatMul"}
    for node in graph.node:
        if node.op_type != "Add":
            continue
        weights = [product[i] for i in node.input if product.get(i) in held]
        biases = [i for i in node.input if i in held and i.endswith(".bias")]
        if weights and biases:
            places[biases[0].removeprefix(INNER).removesuffix("bias") + "weight"] = Place(weights[0], True)
    return places


def _factor(name: str, held: dict[str, npt.NDArray[Any]]) -> Matrix:
    """One thin matrix; its file has whole numbers and one scale for each component of the rank."""
    whole = held.pop(name)
    return np.asarray(whole.astype(np.float32) * held.pop(f"{name}.scale").astype(np.float32), dtype=np.float32)
