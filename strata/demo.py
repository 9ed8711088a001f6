"""`make demo`: the main job on the sample papers, offline and with no key.

Ingests two small fields into projects of their own, draws a tree, asks the questions of data/sample/demo.jsonl and says
what to do next. It ends with an error when the main job was not done: a file failed, or a question with an answer got
none. `python -m strata.demo --quiet` only ingests, as `make app` needs it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hierarchy.errors import StrataError
from hierarchy.nodes import Level
from retrieval.records import UNANSWERABLE
from strata.assistant import Assistant
from strata.cli import show
from strata.cli.door import fail
from strata.cli.progress import Progress

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"
PROJECTS = ("wetland-calls", "roof-meadows")
NEXT = f"""What next:
  make app                                               # the research chat in a browser, on these papers
  .venv/bin/strata ask "How was rain mixed into the training clips?" --project {PROJECTS[0]}
  .venv/bin/strata tree --project {PROJECTS[1]} --depth finding
  .venv/bin/strata ingest ~/papers --project thesis      # your own PDFs; then ask with --project thesis"""


def main(arguments: Sequence[str] = ()) -> int:
    """Runs the demo and gives the exit code."""
    out = show.console()
    failed = False
    for project in PROJECTS:
        out.rule(f"Ingest the sample papers of {project}")
        failed |= _ingest(project)
    if "--quiet" in arguments:
        return int(failed)
    missed = [row["question"] for project in PROJECTS for row in _shown(project)]
    out.rule("Done")
    out.print(NEXT)
    for question in missed:
        print(f"The demo expected otherwise of: {question}", file=sys.stderr)
    return 1 if missed or failed else 0


def _ingest(project: str) -> bool:
    """Takes a folder of sample papers in; whether any failed."""
    with Assistant(project) as assistant, Progress() as progress:
        report = assistant.ingest(SAMPLE / project, watcher=progress)
    show.show_report(report)
    return bool(report.failed)


def _shown(project: str) -> Iterator[dict[str, Any]]:
    """Shows a project's tree and its questions; gives those whose answers are not what they should be."""
    out = show.console()
    with Assistant(project) as assistant:
        out.rule(f"What Strata remembers of {project}")
        show.show_tree(assistant.tree(Level.PAPER))
        out.rule(f"Questions to {project}, at each level")
        for line in (SAMPLE / "demo.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["project"] != project:
                continue
            out.print(f"\n{row['question']}", style="bold underline")
            answer = assistant.ask(row["question"])
            show.show_answer(answer)
            if (answer.status == UNANSWERABLE) != (row["level"] == "none"):
                yield row


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except StrataError as error:
        sys.exit(fail(error, as_json=False))
