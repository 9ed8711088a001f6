"""A local server that stands in for a provider on the wire: whatever it is told to answer, at any status and pace.

It keeps what it was asked. It must not know any provider's format.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    """One request as it came over the wire."""

    path: str
    key: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Raw:
    """An answer: `wait_s` before it, `pace_s` between its bytes, if any."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    pace_s: float = 0.0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing on standard error: whoever asked may go at any moment."""


class WireServer:
    """Listens on a port of its own, and answers each request as `answer` says."""

    def __init__(self, answer: Callable[[Request], Raw]) -> None:
        self.answer = answer
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


def _handler(server: WireServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = server.answer(Request(self.path, self.headers.get("Authorization", ""), body))
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
