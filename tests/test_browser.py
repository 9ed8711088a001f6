"""The chat in a real browser, over a real server, with real papers. Skips by name without Chromium; CI must have it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT, Run
from hostile_knowledge import REASON, SENTENCES, TITLES, take_hostile_pair
from hostile_pdfs import small_paper
from playwright.sync_api import Browser, Page, expect

from benchmarks.browser import (
    ask,
    chat_server,
    chromium,
    open_page,
    real_browser,
    requests_elsewhere,
    type_question,
    wait_for_answer,
    wait_until_quiet,
)
from ingestion.settings import IngestionSettings
from strata.assistant import Assistant
from strata.minilm import MiniLM
from strata.settings import Settings

SAMPLE = ROOT / "data" / "sample"
ANSWERED = "What macro F1 did the contrastive model reach in heavy rain?"
UNANSWERED = "How well are the songs of whales detected?"
# Faults of Streamlit 1.67's own widgets, none of them serious: the drop zone of its uploader has a role and a label.
KNOWN = {"presentation-role-conflict"}

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if chromium() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs a real browser: install chromium.")
        pytest.skip("needs Chromium")
    with real_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def home(
    make_home: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory, run_in: Run, encoder: MiniLM
) -> Path:
    """A home with papers that lie in a folder of their own."""
    folder = tmp_path_factory.mktemp("browser")
    made = make_home(folder / "home")
    papers = folder / "papers"
    papers.mkdir()
    for name in ("rain-contrastive-encoders", "edge-recognition-battery-life", "unseen-site-transfer"):
        shutil.copy(SAMPLE / "wetland-calls" / f"{name}.pdf", papers)
    shutil.copy(SAMPLE / "extra" / "full-of-markup.pdf", folder / "full-of-markup.pdf")
    assert run_in(made, "ingest", papers, "--project", "frogs").code == 0
    assert run_in(made, "ingest", folder / "full-of-markup.pdf", "--project", "markup").code == 0
    settings = Settings(home=made, ingestion=IngestionSettings(layout="never"))
    with Assistant("pair", settings, encoder=encoder) as assistant:
        take_hostile_pair(assistant, folder / "pair")
    return made


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with chat_server(home, "frogs") as server:
        yield server.address


@pytest.fixture
def window(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens windows; each must have asked nothing of any other server."""
    opened: list[Page] = []

    def make(**how: str) -> Page:
        opened.append(open_page(browser, address, **how))
        return opened[-1]

    yield make
    for page in opened:
        assert requests_elsewhere(page, address) == []
        page.context.close()


def marked_page(page: Page) -> Any:
    return page.get_by_role("img", name="with the quote marked").first


def test_from_the_first_question_to_the_quote_on_its_page_is_one_click(window: Callable[..., Page]) -> None:
    page = window()
    expect(page.get_by_role("heading", name="frogs")).to_be_visible()
    ask(page, ANSWERED)
    expect(page.get_by_role("link", name="[1]").first).to_have_attribute(
        "title",
        "Does Contrastive Pretraining Help in the Rain? A Controlled Comparison on Wetland Bird and Frog Calls, page 2",
    )
    page.get_by_text("Page 2 with the quote marked").first.click()
    expect(marked_page(page)).to_be_visible()
    assert marked_page(page).evaluate("e => e.naturalWidth") >= 900
    page.get_by_role("link", name="[1]").first.click()
    expect(page.locator("blockquote").first).to_be_in_viewport()


def test_a_question_that_the_papers_do_not_answer_looks_different(window: Callable[..., Page]) -> None:
    page = window()
    ask(page, UNANSWERED)
    expect(page.get_by_text("The papers do not tell.")).to_be_visible()
    expect(page.get_by_role("heading", name="The nearest there is")).to_be_visible()
    expect(page.locator("blockquote").first).to_be_visible()


def test_an_upload_has_a_bar_for_each_file_and_the_failure_stays(window: Callable[..., Page], tmp_path: Path) -> None:
    page = window(query="?project=uploaded")
    expect(page.get_by_text("has no papers yet")).to_be_visible()
    good, broken = tmp_path / "reeds.pdf", tmp_path / "broken.pdf"
    good.write_bytes(small_paper("Reed Beds of the North", 30))
    broken.write_bytes(b"%PDF-1.7 and then nothing")
    page.locator("input[type=file]").set_input_files([good, broken])
    expect(page.get_by_role("heading", name="2 of 2 files done")).to_be_visible()
    expect(page.get_by_text("reeds.pdf: In.")).to_be_visible()
    expect(page.get_by_text("broken.pdf")).to_be_visible()
    expect(page.get_by_text("1 paper.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("broken.pdf")).to_be_visible()
    ask(page, "How were the reeds counted?")
    expect(page.locator("blockquote").first).to_be_visible()
    page.get_by_role("button", name="Clear this list").click()
    expect(page.get_by_text("1 files failed earlier")).to_be_visible()


def test_the_keyboard_alone_is_enough(window: Callable[..., Page]) -> None:
    page = window()
    reach(page, "document.activeElement.tagName === 'TEXTAREA'")
    page.keyboard.type(ANSWERED)
    page.keyboard.press("Enter")
    wait_for_answer(page, ANSWERED)
    reach(page, "document.activeElement.tagName === 'SUMMARY' && document.activeElement.innerText.includes('quote')")
    page.keyboard.press("Enter")
    expect(marked_page(page)).to_be_visible()


def reach(page: Page, condition: str) -> None:
    """Presses Tab until an element has the focus."""
    for _ in range(80):
        if page.evaluate(condition):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not get there")


def test_a_paper_full_of_markup_loads_nothing_and_shows_as_text(window: Callable[..., Page]) -> None:
    page = window(query="?project=markup")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    expect(page.get_by_role("button", name="Markup in Titles: <b>Bold</b>")).to_be_visible()
    ask(page, "What was the escaping rate for img and for result?")
    said = page.locator("blockquote").first
    expect(said).to_contain_text("<img src=x onerror=fetch('http://tracker.example.org/result')>")
    expect(said).to_contain_text("$5 to $10 each")
    ask(page, "Does the escaping method load ![a picture](http://tracker.example.org/q.png) or <b>run</b> a script?")
    expect(page.locator("blockquote").last).to_be_visible()
    page.get_by_text("with the quote marked").first.click()
    expect(marked_page(page)).to_be_visible()
    page.get_by_text("How this was found").last.click()
    expect(page.get_by_role("table", name="Candidates, best first")).to_contain_text("<b>Bold</b>")
    assert dialogs == []
    main = page.locator("#stMain")
    expect(main.locator("blockquote").first).to_be_visible()
    obeyed = main.locator("script, iframe, b, .katex, a[href^='http'], a[href^='javascript']")
    assert obeyed.evaluate_all("all => all.map(e => e.outerHTML)") == []
    sources = main.locator("img").evaluate_all("all => all.map(e => e.getAttribute('src'))")
    assert all("/media/" in source for source in sources)


def test_a_pdf_that_is_gone_still_shows_its_quote_and_says_so(window: Callable[..., Page], home: Path) -> None:
    page = window()
    ask(page, "How many days did the battery last with the distilled network?")
    paper = home.parent / "papers" / "edge-recognition-battery-life.pdf"
    away = paper.rename(paper.with_suffix(".away"))
    try:
        page.get_by_text("with the quote marked").first.click()
        expect(page.get_by_text("so its page cannot be shown")).to_be_visible()
        expect(page.locator("blockquote").first).to_contain_text("29.8")
    finally:
        away.rename(paper)


def test_a_reload_keeps_the_conversation_and_a_new_one_is_empty(window: Callable[..., Page]) -> None:
    page = window()
    ask(page, ANSWERED)
    page.reload()
    expect(page.locator("blockquote").first).to_contain_text("0.37 and the model from scratch 0.38")
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_text("3 papers.")).to_be_visible()
    expect(page.locator("blockquote")).to_have_count(0)


@contextmanager
def slow_answers(home: Path) -> Iterator[None]:
    """Answers wait at their very end, as long as somebody else writes to the journal."""
    journal = sqlite3.connect(home / "journal.db", isolation_level=None)
    journal.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        journal.execute("ROLLBACK")
        journal.close()


def test_a_reload_in_the_middle_of_an_answer_loses_nothing(window: Callable[..., Page], home: Path) -> None:
    page = window()
    with slow_answers(home):
        type_question(page, ANSWERED)
        expect(page.get_by_text("Searched passages").first).to_be_attached()
        page.reload()
        expect(page.get_by_text("This answer did not come to its end")).to_be_visible()
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator("blockquote").first).to_contain_text("0.37 and the model from scratch 0.38")
    expect(page.get_by_text(ANSWERED, exact=True)).to_have_count(1)


def test_an_answer_can_be_stopped_and_asked_again(window: Callable[..., Page], home: Path) -> None:
    page = window()
    with slow_answers(home):
        type_question(page, ANSWERED)
        expect(page.get_by_text("Searched passages").first).to_be_attached()
        page.get_by_role("button", name="Stop").click()
        # The server has heard of it, once it has answered another window that came later.
        expect(window().get_by_text("3 papers.")).to_be_visible()
    wait_until_quiet(page)
    page.reload()
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator("blockquote").first).to_contain_text("0.37 and the model from scratch 0.38")


def test_what_is_no_pdf_is_refused_and_hundreds_of_files_are_taken(window: Callable[..., Page], tmp_path: Path) -> None:
    page = window(query="?project=many")
    archive = tmp_path / "papers.zip"
    archive.write_bytes(b"PK\x05\x06" + bytes(18))
    page.locator("input[type=file]").set_input_files([archive])
    expect(page.get_by_text("files are not allowed")).to_be_visible()
    page.reload()
    expect(page.get_by_text("has no papers yet")).to_be_visible()
    files = [tmp_path / f"{number:03}.pdf" for number in range(300)]
    for number, file in enumerate(files):
        file.write_bytes(small_paper("Reed Beds", 30) if number == 150 else b"%PDF-1.7 cut off " + str(number).encode())
    page.locator("input[type=file]").set_input_files(files)
    expect(page.get_by_role("heading", name="300 of 300 files done")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("150.pdf: In.")).to_be_attached()
    expect(page.get_by_text("1 paper.")).to_be_visible()


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(window: Callable[..., Page], tmp_path: Path) -> None:
    page = window()
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.write(b"%PDF-1.7")
        file.truncate(501_000_000 * 105 // 100)  # it takes no room on the disk
    page.locator("input[type=file]").set_input_files([large])
    expect(page.get_by_text("or smaller")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_keeps_people_out(window: Callable[..., Page], scheme: str) -> None:
    page = window(scheme=scheme)
    faults = violations(page)
    for question in (ANSWERED, UNANSWERED):
        ask(page, question)
        page.get_by_text("How this was answered").last.click()
        page.get_by_text("How this was found").last.click()
        expect(page.get_by_role("table", name="Candidates, best first").last).to_be_visible()
        page.get_by_text("with the quote marked").last.click()
        expect(page.get_by_role("img", name="with the quote marked").last).to_be_visible()
        faults += violations(page)
    assert [fault for fault in faults if fault[0] in ("serious", "critical")] == []
    assert {fault[1] for fault in faults} <= KNOWN


def go(page: Page, name: str) -> None:
    """Goes to another page of the chat."""
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    wait_until_quiet(page)


def test_the_keyboard_opens_a_papers_card_and_finds_back_to_the_conversation(window: Callable[..., Page]) -> None:
    page = window()
    ask(page, ANSWERED)
    reach(page, "document.activeElement.tagName === 'A' && document.activeElement.innerText.includes('Papers')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Papers")).to_be_visible()
    wait_until_quiet(page)
    reach(page, "document.activeElement.tagName === 'SUMMARY' && document.activeElement.innerText.includes('Rain')")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Main findings")).to_be_visible()
    expect(page.locator("blockquote").first).to_be_visible()
    reach(page, "document.activeElement.tagName === 'SUMMARY' && document.activeElement.innerText.startsWith('Page')")
    page.keyboard.press("Enter")
    expect(marked_page(page)).to_be_visible()
    page.get_by_role("link", name="Chat", exact=True).click()
    expect(page.get_by_text(ANSWERED, exact=True)).to_be_visible()
    expect(page.locator("blockquote").first).to_contain_text("0.37 and the model from scratch 0.38")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_contradiction_shows_both_pages_and_obeys_neither(window: Callable[..., Page], scheme: str) -> None:
    page = window(query="?project=pair", scheme=scheme)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    go(page, "Contradictions")
    main = page.locator("#stMain")
    titles = [title.partition("(http")[0] for title in TITLES]  # addresses are broken by a character without width
    for said in (*titles, *SENTENCES, REASON.partition("(http")[0]):
        expect(main.get_by_text(said).first).to_be_visible()
    for number in range(2):
        page.get_by_text("with the quote marked").nth(number).click()
        expect(page.get_by_role("img", name="with the quote marked").nth(number)).to_be_visible()
        wait_until_quiet(page)
    for number, title in enumerate(titles, 1):
        main.get_by_text(title).first.click()
        expect(main.get_by_text("What it asks")).to_have_count(number)
        wait_until_quiet(page)
    faults = violations(page)
    go(page, "Papers")
    main.get_by_text(titles[0]).first.click()
    expect(main.get_by_text(SENTENCES[0])).to_be_visible()
    faults += violations(page)
    go(page, "Themes")
    main.get_by_text("Main findings").click()
    expect(main.locator("blockquote").first).to_be_visible()
    wait_until_quiet(page)
    main.get_by_text("Disputed (1)").click()
    expect(main.get_by_text(SENTENCES[1]).last).to_be_visible()
    faults += violations(page)
    assert [fault for fault in faults if fault[1] not in KNOWN] == []
    assert dialogs == []
    obeyed = main.locator("script, iframe, b, .katex, a[href^='http'], a[href^='javascript']")
    assert obeyed.evaluate_all("all => all.map(e => e.outerHTML)") == []


def violations(page: Page) -> list[tuple[str, str, str]]:
    """What axe finds, as (impact, rule, element)."""
    found = Axe().run(page).response["violations"]
    return [(rule["impact"], rule["id"], node["html"][:120]) for rule in found for node in rule["nodes"]]
