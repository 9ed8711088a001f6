"""A process that asks: `python -m benchmarks.asking_side HELD COUNT` or `... HELD COUNT QUESTIONS.jsonl`.

Prints CPU milliseconds of COUNT searches of a made project without a reranker, of as many with one, and until the first
evidence of as many answers was shown; with a file, of as many answers to its questions. HELD questions of each kind are
not counted.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.bench import PROJECT
from benchmarks.made import questions
from strata.assistant import Assistant
from strata.settings import RerankSettings, Settings

K = 20


def main() -> None:
    held, count = (int(argument) for argument in sys.argv[1:3])
    settings = Settings(home=Path(os.environ["STRATA_HOME"]))
    found = (
        answers(Path(sys.argv[3]), held + count, settings) if len(sys.argv) > 3 else searches(held + count, settings)
    )
    print(json.dumps({name: ms[held:] for name, ms in found.items()}))


def searches(count: int, settings: Settings) -> dict[str, list[float]]:
    """Milliseconds of searches of a made project, whose passages hold no sentences to answer from."""
    asked = questions(3 * count)
    with Assistant(PROJECT, settings.model_copy(update={"reranker": RerankSettings(rerank="none")})) as bare:
        without = [_cpu_ms(bare.search, question, K) for question in asked[:count]]
    with Assistant(PROJECT, settings) as assistant:
        read = [_cpu_ms(assistant.search, question, K) for question in asked[count : 2 * count]]
        first = [_cpu_ms(_first_evidence, assistant, question) for question in asked[2 * count :]]
    return {"bare": without, "read": read, "first": first}


def answers(file: Path, count: int, settings: Settings) -> dict[str, list[float]]:
    """Milliseconds of answers."""
    asked = [json.loads(line)["question"] for line in file.read_text("utf-8").splitlines()][:count]
    with Assistant(PROJECT, settings) as assistant:
        return {"answers": [_cpu_ms(assistant.ask, question) for question in asked]}


def _first_evidence(assistant: Assistant, question: str) -> None:
    """Goes as far as the first evidence is shown; nothing was read by then.

    Raises:
        AssertionError: where it was read before.
    """
    for event in assistant.stream(question):
        if event.kind == "found":
            return
        assert event.data["name"] != "rerank", "the evidence came after the reading"


def _cpu_ms(run: Callable[..., Any], *arguments: object) -> float:
    start = time.process_time()
    run(*arguments)
    return 1000 * (time.process_time() - start)


if __name__ == "__main__":
    main()
