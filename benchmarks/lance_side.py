"""LanceDB's side of the search: `python -m benchmarks.lance_side NODES HELD COUNT`, a process that lives long.

The same nodes, vectors and texts in a table under STRATA_HOME/lance, made where it is not there: exact vector search,
its native full-text index, its own reciprocal rank fusion. One search over all levels at once, as its documentation
teaches it (Strata searches each level by itself). Prints the CPU milliseconds of COUNT searches, encoding included.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import lancedb
import numpy as np
import pyarrow as pa
from lancedb.index import FTS
from lancedb.rerankers import RRFReranker

from benchmarks.made import batches, questions
from benchmarks.search_side import K
from hierarchy.encoder import Text
from strata.minilm import MiniLM
from strata.weights import DIMENSION

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("id", "level", "title", "text")] + [("vector", pa.list_(pa.float32(), DIMENSION))]
)


def rows(nodes: int) -> Iterator[pa.RecordBatch]:
    for batch in batches(nodes):
        columns = [[getattr(record.node, name) for record in batch] for name in SCHEMA.names[:-1]]
        flat = pa.array(np.concatenate([record.vector for record in batch]), pa.float32())
        vectors = pa.FixedSizeListArray.from_arrays(flat, DIMENSION)
        yield pa.RecordBatch.from_arrays([*(pa.array(c, pa.string()) for c in columns), vectors], schema=SCHEMA)


def main() -> None:
    nodes, held, count = (int(argument) for argument in sys.argv[1:4])
    home = Path(os.environ["STRATA_HOME"])
    database = lancedb.connect(str(home / "lance"))
    try:
        table = database.open_table("nodes")
    except (ValueError, FileNotFoundError):
        table = database.create_table("nodes", rows(nodes), schema=SCHEMA)
        table.create_index("text", config=FTS())
    encoder, reranker = MiniLM(home), RRFReranker()
    asked = questions(count + held)
    spent: list[float] = []
    for question in asked[count:] + asked[:count]:
        start = time.process_time()
        vector = encoder.encode([Text(question)])[0].vector
        query = table.search(query_type="hybrid", vector_column_name="vector").vector(vector).text(question)
        found = query.distance_type("cosine").rerank(reranker).limit(K).to_list()
        spent.append(1000 * (time.process_time() - start))
        assert found, question
    print(json.dumps({"ms": spent[held:]}))


if __name__ == "__main__":
    main()
