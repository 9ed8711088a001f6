"""`make demo`: the main job on the sample papers, offline and with no key.

Ingests them into the project "demo", draws the tree, asks the questions of data/sample/demo.jsonl and says what to do
next. It ends with an error when the main job was not done: a file failed, or a question with an answer got none.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from hierarchy.errors import StrataError
from hierarchy.nodes import Level
from retrieval.records import UNANSWERABLE
from strata.assistant import Assistant
from strata.cli import show
from strata.cli.door import fail
from strata.cli.progress import Progress

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"
PROJECT = "demo"
NEXT = f"""What next:
  .venv/bin/strata ask "How was rain mixed into the training clips?" --project {PROJECT}
  .venv/bin/strata tree --project {PROJECT} --depth finding
  .venv/bin/strata ingest ~/papers --project thesis      # your own PDFs; then ask with --project thesis"""


def main() -> int:
    """Runs the demo and gives the exit code."""
    out = show.console()
    missed: list[str] = []
    with Assistant(PROJECT) as assistant:
        out.rule("1. Ingest the sample papers")
        with Progress() as progress:
            report = assistant.ingest(SAMPLE, watcher=progress)
        show.show_report(report)
        out.rule("2. What Strata remembers of them")
        show.show_tree(assistant.tree(Level.SECTION))
        out.rule("3. Questions at each level")
        for line in (SAMPLE / "demo.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            out.print(f"\n{row['question']}", style="bold underline")
            answer = assistant.ask(row["question"])
            show.show_answer(answer)
            if (answer.status == UNANSWERABLE) != (row["level"] == "none"):
                missed.append(row["question"])
    out.rule("Done")
    out.print(NEXT)
    for question in missed:
        print(f"The demo expected otherwise of: {question}", file=sys.stderr)
    return 1 if missed or report.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StrataError as error:
        sys.exit(fail(error, as_json=False))
