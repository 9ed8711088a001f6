"""The commands that ask: ask, search, trace; one question, or a file of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import click

from hierarchy.errors import UsageError
from strata.asking import Row
from strata.assistant import Assistant
from strata.cli import show
from strata.cli.door import emit
from strata.cli.options import LEVELS, json_option, out_option, paper_option, projects_option, queries_option
from strata.cli.show_trace import show_trace


@click.command()
@click.argument("question", required=False)
@projects_option
@paper_option
@queries_option
@out_option
@json_option
def ask(
    question: str | None,
    projects: tuple[str, ...],
    papers: tuple[str, ...],
    queries: Path | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Answer a QUESTION with quotes, or say that the papers do not tell."""
    with Assistant(projects or None) as assistant:
        if queries is not None:
            return _many(assistant.ask_many(_rows(queries)), out, question)
        several = len(assistant.asked_projects) > 1
        answer = assistant.ask(_given(question), papers=papers or None)
    if as_json:
        emit(answer.to_dict())
    else:
        show.show_answer(answer, several=several)
    return 0


@click.command()
@click.argument("question", required=False)
@projects_option
@click.option("--k", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many nodes.")
@click.option("--level", type=LEVELS, help="One level only.")
@click.option("--context", is_flag=True, help="Show what stands before and after each passage, too.")
@paper_option
@queries_option
@out_option
@json_option
def search(
    question: str | None,
    projects: tuple[str, ...],
    k: int,
    level: str | None,
    context: bool,
    papers: tuple[str, ...],
    queries: Path | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Rank nodes for a QUESTION, without an answer."""
    if context and queries is not None:
        raise UsageError("--context is for one question.", "Leave out --queries or --context.", "usage")
    with Assistant(projects or None) as assistant:
        if queries is not None:
            return _many(assistant.search_many(_rows(queries), k, level=level), out, question)
        several = len(assistant.asked_projects) > 1
        result = assistant.search(_given(question), k, level=level, papers=papers or None)
        beside = assistant.around(result) if context else {}
    if as_json:
        record = result.to_dict()
        for node in record["nodes"]:
            if context:
                node["context"] = beside[node["id"]].to_dict() if node["id"] in beside else None
        emit(record)
    else:
        show.show_search(result, beside, several=several)
    return 0


@click.command()
@click.argument("trace_id")
@json_option
def trace(trace_id: str, as_json: bool) -> int:
    """Show how an earlier answer came about; its TRACE_ID stands under the answer."""
    with Assistant("trace") as assistant:
        record = assistant.trace(trace_id)
    if as_json:
        emit(record)
    else:
        show_trace(record)
    return 0


def _given(question: str | None) -> str:
    if question is None:
        raise UsageError(
            "No question was given.", 'For example: strata ask "Which papers use a contrastive loss?"', "empty_question"
        )
    return question


def _many(rows: Iterable[Row], out: Path | None, question: str | None) -> int:
    if question is not None:
        raise UsageError("Give a question or --queries, not both.", "Leave one out.", "usage")
    if out is None:
        _write(rows, sys.stdout)
        return 0
    part = out.with_name(out.name + ".part")
    try:
        with part.open("w", encoding="utf-8", errors="replace") as handle:
            _write(rows, handle)
        part.replace(out)  # whole or not at all
    except OSError as error:
        raise UsageError(
            f"{out} cannot be written ({error.strerror or error}).", "Name another file with --out.", "out"
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return 0


def _write(rows: Iterable[Row], handle: TextIO) -> None:
    for row in rows:
        handle.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")
        handle.flush()


def _rows(path: Path) -> list[Row]:
    """The rows of a file of questions; a line that is no JSON object becomes a row that has no question."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")  # not splitlines(): a question may hold U+2028
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read ({error}).", "Name a file of questions in UTF-8, a JSON object a line.", "queries"
        ) from error
    return [_row(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _row(number: int, line: str) -> Row:
    try:
        row = json.loads(line, parse_constant=str)  # NaN is no JSON, and none may come out again
    except json.JSONDecodeError:
        row = None
    return row if isinstance(row, dict) else {"id": f"line {number}", "question": None}
