"""A stand-in for a provider of language models: a local server that speaks OpenAI's chat completions on the wire.

What it replies is up to the test: a text for each request, or any status, body and pace. It keeps what it was asked.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request as it came over the wire."""

    path: str
    key: str
    body: dict[str, Any]

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


@dataclass(frozen=True)
class Raw:
    """An answer that is no plain reply: `wait_s` before it, `pace_s` between its bytes, if any."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    pace_s: float = 0.0


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


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing on standard error: whoever asked may go at any moment."""


class ModelServer:
    """Listens on a port of its own; `reply` may be changed at any time, `asked` are the requests so far."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(reply: Reply) -> Iterator[ModelServer]:
    server = ModelServer(reply)
    try:
        yield server
    finally:
        server.close()


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked = Asked(self.path, self.headers.get("Authorization", ""), body)
            server.asked.append(asked)
            said = server.reply(asked)
            answer = Raw(body=completion(said)) if isinstance(said, str) else said
            server.closing.wait(answer.wait_s)
            try:
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if not answer.pace_s:
                    self.wfile.write(answer.body)
                    return
                for byte in answer.body:
                    if server.closing.is_set():
                        return
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(answer.pace_s)
            except OSError:  # whoever asked has gone
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on standard error."""

    return Handler
