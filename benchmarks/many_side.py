"""A process that asks a made project many questions: `python -m benchmarks.many_side QUESTIONS K`.

Searches for each question alone and for all together, in turn, ROUNDS times, without a reranker, and prints the CPU
seconds of both, how many rows differ in anything but their trace, and the most memory before and after.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.bench import PROJECT
from benchmarks.made import questions
from strata.__main__ import collect_seldom
from strata.assistant import Assistant
from strata.settings import RerankSettings, Settings

ROUNDS = 3
WARM_UP = 10
NEW = {"id", "trace"}  # what is another each time


def alone(assistant: Assistant, asked: list[str], k: int) -> Iterator[dict[str, Any]]:
    return (assistant.search(question, k).to_dict() for question in asked)


def together(assistant: Assistant, asked: list[str], k: int) -> Iterator[dict[str, Any]]:
    return assistant.search_many(({"id": i, "question": question} for i, question in enumerate(asked)), k)


def _rows(rows: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in NEW} for row in rows]


def main() -> None:
    collect_seldom()  # as the command line does
    count, k = int(sys.argv[1]), int(sys.argv[2])
    asked = questions(WARM_UP + count)
    spent: dict[str, list[float]] = {"alone": [], "together": []}
    memory: dict[str, float] = {}
    found: dict[str, list[dict[str, Any]]] = {}
    settings = Settings.from_environment().model_copy(update={"reranker": RerankSettings(rerank="none")})
    with Assistant(PROJECT, settings) as assistant:
        _rows(alone(assistant, asked[:WARM_UP], k))
        for _ in range(ROUNDS):
            for name, ask in (("alone", alone), ("together", together)):
                start = time.process_time()
                found[name] = _rows(ask(assistant, asked[WARM_UP:], k))
                spent[name].append(time.process_time() - start)
                memory.setdefault(name, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    differ = sum(a != b for a, b in zip(found["alone"], found["together"], strict=True))
    print(json.dumps({"spent": spent, "differ": differ, "memory": memory}))


if __name__ == "__main__":
    main()
