"""The chat: how soon a first step is seen, and 20 people who ask at once for two minutes.

Real Chromium windows on the real server. Each person has a conversation of its own and asks questions whose answers
are known; a window that shows anything else is a mix-up. STRATA_BENCH_SECONDS shortens it.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Page, expect

from benchmarks.bench import Bench
from benchmarks.browser import (
    ask,
    chat_server,
    chromium,
    open_page,
    real_browser,
    requests_elsewhere,
    type_question,
    wait_until_quiet,
)
from benchmarks.figures import Figure, MissingDataError, percentiles
from benchmarks.sample import answered, questions
from strata.screens.words import excerpt

PROJECT = "wetland-calls"
PEOPLE = 20
SECONDS = float(os.environ.get("STRATA_BENCH_SECONDS", "120"))
WARM_S = 30.0
ALONE = 24  # questions of the first person
MOST_S = 30.0  # for one answer, with twenty people asking
MOST_TURNS = 4  # then a new conversation is begun
ERRORS = "[data-testid=stException], [data-testid=stAlertContentError]"


def measure(bench: Bench) -> Iterator[Figure]:
    if chromium() is None:
        raise MissingDataError("Chromium is not installed")
    home = bench.home()
    asked = _answers(bench, home)
    with chat_server(home, PROJECT) as server, real_browser() as browser:
        page = open_page(browser, server.address)
        ask(page, next(iter(asked)))
        first = [_first_step(page, question) for question in list(asked)[1 : ALONE + 1]]
        yield from percentiles("first visible step after a question", first, "ms", most_p95=400)
        yield Figure("requests to elsewhere", len(requests_elsewhere(page, server.address)), "", most=0)
        page.context.close()
        people = [_Person(open_page(browser, server.address), random.Random(n), asked) for n in range(PEOPLE)]
        process = psutil.Process(server.pid)
        memory: list[tuple[float, float]] = []
        start = time.monotonic()
        while time.monotonic() - start < SECONDS:
            for person in people:
                person.look()
            memory.append((time.monotonic() - start, _megabytes(process)))
        yield Figure(f"{PEOPLE} people: answers", sum(person.answers for person in people), "", least=PEOPLE)
        yield Figure("errors", sum(person.errors for person in people), "", most=0)
        yield Figure(
            "answers that are not the question's own",
            sum(person.mixed for person in people),
            "",
            most=0,
        )
        warm = [mb for at, mb in memory if WARM_S <= at < 2 * WARM_S] or [memory[0][1]]
        late = [mb for at, mb in memory if at >= SECONDS - WARM_S]
        yield Figure("memory of the server, at most", max(mb for _, mb in memory), "MB")
        grown = sorted(late)[len(late) // 2] / sorted(warm)[len(warm) // 2]
        yield Figure("memory, last half minute over the second", grown, "times", most=1.1)


def _answers(bench: Bench, home: Path) -> dict[str, str]:
    """The first quote of the answer to each question, as the command line gives it."""
    rows = {row["id"]: row for project, row in answered(bench, home)[1] if project == PROJECT}
    mine = (q for q in questions() if q["project"] == PROJECT and q["level"] == "finding")
    return {q["question"]: rows[q["id"]]["citations"][0]["quote"] for q in mine if rows[q["id"]]["citations"]}


def _first_step(page: Page, question: str) -> float:
    """Milliseconds from the key to the first step on the page; a new conversation is begun now and then."""
    if page.locator("[data-testid=stChatMessage]").count() >= 2 * MOST_TURNS:
        _begin_anew(page)
    steps = page.get_by_text("How this was answered")
    before = steps.count()
    seen = page.locator("[data-testid=stChatMessage]")
    count = seen.count()
    page.get_by_role("textbox", name="Ask the papers").fill(question)
    start = time.monotonic()
    page.keyboard.press("Enter")
    # The answer's message holds nothing before its first step.
    seen.nth(count + 1).get_by_test_id("stExpander").first.wait_for()
    took = 1000 * (time.monotonic() - start)
    expect(steps).to_have_count(before + 1)
    wait_until_quiet(page)
    return took


def _begin_anew(page: Page) -> None:
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("[data-testid=stChatMessage]")).to_have_count(0)


class _Person:
    """Somebody with a window who asks one question after the other, and knows the answers."""

    def __init__(self, page: Page, draw: random.Random, asked: dict[str, str]) -> None:
        self._page, self._draw, self._asked = page, draw, asked
        self._mine: list[str] = []
        self.answers = self.errors = self.mixed = 0
        self._since: float | None = None

    def look(self) -> None:
        """Asks, or sees whether the answer is there."""
        if self._since is not None:
            said: dict[str, Any] = self._page.evaluate(SEEN, ERRORS)
            late = time.monotonic() - self._since > MOST_S
            there = not said["running"] and said["answers"] >= len(self._mine) and said["quote"]
            if not (there or said["errors"] or late):
                return
            self._since = None
            self.answers += 1
            self.errors += bool(said["errors"]) or late
            right = said["questions"] == self._mine and excerpt(self._asked[self._mine[-1]]) == said["quote"]
            self.mixed += not right
            if not right:
                print(f"asked {self._mine}, shown {said}", file=sys.stderr)
            if len(self._mine) >= MOST_TURNS or said["errors"] or late:
                _begin_anew(self._page)
                self._mine = []
        question = self._draw.choice([q for q in self._asked if q not in self._mine])
        self._mine.append(question)
        type_question(self._page, question)
        self._since = time.monotonic()


SEEN = """errors => ({
    running: document.querySelector('[data-test-script-state]').dataset.testScriptState === 'running',
    answers: document.querySelector('#stMain').innerText.split('How this was answered').length - 1,
    errors: document.querySelectorAll(errors).length,
    questions: [...document.querySelectorAll('[data-testid=stChatMessage]')].filter((_, i) => i % 2 === 0).map(
        e => e.querySelector('[data-testid=stText]')?.innerText),
    quote: [...document.querySelectorAll('[data-testid=stChatMessage]')].at(-1)?.querySelector('blockquote')?.innerText,
})"""


def _megabytes(process: psutil.Process) -> float:
    """Of the server and the processes that it started, without pages of files, which come and go with each opening."""
    held = 0
    for one in (process, *process.children(recursive=True)):
        try:
            memory = one.memory_info()
        except psutil.Error:
            continue
        held += memory.rss - memory.shared
    return held / (1 << 20)
