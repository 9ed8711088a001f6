"""How a node stands on the server: the collection's properties, and the way from record to object and back.

A node's title and text are searchable and nothing else is; ids and what filters use are compared exactly. It must not
know searches, transactions or the server.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

import msgspec
import numpy as np
from weaviate.classes.config import Configure, DataType, Property, StopwordsPreset, Tokenization, VectorDistances
from weaviate.classes.data import DataObject
from weaviate.collections.classes.config import TextAnalyzerConfigCreate

from hierarchy.nodes import Finding, Level, Node, PaperName, Record, Vector
from hierarchy.positions import Positions

COLLECTION = "StrataNode"
NAMESPACE = UUID("8d0f4d5e-6f0c-5e0c-9a35-6a1f0f7e2c11")

EXACT = ("node_id", "level", "parent", "paper", "kind", "section_kind", "file", "doi", "arxiv", "digest")
NUMBERS = ("year", "epoch")
LISTS = ("authors", "tags")
WORDS = ("title", "text")
TITLE_WEIGHT = 2
KEPT = ("path", "metadata", "finding")  # JSON that only we read
BYTES = ("places", "attachment")

# All that makes a node; its attachment is fetched only where it is asked for.
NODE = ["node_id", "level", "title", "text", "parent", "paper", "kind", "position", "digest", "file", *KEPT, "places"]


NAME = ["node_id", "title", *LISTS]  # what a paper is called by


def property_of(field: str) -> str:
    """The property that holds a field of a filter."""
    return "node_id" if field == "id" else field


def collection() -> dict[str, Any]:
    """The arguments that make the collection of all projects' nodes."""
    fold = TextAnalyzerConfigCreate(ascii_fold=True)
    plain: dict[str, Any] = {"index_searchable": False}
    properties = [
        *(
            Property(name=n, data_type=DataType.TEXT, tokenization=Tokenization.FIELD, index_filterable=True, **plain)
            for n in EXACT
        ),
        *(
            Property(
                name=n, data_type=DataType.TEXT_ARRAY, tokenization=Tokenization.FIELD, index_filterable=True, **plain
            )
            for n in LISTS
        ),
        *(
            Property(
                name=n,
                data_type=DataType.TEXT,
                tokenization=Tokenization.WORD,
                index_filterable=False,
                index_searchable=True,
                text_analyzer=fold,
            )
            for n in WORDS
        ),
        *(Property(name=n, data_type=DataType.INT, index_filterable=True, index_range_filters=True) for n in NUMBERS),
        Property(name="position", data_type=DataType.INT, index_filterable=False),
        *(Property(name=n, data_type=DataType.TEXT, index_filterable=False, **plain) for n in KEPT),
        *(Property(name=n, data_type=DataType.BLOB, index_filterable=False) for n in BYTES),
    ]
    return {
        "name": COLLECTION,
        "description": "The nodes of Strata's projects, a tenant each",
        "properties": properties,
        "vector_config": Configure.Vectors.self_provided(
            vector_index_config=Configure.VectorIndex.hnsw(distance_metric=VectorDistances.COSINE)
        ),
        "inverted_index_config": Configure.inverted_index(
            bm25_b=0.75, bm25_k1=1.2, index_null_state=True, stopwords_preset=StopwordsPreset.NONE
        ),
        "multi_tenancy_config": Configure.multi_tenancy(enabled=True),
    }


def object_id(node: str, attempt: str) -> UUID:
    """The object of a node as one attempt to write it makes it; no two attempts make the same."""
    return uuid5(NAMESPACE, f"{attempt}\n{node}")


def object_of(record: Record, epoch: int, attempt: str) -> DataObject[Any, Any]:
    """The object of a record; what is None is left out, and is null on the server."""
    n = record.node
    given: dict[str, Any] = {
        "node_id": n.id,
        "level": n.level.value,
        "title": n.title,
        "text": n.text,
        "parent": n.parent,
        "paper": n.paper,
        "kind": n.kind,
        "file": n.file if n.level == Level.PAPER else None,
        "position": n.order,
        "digest": n.digest,
        "epoch": epoch,
        "path": _json(n.path),
        "metadata": _json(n.metadata),
        "finding": _json(n.finding) if n.finding else None,
        "places": _coded(n.places.data),
        "attachment": _coded(record.attachment),
        **{name: n.metadata.get(name) for name in ("section_kind", "year", "doi", "arxiv")},
        **{name: list(n.metadata.get(name) or ()) or None for name in LISTS},
    }
    return DataObject(
        {name: value for name, value in given.items() if value is not None},
        object_id(n.id, attempt),
        np.ascontiguousarray(record.vector, np.float32).tolist(),
    )


def node_of(properties: Mapping[str, Any], project: str, papers: Mapping[str, tuple[str, str | None]]) -> Node:
    """A node of an object's properties; `papers` gives title and file of each paper."""
    finding, paper = properties.get("finding"), properties.get("paper")
    title, file = papers.get(str(paper), (None, None))
    return Node(
        id=properties["node_id"],
        level=Level(properties["level"]),
        project=project,
        title=properties.get("title") or "",
        text=properties.get("text") or "",
        parent=properties.get("parent"),
        paper=paper,
        paper_title=title,
        file=file,
        path=tuple(msgspec.json.decode(properties["path"], type=list[str])),
        kind=properties.get("kind"),
        order=int(properties["position"]),
        digest=properties.get("digest") or "",
        metadata=msgspec.json.decode(properties["metadata"], type=dict[str, Any]),
        finding=msgspec.json.decode(finding, type=Finding) if finding else None,
        places=Positions(decoded(properties.get("places"))),
    )


def name_of(properties: Mapping[str, Any]) -> PaperName:
    """What a paper is called by, of the properties of NAME."""
    authors, tags = (tuple(properties.get(name) or ()) for name in LISTS)
    return PaperName(properties["node_id"], properties.get("title") or "", authors, tags)


def vector_of(found: Any) -> Vector:
    """The vector of an object that was fetched with it."""
    return np.asarray(found.vector["default"], np.float32)


def decoded(value: str | None) -> bytes:
    """The bytes of a blob."""
    return base64.b64decode(value) if value else b""


def _coded(value: bytes | None) -> str | None:
    return base64.b64encode(value).decode() if value else None  # the server refuses a blob without bytes


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
