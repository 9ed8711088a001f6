"""Where rerankers come in that are not ours: the one that the settings name, or any object that can score texts.

What is found is sent to a service only where the setting names it; a key alone chooses nothing. LlamaIndex is imported
when such a reranker is first asked.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any

from hierarchy.errors import UsageError
from retrieval.rerank import Reranker
from strata.providers import NO_KEY, key_of, need
from strata.settings import RerankSettings

LOCAL, NONE = "local", ("none", "")
SERVICE_S, YOURS_S = 10.0, 60.0  # for which a question waits for a service, or for a model of the user's, at most
CHOICES = (
    "Write local, none, cohere/MODEL such as cohere/rerank-v3.5 (what is found is sent there; its key in "
    "STRATA_RERANK_KEY), or module:object of your own."
)


def reranker_of(chosen: RerankSettings) -> Reranker | None:
    """The service or the user's own reranker that the settings name; None where they name none.

    Raises:
        UsageError: for a name that does not fit, a key that is missing, or a package that is not installed.
    """
    name = chosen.rerank.strip()
    if name in NONE:
        return None
    if ":" in name:
        return _at(name, chosen)
    from strata.cohere_reranker import MODEL, CohereReranker  # most questions need none of it

    provider, _, model = name.partition("/")
    if provider != "cohere" or ("/" in name and not model.strip()):
        raise UsageError(f"STRATA_RERANK={chosen.rerank!r} names no reranker.", CHOICES, "unknown_reranker")
    key = key_of(chosen.rerank_key)
    if key is None and chosen.rerank_url is None:
        raise UsageError(
            "Cohere's reranker needs a key.",
            "Set STRATA_RERANK_KEY; for a server of your own that speaks so, its address in STRATA_RERANK_URL.",
            "no_rerank_key",
        )
    need("postprocessor", "cohere_rerank", "STRATA_RERANK")
    timeout_s = chosen.rerank_timeout_s or SERVICE_S
    return CohereReranker(model.strip() or MODEL, key or NO_KEY, chosen.rerank_url, chosen.rerank_most, timeout_s)


def reranker_from(given: Any, chosen: RerankSettings, name: str | None = None) -> Reranker:
    """Anything that scores texts as a reranker that the search can ask.

    Args:
        given: a `retrieval.rerank.Reranker`, a postprocessor of LlamaIndex, a cross-encoder with `predict` (pairs of
            texts to numbers), or a callable (question, list of texts) -> list of numbers.
        chosen: how many texts it is given, and how long it may take.
        name: what a trace calls it; None takes its own.

    Raises:
        UsageError: for what is none of these.
    """
    from strata.your_reranker import CallableReranker, OwnReranker, pairwise

    most, timeout_s = chosen.rerank_most, chosen.rerank_timeout_s or YOURS_S
    called = name or _name(given)
    if not isinstance(given, type):
        if all(hasattr(given, part) for part in ("name", "most", "scores")):
            return OwnReranker(given, most, timeout_s)
        if callable(getattr(given, "postprocess_nodes", None)):
            from strata.llama_reranker import LlamaReranker

            return LlamaReranker(given, called, most, timeout_s)
        if callable(getattr(given, "predict", None)):
            return CallableReranker(pairwise(given), called, most, timeout_s)
        if callable(given):
            return CallableReranker(given, called, most, timeout_s)
    raise UsageError(
        f"{called} is no reranker.",
        "Give a postprocessor of LlamaIndex, a cross-encoder with predict(pairs), or a callable that takes a question "
        "and a list of texts and gives a number for each.",
        "unknown_reranker",
    )


def _at(name: str, chosen: RerankSettings) -> Reranker:
    """The reranker at an import path; a class is made without arguments, when it is first asked."""
    module, _, path = name.partition(":")
    parts = [*module.split("."), *path.split(".")]
    if not all(part.isidentifier() for part in parts):
        raise UsageError(f"STRATA_RERANK={name!r} names no object of a module.", CHOICES, "unknown_reranker")
    if find_spec(parts[0]) is None:
        raise UsageError(
            f"STRATA_RERANK={name!r}: there is no module {parts[0]!r}.",
            "Install it in the environment of Strata, or name its folder in PYTHONPATH.",
            "unknown_reranker",
        )

    from strata.your_reranker import LateReranker

    def make() -> Reranker:
        found: Any = importlib.import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
        return reranker_from(found() if isinstance(found, type) else found, chosen, name)

    return LateReranker(name, chosen.rerank_most, make)


def _name(given: Any) -> str:
    own = getattr(given, "model_name", None) or getattr(given, "model", None)
    kind = getattr(given, "__name__", None) or type(given).__name__
    return f"{kind}/{own}" if isinstance(own, str) and own else str(kind)
