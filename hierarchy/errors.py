"""The one tree of errors: each says what is wrong, and what to do next.

    StrataError                 anything that a user should read as one sentence
    ├── UsageError              a wrong argument, name or setting
    ├── ReadError               a file that cannot be read as a paper (codes: see READ_CODES)
    ├── StoreError              the store refuses, is full, or cannot be written
    │   ├── BatchError          some records of a batch are not acceptable; names them
    │   ├── ConflictError       another process changed the same paper meanwhile
    │   └── MismatchError       made by another version or another encoder
    ├── ModelError              a model's files are missing, altered or cannot be prepared
    ├── EncodeError             an encoder that is a service does not answer (the codes of a writer, encode_ in front)
    ├── WriterError             a language model does not answer (codes: see WRITER_CODES)
    ├── RerankError             a reranker does not answer (the same codes, rerank_ in front)
    └── NotBuiltError           an option whose part of Strata does not exist

It must not know who raises or who prints: a door turns an error into a line and an exit code.
"""

from __future__ import annotations

READ_CODES = (
    "encrypted",
    "not_a_pdf",
    "empty",
    "damaged",
    "no_text",
    "too_large",
    "timeout",
    "memory",
    "unreadable",
)
WRITER_CODES = (
    "writer_down",  # no answer, or a server's own failure
    "writer_slow",  # no whole answer in time
    "writer_refused",  # the key, the name of the model or the request is not accepted
    "writer_quota",  # no more requests for now, or none left that are paid for
    "writer_junk",  # an answer that cannot be read
)
RERANK_CODES = tuple(code.replace("writer", "rerank") for code in WRITER_CODES)
ENCODE_CODES = tuple(code.replace("writer", "encode") for code in WRITER_CODES)


class StrataError(Exception):
    """An error meant for a person.

    Args:
        message: what is wrong, one sentence without a full stop at its end being required.
        hint: what to do about it, one sentence.
        code: a stable word for programs.
    """

    code = "error"

    def __init__(self, message: str, hint: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or type(self).code

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def to_dict(self) -> dict[str, str]:
        """`{"code", "message", "hint"}`, the error of the records."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


class UsageError(StrataError):
    """A wrong argument, name or setting."""

    code = "usage"


class ReadError(StrataError):
    """A file that cannot be read as a paper; its code is one of READ_CODES."""

    code = "unreadable"


class StoreError(StrataError):
    """A store that refuses, is full, or cannot be written."""

    code = "store"


class BatchError(StoreError):
    """Some records of a batch are not acceptable; `ids` names them. Nothing else of the batch is lost."""

    code = "batch"

    def __init__(self, reasons: dict[str, str]) -> None:
        self.ids = tuple(reasons)
        shown = "; ".join(f"{node}: {why}" for node, why in list(reasons.items())[:3])
        more = f" (and {len(reasons) - 3} more)" if len(reasons) > 3 else ""
        super().__init__(
            f"{len(reasons)} node(s) could not be stored: {shown}{more}.",
            "Mend or leave out these nodes and try again.",
        )


class ConflictError(StoreError):
    """A paper does not stand as its writer knew it: another process changed it meanwhile."""

    code = "conflict"

    def __init__(self, paper: str) -> None:
        super().__init__(
            f"Another process changed the paper {paper!r} meanwhile.",
            "Run the same command again; nothing that was acknowledged is lost.",
        )


class MismatchError(StoreError):
    """A store made by another version of Strata or with another encoder."""

    code = "mismatch"


class ModelError(StrataError):
    """A model whose files are missing, altered, or cannot be prepared."""

    code = "model"


class WriterError(StrataError):
    """A language model that does not answer; its code is one of WRITER_CODES."""

    code = "writer_down"

    @property
    def lasting(self) -> bool:
        """Whether the next request would fare no better."""
        return self.code in ("writer_refused", "writer_quota")


class RerankError(StrataError):
    """A reranker that does not answer; its code is one of RERANK_CODES."""

    code = "rerank_down"


class EncodeError(StrataError):
    """An encoder that is a service and does not answer; its code is one of ENCODE_CODES. It fails what was to be
    encoded, and nothing else."""

    code = "encode_down"


class NotBuiltError(StrataError):
    """An option of the design whose part does not exist in this version."""

    code = "not_built"
