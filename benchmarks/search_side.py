"""A process that searches a made project: `python -m benchmarks.search_side HELD FIRST COUNT [profile]`.

Opens STRATA_HOME's project, loads the encoder with another text, makes HELD searches that are not counted, then prints
the CPU milliseconds of COUNT searches from question FIRST on, as `strata search` makes them: what names papers, route,
encoding, both legs of each level, one order.
With `profile` it prints where the time went instead.
"""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import sys
import time
from pathlib import Path

from benchmarks.bench import PROJECT
from benchmarks.made import questions
from hierarchy.encoder import Text
from retrieval.pipeline import Pipeline
from retrieval.settings import RetrievalSettings
from strata.__main__ import collect_seldom
from strata.minilm import MiniLM
from strata.projects import FileProjects

K = 20


def search(pipeline: Pipeline, question: str) -> int:
    """One search as `strata search` does it; how many nodes it found."""
    return len(pipeline.search(question, K, None, None)[0])


def main() -> None:
    if sys.argv[1] == "0":
        collect_seldom()  # as the command line does
    held, first, count = (int(argument) for argument in sys.argv[1:4])
    home = Path(os.environ["STRATA_HOME"])
    encoder = MiniLM(home)
    store = FileProjects(home).open(PROJECT, encoder.identity, create=False)
    pipeline = Pipeline(store, encoder, RetrievalSettings())
    encoder.encode([Text("some other words that only load the model")])
    asked = questions(first + count + held)
    for question in asked[first + count :]:
        search(pipeline, question)
    profile = cProfile.Profile() if "profile" in sys.argv else None
    if profile:
        profile.enable()
    spent: list[float] = []
    for question in asked[first : first + count]:
        start = time.process_time()
        found = search(pipeline, question)
        spent.append(1000 * (time.process_time() - start))
        assert found == K, f"{found} nodes for {question!r}"
    if profile:
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(15)
    else:
        print(json.dumps({"ms": spent}))


if __name__ == "__main__":
    main()
