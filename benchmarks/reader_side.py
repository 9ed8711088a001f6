"""A process that asks while papers come in: `python -m benchmarks.reader_side WHOLE STOP`.

Asks one question after another until the file STOP is there. After each answer it counts the nodes of every paper that
the answer saw, in one reading: a paper is there with as many nodes as WHOLE says, or not at all.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.bench import PROJECT
from hierarchy.errors import StrataError
from strata.assistant import Assistant

QUESTIONS = (
    "What is the main result?",
    "How was the data annotated?",
    "Which papers use a contrastive loss?",
    "What F1 did they report?",
    "What are the limitations?",
)


def main() -> None:
    whole: dict[str, int] = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    stop = Path(sys.argv[2])
    answers, half, errors = 0, 0, list[str]()
    with Assistant(PROJECT) as assistant:
        while not stop.exists():
            try:
                answer = assistant.ask(QUESTIONS[answers % len(QUESTIONS)])
                counts = assistant._store().count_by("paper")
            except StrataError as error:
                errors.append(str(error))
                continue
            answers += 1
            half += sum(whole.get(paper) != count for paper, count in counts.items())
            cited = {citation.paper for citation in answer.citations}
            half += len(cited - counts.keys())
    print(json.dumps({"answers": answers, "half": half, "errors": errors}))


if __name__ == "__main__":
    main()
