"""A language model behind any OpenAI-compatible address, by LlamaIndex's own class for OpenAI.

That class knows OpenAI's models by name and refuses others; here any name will do. What lies in the environment for
other programs (OPENAI_API_KEY, OPENAI_API_BASE) is never used: an address gets the key that was set for it, or none.
"""

from __future__ import annotations

from llama_index.core.base.llms.types import LLMMetadata
from llama_index.llms.openai import OpenAI

from strata.bounded import bounded_client

OPENAI_URL = "https://api.openai.com/v1"
WINDOW = 16_384  # tokens that a model of unknown name is taken to have


class Compatible(OpenAI):  # type: ignore[misc]
    """An OpenAI-compatible chat model of any name."""

    @property
    def metadata(self) -> LLMMetadata:
        """What is known of the model; of one that is no OpenAI's, that it chats."""
        try:
            return super().metadata
        except ValueError:
            return LLMMetadata(
                context_window=WINDOW,
                num_output=self.max_tokens or -1,
                is_chat_model=True,
                is_function_calling_model=False,
                model_name=self.model,
            )


def compatible(model: str, url: str, key: str, timeout_s: float) -> Compatible:
    """The model at an address; every request is made once, and a reply ends in time or is given up."""
    return Compatible(
        model=model,
        api_base=url,
        api_key=key,
        max_retries=0,
        timeout=timeout_s,
        temperature=0.0,
        http_client=bounded_client(timeout_s),
    )
