"""A real browser and a real server of the chat, for tests, measurements and pictures of the screens."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.bench import ROOT, variables
from strata.local_weaviate import free_ports
from strata.screens.launch import VARIABLES, command

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run")  # fmt: skip
START_S = 60
PATIENCE_MS = 30_000  # of what is waited for on a page


def chromium() -> str | None:
    """Where the browser is, if it is."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class ChatServer(NamedTuple):
    """A chat that runs: its address, and the process that serves it."""

    address: str
    pid: int


@contextmanager
def chat_server(home: Path, project: str) -> Iterator[ChatServer]:
    """The chat over a home, as `strata app` starts it."""
    (port,) = free_ports(1)
    environment = VARIABLES | variables(home, {"STRATA_PROJECT": project, "PYTHONPATH": str(ROOT)})
    process = subprocess.Popen(
        command(port, 500), env=environment, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + START_S
        while not _healthy(address):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("The chat's server did not come up.")
            time.sleep(0.1)
        yield ChatServer(address, process.pid)
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def real_browser() -> Iterator[Browser]:
    """Chromium without a window."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: Browser, address: str, *, scheme: str = "light", query: str = "") -> Page:
    """The chat in a window of its own, ready for a question; `requests_elsewhere` tells what it asked of others."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.set_viewport_size({"width": 1280, "height": 1000})
    _ASKED[page] = []
    page.on("request", lambda request: _ASKED[page].append(request.url))
    page.goto(f"{address}/{query}")
    expect(page.get_by_role("textbox", name="Ask the papers")).to_be_visible()
    return page


_ASKED: dict[Page, list[str]] = {}


def requests_elsewhere(page: Page, address: str) -> list[str]:
    """What the page asked of any other server."""
    own = (address, address.replace("http", "ws", 1), "data:", "blob:")
    return [url for url in _ASKED[page] if not url.startswith(own)]


def ask(page: Page, question: str) -> None:
    """Types a question and waits for the end of its answer."""
    type_question(page, question)
    wait_for_answer(page, question)


def type_question(page: Page, question: str) -> None:
    """Types a question and sends it."""
    page.get_by_role("textbox", name="Ask the papers").fill(question)
    page.keyboard.press("Enter")


def wait_for_answer(page: Page, question: str) -> None:
    """Waits until the last answer has its sources, and nothing runs any more."""
    expect(page.get_by_text(question, exact=True).last).to_be_visible()
    expect(page.get_by_text("How this was answered").last).to_be_visible()
    wait_until_quiet(page)


def wait_until_quiet(page: Page) -> None:
    """Waits until the page's script has ended."""
    expect(page.locator("[data-test-script-state=notRunning]")).to_have_count(1)


def _healthy(address: str) -> bool:
    try:
        return httpx.get(f"{address}/_stcore/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
