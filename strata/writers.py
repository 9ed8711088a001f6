"""Where language models come in: the one that the settings name, or any LLM of LlamaIndex, as a Writer.

LlamaIndex costs seconds to import, so it is imported only where a model is chosen. A model that is behind an
OpenAI-compatible address needs nothing else installed; others need LlamaIndex's package for them, which is named.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hierarchy.errors import UsageError
from hierarchy.writer import Writer
from strata.providers import NO_KEY, integration, key_of
from strata.settings import Settings, WriterSettings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

TIMEOUT_S = WriterSettings().llm_timeout_s
MOST_TOKENS = WriterSettings().llm_most_tokens


def writer_of(settings: Settings) -> Writer | None:
    """The language model that the settings name; None where they name none.

    Raises:
        UsageError: for a name that does not fit, or a provider whose package is not installed.
    """
    chosen = settings.writer
    if chosen.llm is None:
        return None
    provider, _, model = chosen.llm.partition("/")
    if provider not in PROVIDERS or not model.strip():
        raise UsageError(
            f"STRATA_LLM={chosen.llm!r} names no language model.",
            f"Write provider/model, such as openai/gpt-4o-mini; providers: {', '.join(PROVIDERS)}; any other server "
            "that speaks OpenAI's protocol by openai/MODEL with its address in STRATA_LLM_URL.",
            "unknown_llm",
        )
    return writer_from(
        PROVIDERS[provider](model.strip(), chosen),
        name=f"{provider}/{model.strip()}",
        timeout_s=chosen.llm_timeout_s,
        most_tokens=chosen.llm_most_tokens,
    )


def writer_from(
    llm: LLM, name: str | None = None, *, timeout_s: float = TIMEOUT_S, most_tokens: int = MOST_TOKENS
) -> Writer:
    """Any LLM of LlamaIndex as a Writer.

    Args:
        llm: the model.
        name: provider/model; None takes the name of its class and model.
        timeout_s: seconds by the clock after which a reply is given up.
        most_tokens: the longest reply that is asked for.

    Raises:
        UsageError: for what is no LLM of LlamaIndex.
    """
    from strata.llama_writer import LlamaWriter

    return LlamaWriter(llm, name, timeout_s, most_tokens)


def _openai(model: str, chosen: WriterSettings) -> Any:
    from strata.compatible import OPENAI_URL, compatible

    key = key_of(chosen.llm_key)
    if key is None and chosen.llm_url is None:
        raise UsageError(
            f"OpenAI's {model} needs a key.",
            "Set STRATA_LLM_KEY; for a server of your own, its address in STRATA_LLM_URL.",
            "no_llm_key",
        )
    return compatible(model, chosen.llm_url or OPENAI_URL, key or NO_KEY, chosen.llm_timeout_s)


def _cohere(model: str, chosen: WriterSettings) -> Any:
    made = _class("cohere", "Cohere")
    key = key_of(chosen.llm_key)
    if key is None:
        raise UsageError(f"Cohere's {model} needs a key.", "Set STRATA_LLM_KEY.", "no_llm_key")
    return made(model=model, api_key=key, base_url=chosen.llm_url, max_retries=1, temperature=0.0)


def _ollama(model: str, chosen: WriterSettings) -> Any:
    made = _class("ollama", "Ollama")
    address = {"base_url": chosen.llm_url} if chosen.llm_url else {}
    limit = {"num_predict": chosen.llm_most_tokens}
    return made(model=model, request_timeout=chosen.llm_timeout_s, temperature=0.0, additional_kwargs=limit, **address)


PROVIDERS: dict[str, Callable[[str, WriterSettings], Any]] = {"openai": _openai, "cohere": _cohere, "ollama": _ollama}


def _class(provider: str, name: str) -> Any:
    return integration("llms", provider, name, "STRATA_LLM")
