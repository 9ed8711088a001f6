"""A stand-in for a provider of language models: a local server that speaks OpenAI's chat completions on the wire.

What it replies is up to the test: a text for each request, or any status, body and pace. It keeps what it was asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from wire_server import Raw, Request, WireServer

__all__ = ["Asked", "ModelServer", "Raw", "Reply", "completion", "refusal", "serving"]


@dataclass(frozen=True)
class Asked(Request):
    """One request for a chat completion."""

    @property
    def instructions(self) -> str:
        return self._of("system")

    @property
    def material(self) -> str:
        return self._of("user")

    @property
    def sentences(self) -> dict[int, str]:
        """The numbered sentences of the material."""
        return {int(n): text for n, text in re.findall(r"^S(\d+): (.*)$", self.material, re.M)}

    def _of(self, role: str) -> str:
        return "\n".join(str(m["content"]) for m in self.body["messages"] if m["role"] == role)


def completion(content: object, finish: str = "stop") -> bytes:
    """The body of a reply as OpenAI's servers send it."""
    message = {"role": "assistant", "content": content, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    body = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "stand-in"}
    return json.dumps(body | {"choices": [choice], "usage": usage}).encode()


def refusal(status: int, message: str, code: str, **headers: str) -> Raw:
    """An error as OpenAI's servers send it."""
    error = {"message": message, "type": code, "param": None, "code": code}
    return Raw(status, json.dumps({"error": error}).encode(), headers)


Reply = Callable[[Asked], "str | Raw"]


class ModelServer(WireServer):
    """`reply` may be changed at any time, `asked` are the requests so far."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.asked: list[Asked] = []
        super().__init__(self._answer)

    @property
    def url(self) -> str:
        return f"{self.address}/v1"

    def _answer(self, request: Request) -> Raw:
        asked = Asked(request.path, request.key, request.body)
        self.asked.append(asked)
        said = self.reply(asked)
        return Raw(body=completion(said)) if isinstance(said, str) else said


@contextmanager
def serving(reply: Reply) -> Iterator[ModelServer]:
    server = ModelServer(reply)
    try:
        yield server
    finally:
        server.close()
