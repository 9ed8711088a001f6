"""The engine for groups and large libraries: a Weaviate server, one collection, one tenant a project."""

from hierarchy.weaviate.engine import WeaviateStore
from hierarchy.weaviate.registry import Registry
from hierarchy.weaviate.server import Address, Server

__all__ = ["Address", "Registry", "Server", "WeaviateStore"]
