"""The door for those who come from LlamaIndex: a project on Weaviate as one of its vector stores, and our encoder.

    index = VectorStoreIndex.from_vector_store(vector_store("thesis"), embed_model=embedding())
    index.as_retriever(similarity_top_k=5).retrieve("How was the data annotated?")

The search is LlamaIndex's own `WeaviateVectorStore`, on the project's tenant. What it gets wrong on a collection that
it did not make is put right here: an alpha of 0, keyword modes, filters by list, and what no reader may see; what it
cannot do is refused instead of answered by something else. It only reads: papers come in by `strata ingest`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import BaseNode, TextNode
from llama_index.core.vector_stores.types import (
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryMode,
    VectorStoreQueryResult,
)
from llama_index.vector_stores.weaviate import WeaviateVectorStore
from weaviate.exceptions import WeaviateQueryError

from hierarchy.encoder import Encoder, Text
from hierarchy.errors import UsageError
from hierarchy.filters import And, Between, Eq, Filter, Has, In, IsNull, Not, Or, all_of, check_fields
from hierarchy.nodes import Level, Node
from hierarchy.weaviate import Server, WeaviateStore
from hierarchy.weaviate.objects import COLLECTION
from hierarchy.weaviate.tenant import SEARCHED
from strata.models import build_encoder
from strata.projects import ServerProjects, projects_of
from strata.settings import Settings

BY_WORDS = (VectorStoreQueryMode.SPARSE, VectorStoreQueryMode.TEXT_SEARCH)
MODES = (VectorStoreQueryMode.DEFAULT, VectorStoreQueryMode.HYBRID, *BY_WORDS)


def vector_store(
    project: str | None = None, settings: Settings | None = None, level: Level = Level.PASSAGE
) -> ProjectVectorStore:
    """A project on Weaviate as a vector store of LlamaIndex, one level of it.

    Raises:
        UsageError: where no server is set, or it has no such project.
        StoreError: where the server fails.
    """
    settings = settings or Settings.from_environment()
    projects = projects_of(settings, "weaviate")
    store = projects.open(project or settings.project, None, create=False)
    assert isinstance(projects, ServerProjects)
    assert isinstance(store, WeaviateStore)
    return ProjectVectorStore(store, Server(projects.registry.server.address), level)


def embedding(settings: Settings | None = None) -> StrataEmbedding:
    """The encoder that Strata's projects are made with, as an embedding of LlamaIndex."""
    settings = settings or Settings.from_environment()
    return StrataEmbedding(build_encoder(settings))


class ProjectVectorStore(WeaviateVectorStore):  # type: ignore[misc]
    """One level of a project, for reading. Filters know the fields of `hierarchy.filters`."""

    _store: WeaviateStore = PrivateAttr()
    _server: Server = PrivateAttr()
    _level: Level = PrivateAttr()

    def __init__(self, store: WeaviateStore, server: Server, level: Level) -> None:
        # The adapter knows no tenants: every collection that it is handed is bound to the project's.
        server.client.collections = _OfTenant(server.client.collections, store.tenant.name)  # type: ignore[assignment]
        super().__init__(weaviate_client=server.client, index_name=COLLECTION)
        self._store, self._server, self._level = store, server, level

    @classmethod
    def class_name(cls) -> str:
        return "ProjectVectorStore"

    def query(self, query: VectorStoreQuery, **kwargs: Any) -> VectorStoreQueryResult:
        """The nearest nodes, as LlamaIndex's nodes with title, page and paper in their metadata.

        Raises:
            UsageError: for a mode or a filter that there is not.
        """
        if query.mode not in MODES:
            raise UsageError(
                f"A project cannot be searched in mode {query.mode.value!r}.",
                f"Modes: {', '.join(mode.value for mode in MODES)}.",
            )
        where = all_of(
            Eq("level", self._level.value),
            In("paper", tuple(query.doc_ids)) if query.doc_ids else None,
            In("id", tuple(query.node_ids)) if query.node_ids else None,
            _filter(query.filters) if query.filters is not None else None,
        )
        alpha = _alpha(query)
        if alpha == 1:  # its hybrid search would tell ranks on a scale of its own, not how near a node is
            hits = self._store.dense(np.array(query.query_embedding), self._level, query.similarity_top_k, where)
            return self._result([hit.id for hit in hits], [hit.score for hit in hits])
        bare = query.__class__(
            **{**vars(query), "filters": None, "doc_ids": None, "node_ids": None, "mode": VectorStoreQueryMode.HYBRID}
        )

        def search(visible: Any) -> VectorStoreQueryResult:
            if visible is False:
                return VectorStoreQueryResult(nodes=[], ids=[], similarities=[])
            asked = {
                "query_properties": SEARCHED,
                "return_properties": ["node_id", "text"],
                "filters": visible,
                "alpha": alpha,
            }
            try:
                return super(ProjectVectorStore, self).query(bare, **{**asked, **kwargs})
            except ValueError as error:  # the adapter's word for whatever the server says
                raise WeaviateQueryError(str(error), "GRPC search") from error

        found = self._store.looked_at(where, lambda visible: self._server.call(lambda: search(visible)))
        return self._result([str(node.metadata["node_id"]) for node in found.nodes or ()], found.similarities or [])

    def _result(self, ids: Sequence[str], scores: Sequence[float]) -> VectorStoreQueryResult:
        nodes = self._store.get(ids)
        kept = [(_text_node(nodes[i]), score) for i, score in zip(ids, scores, strict=True) if i in nodes]
        return VectorStoreQueryResult(
            nodes=[node for node, _ in kept], ids=[node.node_id for node, _ in kept], similarities=[s for _, s in kept]
        )

    async def aquery(self, query: VectorStoreQuery, **kwargs: Any) -> VectorStoreQueryResult:
        """As `query`, in a thread."""
        return await asyncio.to_thread(self.query, query, **kwargs)

    def add(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[str]:
        """Refused, as all that writes."""
        _refuse()

    async def async_add(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[str]:
        """Refused."""
        _refuse()

    def delete(self, ref_doc_id: str, **kwargs: Any) -> None:
        """Refused."""
        _refuse()

    async def adelete(self, ref_doc_id: str, **kwargs: Any) -> None:
        """Refused."""
        _refuse()

    def delete_nodes(self, node_ids: Any = None, filters: Any = None, **kwargs: Any) -> None:
        """Refused."""
        _refuse()

    async def adelete_nodes(self, node_ids: Any = None, filters: Any = None, **kwargs: Any) -> None:
        """Refused."""
        _refuse()

    def clear(self) -> None:
        """Refused."""
        _refuse()

    async def aclear(self) -> None:
        """Refused."""
        _refuse()

    def delete_index(self) -> None:
        """Refused: it would delete the projects of all who use the server."""
        _refuse()

    def close(self) -> None:
        """Lets go of the connections."""
        self._server.close()
        self._store.close_server()


class StrataEmbedding(BaseEmbedding):  # type: ignore[misc]
    """Our encoder behind LlamaIndex's interface."""

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(model_name=encoder.identity.model)
        self._encoder = encoder

    @classmethod
    def class_name(cls) -> str:
        return "StrataEmbedding"

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [[float(x) for x in e.vector] for e in self._encoder.encode([Text(text) for text in texts])]

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(x) for x in self._encoder.encode([Text(query, asked=True)])[0].vector]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)


class _OfTenant:
    """A client's collections, each handed out bound to one tenant."""

    def __init__(self, collections: Any, tenant: str) -> None:
        self._collections, self._tenant = collections, tenant

    def get(self, name: str) -> Any:
        return self._collections.get(name).with_tenant(self._tenant)

    use = get

    def exists(self, name: str) -> bool:
        return bool(self._collections.exists(name))


def _alpha(query: VectorStoreQuery) -> float:
    """The dense leg's weight: what was asked for, 0 too; 1 where no hybrid search was."""
    if query.mode in BY_WORDS:
        return 0.0
    if query.mode == VectorStoreQueryMode.DEFAULT or not query.query_str:
        return 1.0
    return 0.5 if query.alpha is None else float(query.alpha)


def _text_node(node: Node) -> TextNode:
    meta = {"title": node.title, "level": node.level.value, "kind": node.kind, "page": node.page}
    meta |= {"paper": node.paper, "paper_title": node.paper_title, "file": node.file, "path": " > ".join(node.path)}
    return TextNode(id_=node.id, text=node.text, metadata={k: v for k, v in meta.items() if v is not None})


def _filter(given: MetadataFilters | MetadataFilter) -> Filter:
    """A filter of LlamaIndex as one of ours.

    Raises:
        UsageError: for an operator that there is not, or a field that nothing is filtered by.
    """
    if isinstance(given, MetadataFilters):
        parts = tuple(_filter(part) for part in given.filters)
        match given.condition:
            case FilterCondition.OR:
                return Or(parts)
            case FilterCondition.NOT:
                return Not(Or(parts))
            case _:
                return And(parts)
    check_fields([given.key])
    field: Any = given.key
    value: Any = given.value
    listed = tuple(value) if isinstance(value, list) else (value,)
    match given.operator:
        case FilterOperator.EQ:
            return Eq(field, value)
        case FilterOperator.NE:
            return Not(Eq(field, value))
        case FilterOperator.IN:
            return In(field, listed)
        case FilterOperator.NIN:
            return Not(In(field, listed))
        case FilterOperator.CONTAINS:
            return Has(field, str(value))
        case FilterOperator.ANY:
            return Or(tuple(Has(field, str(v)) for v in listed))
        case FilterOperator.ALL:
            return And(tuple(Has(field, str(v)) for v in listed))
        case FilterOperator.IS_EMPTY:
            return IsNull(field)
        case FilterOperator.GT | FilterOperator.GTE | FilterOperator.LT | FilterOperator.LTE if field == "year":
            year = int(value)
            return {
                FilterOperator.GT: Between("year", year + 1, None),
                FilterOperator.GTE: Between("year", year, None),
                FilterOperator.LT: Between("year", None, year - 1),
                FilterOperator.LTE: Between("year", None, year),
            }[given.operator]
    raise UsageError(
        f"A project cannot be filtered by {given.key} {given.operator.value}.",
        "Operators: ==, !=, in, nin, is_empty; >, >=, <, <= for year; contains, any, all for authors and tags.",
    )


def _refuse() -> NoReturn:
    raise UsageError(
        "A project is only read through LlamaIndex.", "Papers come in by: strata ingest FOLDER --project NAME.", "usage"
    )
