"""Several projects read as one: a store over stores, for questions that go over more than one project."""

from hierarchy.union.engine import UnionStore

__all__ = ["UnionStore"]
