"""An LLM of LlamaIndex as a Writer: a deadline for whatever it does, and one error for whatever it raises.

A failure that may pass (too many requests, a server's own failure) is tried again as long as the deadline allows. It
must not know what is asked.
"""

from __future__ import annotations

import time

from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.llms import LLM
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_before_delay, wait_random_exponential
from tenacity.stop import stop_base

from hierarchy.behind import Behind
from hierarchy.errors import UsageError, WriterError
from strata.writer_errors import is_busy, may_pass, slow, wait_asked_for, writer_error

TRIES, BUSY_TRIES = 3, 8
FIRST_WAIT_S, MOST_WAIT_S = 0.5, 20.0
MOST_LETTERS = 400_000  # of a reply


class LlamaWriter:
    """`name` is "provider/model"; `write` may be called from several threads."""

    def __init__(self, llm: LLM, name: str | None, timeout_s: float, most_tokens: int) -> None:
        if not isinstance(llm, LLM):
            raise UsageError(
                f"{type(llm).__name__} is no language model of LlamaIndex.",
                "Give one, such as llama_index.llms.openai.OpenAI(model=...).",
                "unknown_llm",
            )
        self._llm, self._timeout_s, self._most_tokens = llm, timeout_s, most_tokens
        self._name = name or _name(llm)

    @property
    def name(self) -> str:
        return self._name

    def write(self, instructions: str, material: str, most_tokens: int) -> str:
        """The reply.

        Raises:
            WriterError: see hierarchy.errors.WRITER_CODES.
        """
        deadline = time.monotonic() + self._timeout_s
        again = Retrying(
            retry=retry_if_exception(may_pass),
            stop=_Tried() | stop_before_delay(self._timeout_s),
            wait=_wait,
            reraise=True,
        )
        try:
            return again(self._once, instructions, material, min(most_tokens, self._most_tokens), deadline)
        except WriterError:
            raise
        except Exception as error:
            raise writer_error(error, self._name) from error

    def _once(self, instructions: str, material: str, most_tokens: int, deadline: float) -> str:
        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=instructions),
            ChatMessage(role=MessageRole.USER, content=material),
        ]
        # Not every model takes a limit with the request; those that have the field do.
        limit = {"max_tokens": most_tokens} if "max_tokens" in type(self._llm).model_fields else {}
        call = Behind(lambda: self._llm.chat(messages, **limit))
        if not call.wait(max(0.0, deadline - time.monotonic())):
            raise slow(self._name)
        reply = call.result().message.content
        return str(reply or "")[:MOST_LETTERS]


class _Tried(stop_base):
    """A server that asks to wait is asked more often than one that fails."""

    def __call__(self, state: RetryCallState) -> bool:
        return state.attempt_number >= (BUSY_TRIES if is_busy(_error(state)) else TRIES)


def _wait(state: RetryCallState) -> float:
    asked = wait_asked_for(_error(state))
    return wait_random_exponential(multiplier=FIRST_WAIT_S, max=MOST_WAIT_S)(state) if asked is None else asked


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _name(llm: LLM) -> str:
    """The provider by LlamaIndex's package, else by the class, and the model's own name."""
    parts = type(llm).__module__.split(".")
    provider = parts[2] if parts[:2] == ["llama_index", "llms"] and len(parts) > 2 else type(llm).__name__.lower()
    try:
        model = llm.metadata.model_name
    except ValueError:  # LlamaIndex's OpenAI does not know every model by name
        model = getattr(llm, "model", None)
    return f"{provider}/{model or 'unknown'}"
