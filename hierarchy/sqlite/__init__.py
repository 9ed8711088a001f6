"""The embedded engine: one SQLite file a project, with FTS5 for words and sqlite-vec for vectors."""

from hierarchy.sqlite.engine import SqliteStore

__all__ = ["SqliteStore"]
