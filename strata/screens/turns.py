"""A turn of the chat: the question, what the assistant does with it, and the answer, while it comes and afterwards.

What papers and people wrote goes through `shown` or stands in an element that shows plain text. It must not know how
sessions are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import streamlit as st

from hierarchy.conversations import Turn
from hierarchy.errors import StrataError
from retrieval.records import UNANSWERABLE
from retrieval.trace import papers_of_step
from strata.screens.desk import Desk
from strata.screens.found import how_html, route_line, so_far
from strata.screens.safe import shown
from strata.screens.sources import show_sources
from strata.screens.words import (
    Source,
    StepLine,
    answer_html,
    nearest,
    papers_of_record,
    paragraphs,
    sources,
    whole_line,
)

STOPPED = "This answer did not come to its end; another window may still be at it."


def show_turn(desk: Desk, project: str, turn: Turn, again: Callable[[Turn], None], *, folded: bool) -> None:
    """Shows a turn that has been.

    Args:
        desk: shared by all sessions.
        project: which is talked about.
        turn: the question and what became of it.
        again: called before the page is drawn anew, where its question shall be asked again.
        folded: its sources are drawn only when they are opened, so that a long conversation stays quick.
    """
    _question(turn.question)
    with st.chat_message("assistant", avatar=":material/menu_book:"):
        record = turn.record
        if record is None or "error" in record:
            said = STOPPED if record is None else f"{record['error']['message']} {record['error']['hint']}"
            (st.info if record is None else st.error)(shown(said))
            st.button("Ask again", key=f"again-{turn.id}", on_click=again, args=(turn,))
            return
        lines = msgspec.convert(record.get("steps", []), list[StepLine])
        _steps(turn.id, lines)
        _answer(desk, project, record, f"turn{turn.id}", folded=folded)
        _how(turn.id, lines)


def answer_now(desk: Desk, project: str, turn: int, question: str) -> None:
    """Answers a question while the person looks on, and keeps the record."""
    _question(question)
    lines, seen = list[StepLine](), set[str]()
    with st.chat_message("assistant", avatar=":material/menu_book:"):
        steps = st.status("Reading the question", type="compact", expanded=True)
        place, text = st.empty(), ""
        try:
            with desk.open(project) as assistant:
                for event in assistant.stream(question):
                    if event.kind == "step":
                        lines.append(whole_line(event.data))
                        seen.update(papers_of_step(event.data["found"]))
                        steps.update(label=shown(lines[-1].label))
                        _step(steps, lines[-1])
                    elif event.kind == "found":
                        place.caption(so_far(event.data) or "Nothing is near so far.")
                    elif event.kind == "token":
                        text += event.data
                        place.html(paragraphs(shown(text, html=True)))
                    elif event.kind == "answer":
                        record = event.data.to_dict()
        except StrataError as error:
            steps.update(label="Stopped", state="error")
            place.error(shown(str(error)))
            desk.conversations.answered(turn, {"schema": 1, "error": error.to_dict()})
            return
        # Before it is kept: who pressed stop while the last step ran gets no answer, and may ask again.
        steps.update(label=_summary(lines), state="complete", expanded=False)
        kept = record | {"steps": msgspec.to_builtins(lines)}
        desk.conversations.answered(turn, kept, sorted(seen.union(papers_of_record(record))))
        with place.container():
            _answer(desk, project, record, f"turn{turn}")
            _how(turn, lines)


def _question(question: str) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.text(question)


def _answer(desk: Desk, project: str, record: Mapping[str, Any], anchor: str, *, folded: bool = False) -> None:
    refused = record["status"] == UNANSWERABLE
    if refused:
        st.warning("**The papers do not tell.** Nothing in them answers this question.", icon=":material/search_off:")
    else:
        if record["status"] == "partial":
            st.caption("The papers may tell only a part of it.")
        st.html(answer_html(record, None if folded else anchor))
    for note in record.get("notes", ()):  # not in records of an earlier version
        st.caption(shown(note))
    if why := route_line(record):
        st.caption(why)
    found, heading = (nearest(record), "The nearest there is") if refused else (sources(record), "Sources")
    if folded:
        _folded(desk, project, found, anchor, heading)
    else:
        show_sources(desk, project, found, anchor, heading)


@st.fragment
def _folded(desk: Desk, project: str, found: Sequence[Source], anchor: str, heading: str) -> None:
    place = st.expander(f"{heading} ({len(found)})", key=f"sources-{anchor}", on_change="rerun")
    if place.open:
        with place:
            show_sources(desk, project, found, anchor, heading)


@st.fragment
def _steps(turn: int, lines: Sequence[StepLine]) -> None:
    if not lines:
        return
    place = st.expander(_summary(lines), type="compact", key=f"steps-{turn}", on_change="rerun")
    if place.open:
        for line in lines:
            _step(place, line)


@st.fragment
def _how(turn: int, lines: Sequence[StepLine]) -> None:
    """The candidates with their scores, what was left out, and the times; drawn when it is opened."""
    if not any(line.found for line in lines):
        return  # of an earlier version
    place = st.expander("How this was found", key=f"how-{turn}", on_change="rerun")
    if place.open:
        place.html(how_html(lines))


def _step(place: Any, line: StepLine) -> None:
    with place, st.status(shown(line.label), type="step", state="complete"):
        if line.details:
            st.text("\n".join(line.details))


def _summary(lines: Sequence[StepLine]) -> str:
    return f"How this was answered: {len(lines)} steps"
