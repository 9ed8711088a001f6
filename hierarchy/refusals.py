"""What every engine refuses, in the same words: bad records, a paper that changed
meanwhile, another encoder, a project that is not there.

It must not know any engine.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

import numpy as np

from hierarchy.encoder import EncoderIdentity
from hierarchy.errors import BatchError, ConflictError, MismatchError, UsageError
from hierarchy.nodes import Node, Record
from hierarchy.store import Unchecked


def check_records(records: Sequence[Record], project: str, encoder: EncoderIdentity) -> None:
    """Refuses a whole batch, naming what is wrong, before anything is written.

    Raises:
        BatchError: with the ids of nodes that have a wrong vector, no id, or belong to another project.
    """
    wrong: dict[str, str] = {}
    for record in records:
        if record.vector.shape != (encoder.dimension,):
            wrong[record.node.id] = f"a vector of shape {record.vector.shape}, not ({encoder.dimension},)"
        elif not np.isfinite(record.vector).all():
            wrong[record.node.id] = "a vector with NaN or infinity"
        elif not record.node.id or record.node.project != project:
            wrong[record.node.id] = "an empty id, or another project's node"
    if wrong:
        raise BatchError(wrong)


def check_known(paper: str, there: Mapping[str, Node], known: Node | Unchecked | None) -> None:
    """Refuses to replace a paper that is not as its writer knows it; `there` are its nodes as they are.

    Raises:
        ConflictError: where it changed, came or went.
    """
    now = there.get(paper)
    if not isinstance(known, Unchecked) and (now is None) != (known is None):
        raise ConflictError(paper)
    if isinstance(known, Node) and now is not None and (now.digest, now.metadata) != (known.digest, known.metadata):
        raise ConflictError(paper)


def other_encoder(project: str, made_with: EncoderIdentity, given: EncoderIdentity) -> MismatchError:
    """The error for a project that was made with another encoder."""
    return MismatchError(
        f"Project {project!r} was made with the encoder {made_with}, not with {given}.",
        "Use that encoder, or ingest the papers into a new project (--project NAME).",
        "other_encoder",
    )


def different_encoders(one: str, made_with: EncoderIdentity, other: str, otherwise: EncoderIdentity) -> UsageError:
    """The error for projects whose vectors do not compare."""
    return UsageError(
        f"Projects {one!r} and {other!r} were made with different encoders ({made_with} and {otherwise}), so they"
        " cannot be searched together.",
        "Ask each alone, or ingest the papers of one into a new project (--project NAME) with the other's encoder.",
        "different_encoders",
    )


def one_project(names: Sequence[str]) -> UsageError:
    """The error for what can be done with one project at a time, where several are named."""
    return UsageError(
        f"This is for one project at a time, not for {len(names)} ({', '.join(names)}).",
        "Name one of them; several can be asked and searched together.",
        "several_projects",
    )


def unknown_project(name: str, names: Sequence[str]) -> UsageError:
    """The error for a project that does not exist, with what may have been meant."""
    close = difflib.get_close_matches(name, names, 1)
    if close:
        hint = f"Did you mean --project {close[0]}?"
    elif names:
        hint = "Projects: " + ", ".join(names[:10]) + ". A new one begins with: strata ingest FOLDER --project NAME."
    else:
        hint = "There is none yet. Begin with: strata ingest FOLDER --project NAME."
    return UsageError(f"There is no project {name!r}.", hint, "unknown_project")
