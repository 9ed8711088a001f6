"""The stage in which a language model writes a project's findings: what is new or changed is asked about, nothing else.

Each paper's findings are swapped in one write, whole or not at all, so it may be stopped at any moment, and the next
run goes on. Where the model fails, or nothing that it says stands, the findings that there are stay. It must not know
any one store or model.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from functools import partial

import msgspec

from hierarchy.errors import ConflictError, WriterError
from hierarchy.nodes import Node
from hierarchy.store import NodeStore, papers_of
from hierarchy.writer import Writer
from ingestion.writing.asking import Breaker, side_by_side
from ingestion.writing.findings import Told, findings_of, hand
from ingestion.writing.report import PaperWritten, SectionFailed, WritingReport
from ingestion.writing.stored import StoredPaper

MOST_TRIES = 3
NO_MORE = {"code": "stopped", "message": "It was stopped.", "hint": "Run it again to go on."}


class WritingWatcher:
    """Told of a run as it goes; does nothing by itself."""

    def began(self, papers: int) -> None:
        """So many papers will be looked at."""

    def asking(self, paper: Node, sections: int) -> None:
        """So many sections of this paper are asked about."""

    def done(self, outcome: PaperWritten) -> None:
        """One more paper is done with."""

    def enough(self) -> bool:
        """Whether the rest shall be left to a later run; asked before each paper."""
        return False


def write_findings(
    store: NodeStore,
    writer: Writer,
    papers: Sequence[str] | None = None,
    *,
    at_once: int = 4,
    watcher: WritingWatcher | None = None,
) -> WritingReport:
    """Renews the findings of a project's sections by a language model, where they are not of its hand already.

    Args:
        store: the project.
        writer: the model.
        papers: ids; None takes all.
        at_once: how many sections are asked about at a time.
        watcher: told how it goes.

    Raises:
        StoreError: where the store cannot be read or written; what was stored before stays.
    """
    watcher = watcher or WritingWatcher()
    start = time.monotonic()
    wanted = [p for p in papers_of(store) if papers is None or p.id in papers]
    by = hand(writer)
    watcher.began(len(wanted))
    breaker = Breaker()
    outcomes: list[PaperWritten] = []
    stopped: dict[str, str] | None = None
    for paper in wanted:
        if watcher.enough():
            stopped = NO_MORE
            break
        outcome: PaperWritten | None
        if (sections := StoredPaper.all_written(paper, by)) is not None:
            outcome = PaperWritten(paper.id, paper.title, unchanged=sections)
        else:
            outcome = _written(store, writer, paper.id, breaker, at_once, watcher)
        if outcome is not None:
            outcomes.append(outcome)
            watcher.done(outcome)
    if breaker.stopped is not None:
        stopped = breaker.stopped.to_dict()
    return WritingReport(store.project, writer.name, time.monotonic() - start, tuple(outcomes), stopped)


def _written(
    store: NodeStore, writer: Writer, paper: str, breaker: Breaker, at_once: int, watcher: WritingWatcher
) -> PaperWritten | None:
    """Renews one paper; None where it has gone. What was told stays told where another process changes it meanwhile."""
    told: dict[str, Told | WriterError | None] = {}
    by = hand(writer)
    conflict: ConflictError | None = None
    for _ in range(MOST_TRIES):
        stored = StoredPaper.read(store, paper)
        if stored is None:
            return None
        todo = {s.id: stored.mark(s, by) for s in stored.sections if not stored.is_written(s, by)}
        new = [section for section, mark in todo.items() if mark not in told]
        if new:
            watcher.asking(stored.paper, len(new))
        calls = [partial(breaker.call, partial(findings_of, writer, stored.sentences(s))) for s in new]
        told.update(zip((todo[s] for s in new), side_by_side(calls, at_once), strict=True))
        given = {s: answer for s, mark in todo.items() if isinstance(answer := told[mark], Told)}
        outcome = _outcome(stored, {s: told[mark] for s, mark in todo.items()})
        records = stored.renewed({s: answer.findings for s, answer in given.items()}, writer.name, by)
        if not records:
            return outcome
        try:
            store.replace_branch(paper, records, stored.paper)
        except ConflictError as error:
            conflict = error
            continue
        return outcome
    assert conflict is not None
    return msgspec.structs.replace(outcome, accepted=0, error=conflict.to_dict())


def _outcome(stored: StoredPaper, answers: dict[str, Told | WriterError | None]) -> PaperWritten:
    given = [a for a in answers.values() if isinstance(a, Told)]
    failed = tuple(
        SectionFailed(stored.paper.id, stored.paper.title, stored.title(s), a.code, a.message)
        for s, a in answers.items()
        if isinstance(a, WriterError)
    )
    return PaperWritten(
        paper=stored.paper.id,
        title=stored.paper.title,
        asked=len(given) + len(failed),
        unchanged=len(stored.sections) - len(answers),
        left=sum(a is None for a in answers.values()),
        accepted=sum(len(a.findings) for a in given),
        rejected=dict(sum((Counter(a.rejected) for a in given), Counter[str]())),
        left_out=dict(sum((Counter(a.left_out) for a in given), Counter[str]())),
        calls=sum(a.calls for a in given),
        failed=failed,
    )
