"""A process that searches the passages of a made project on Weaviate: `python -m benchmarks.engine_side HELD COUNT`.

Each question in turn by our two legs, fused by us, and by the server's own hybrid query of the same two legs; after
HELD questions that are not counted it prints the milliseconds by the clock of COUNT.
"""

from __future__ import annotations

import json
import sys
import time

from weaviate.classes.query import Filter as Where
from weaviate.classes.query import HybridFusion, MetadataQuery

from benchmarks.bench import PROJECT
from benchmarks.made import questions
from hierarchy.nodes import Level, Vector
from hierarchy.weaviate import WeaviateStore
from hierarchy.weaviate.tenant import SEARCHED
from retrieval.search import Searcher
from strata.minilm import MiniLM
from strata.projects import projects_of
from strata.settings import Settings

K = 20


def main() -> None:
    held, count = map(int, sys.argv[1:3])
    settings = Settings.from_environment()
    projects = projects_of(settings, "weaviate")
    encoder = MiniLM(settings.home)
    store = projects.open(PROJECT, encoder.identity, create=False)
    assert isinstance(store, WeaviateStore)
    tenant, searcher = store.tenant.collection, Searcher(store, encoder, settings.retrieval)
    passages = Where.by_property("level").equal(Level.PASSAGE.value)

    def ours(question: str, vector: Vector) -> int:
        return len(searcher.level(question, vector, Level.PASSAGE, K, None)[:K])

    def theirs(question: str, vector: Vector) -> int:
        found = tenant.query.hybrid(
            question,
            vector=vector.tolist(),
            alpha=settings.retrieval.alpha,
            limit=K,
            filters=passages,
            query_properties=SEARCHED,
            fusion_type=HybridFusion.RELATIVE_SCORE,
            return_properties=["node_id"],
            return_metadata=MetadataQuery(score=True),
        )
        return len(found.objects)

    spent: dict[str, list[float]] = {"ours": [], "theirs": []}
    for number, question in enumerate(questions(held + count)):
        vector = searcher.encode(question)
        for name, search in (("ours", ours), ("theirs", theirs)):
            start = time.monotonic()
            assert search(question, vector) == K
            if number >= held:
                spent[name].append(1000 * (time.monotonic() - start))
    print(json.dumps(spent))
    projects.close()


if __name__ == "__main__":
    main()
