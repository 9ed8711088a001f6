"""Takes the pictures of the screens: `.venv/bin/python docs/pictures.py [OUT]`, with Chromium installed.

They show the sample. `chat.png` is the README's; the others (empty, refusal, upload, dark, and the pages of papers,
contradictions and themes) go to OUT alone.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from benchmarks.browser import ask, chat_server, open_page, real_browser
from strata.assistant import Assistant
from strata.settings import Settings

DOCS = Path(__file__).resolve().parent
SAMPLE = DOCS.parent / "data" / "sample"
PROJECT = "wetland-calls"
ANSWERED = "By how much did mixing recorded rain into training raise macro F1 in heavy rain?"
UNANSWERED = "How well do the recognisers detect the calls of whales?"
SIZE = {"width": 1180, "height": 1060}


def main() -> None:
    """Writes the pictures."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS
    with tempfile.TemporaryDirectory() as folder:
        with Assistant(PROJECT, Settings(home=Path(folder))) as assistant:
            assistant.ingest(SAMPLE / PROJECT)
        with chat_server(Path(folder), PROJECT) as server, real_browser() as browser:
            _answer(browser, server.address, "light").screenshot(path=out / "chat.png")
            if out != DOCS:
                _answer(browser, server.address, "dark").screenshot(path=out / "dark.png")
                _others(browser, server.address, out)
                _pages(browser, server.address, out)


def _answer(browser: Browser, address: str, scheme: str) -> Page:
    page = open_page(browser, address, scheme=scheme)
    page.set_viewport_size(SIZE)
    ask(page, ANSWERED)
    page.get_by_text("with the quote marked").first.click()
    picture = page.get_by_role("img", name="with the quote marked").first
    expect(picture).to_be_visible()
    page.get_by_text("How this was answered").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    return page


def _others(browser: Browser, address: str, out: Path) -> None:
    page = open_page(browser, address)
    page.set_viewport_size(SIZE)
    page.wait_for_timeout(500)
    page.screenshot(path=out / "empty.png")
    ask(page, UNANSWERED)
    page.get_by_text("How this was answered").last.click()
    page.wait_for_timeout(1_000)
    page.screenshot(path=out / "refusal.png")
    files = [SAMPLE / "roof-meadows" / "depth-and-retention.pdf", *sorted((SAMPLE / "extra").glob("*.pdf"))]
    page = open_page(browser, address, query="?project=new")
    page.set_viewport_size(SIZE)
    page.locator("input[type=file]").set_input_files(files)
    expect(page.get_by_role("heading", name=f"{len(files)} of {len(files)} files done")).to_be_visible()
    page.screenshot(path=out / "upload.png")


def _pages(browser: Browser, address: str, out: Path) -> None:
    page = open_page(browser, address)
    page.set_viewport_size(SIZE)
    for name, opened in (("Papers", "Rain"), ("Contradictions", "with the quote marked"), ("Themes", "Disputed")):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        page.locator("#stMain summary").filter(has_text=opened).first.click()
        page.wait_for_timeout(1_500)
        page.screenshot(path=out / f"{name.lower()}.png")


if __name__ == "__main__":
    main()
