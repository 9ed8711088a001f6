"""An LLM of LlamaIndex as a Writer. It must not know what is asked."""

from __future__ import annotations

from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.llms import LLM

from hierarchy.errors import UsageError, WriterError
from strata.patience import Patience
from strata.service_errors import Service

MOST_LETTERS = 400_000  # of a reply
WRITER = Service(
    "language model",
    WriterError,
    "writer",
    "STRATA_LLM",
    "an OpenAI-compatible server",
    "Wait a moment, or lower STRATA_LLM_AT_ONCE.",
)


class LlamaWriter:
    """`name` is "provider/model"; `write` may be called from several threads."""

    def __init__(self, llm: LLM, name: str | None, timeout_s: float, most_tokens: int) -> None:
        if not isinstance(llm, LLM):
            raise UsageError(
                f"{type(llm).__name__} is no language model of LlamaIndex.",
                "Give one, such as llama_index.llms.openai.OpenAI(model=...).",
                "unknown_llm",
            )
        self._llm, self._most_tokens = llm, most_tokens
        self._patience = Patience(WRITER, name or _name(llm), timeout_s)

    @property
    def name(self) -> str:
        return self._patience.name

    def write(self, instructions: str, material: str, most_tokens: int) -> str:
        """The reply.

        Raises:
            WriterError: see hierarchy.errors.WRITER_CODES.
        """
        return self._patience.ask(lambda: self._once(instructions, material, min(most_tokens, self._most_tokens)))

    def _once(self, instructions: str, material: str, most_tokens: int) -> str:
        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=instructions),
            ChatMessage(role=MessageRole.USER, content=material),
        ]
        # Not every model takes a limit with the request; those that have the field do.
        limit = {"max_tokens": most_tokens} if "max_tokens" in type(self._llm).model_fields else {}
        reply = self._llm.chat(messages, **limit).message.content
        return str(reply or "")[:MOST_LETTERS]


def _name(llm: LLM) -> str:
    """The provider by LlamaIndex's package, else by the class, and the model's own name."""
    parts = type(llm).__module__.split(".")
    provider = parts[2] if parts[:2] == ["llama_index", "llms"] and len(parts) > 2 else type(llm).__name__.lower()
    try:
        model = llm.metadata.model_name
    except ValueError:  # LlamaIndex's OpenAI does not know every model by name
        model = getattr(llm, "model", None)
    return f"{provider}/{model or 'unknown'}"
