"""The tables of a project's file, its version, and what it remembers of itself.

A row's number carries its level in the upper bits, so that one text index serves all levels and a search of one level
reads only its stretch. Vectors stand twice: in sqlite-vec's index, and as plain blobs from which the index can be
rebuilt (sqlite-vec is not yet 1.0) and which filtered searches read.
"""

from __future__ import annotations

from pathlib import Path

import apsw
import msgspec
import sqlite_vec

from hierarchy.encoder import EncoderIdentity
from hierarchy.errors import MismatchError, StoreError
from hierarchy.nodes import Level
from hierarchy.refusals import other_encoder
from hierarchy.sqlite.connection import connect, sentences, transaction

SCHEMA = 1
LEVEL_BITS = 40
CODES = {level: code for code, level in enumerate(Level)}

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE nodes (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, level TEXT NOT NULL, parent TEXT, paper TEXT,
    position INTEGER NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, path TEXT NOT NULL, kind TEXT,
    section_kind TEXT, year INTEGER, file TEXT, doi TEXT, arxiv TEXT, digest TEXT NOT NULL, metadata TEXT NOT NULL,
    finding TEXT, places BLOB NOT NULL, attachment BLOB
);
CREATE INDEX nodes_paper ON nodes (paper, level);
CREATE INDEX nodes_parent ON nodes (parent);
CREATE INDEX nodes_file ON nodes (file) WHERE file IS NOT NULL;
CREATE TABLE vectors (row INTEGER PRIMARY KEY, vector BLOB NOT NULL);
CREATE VIRTUAL TABLE words USING fts5 (
    title, text, content='nodes', content_rowid='row', tokenize='unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE terms USING fts5vocab (words, row);
"""
# What papers are called by, read from the index alone: a paper's node holds its references, too, and is far larger.
# Files of the first version get it when they are next opened.
NAMES = """
CREATE INDEX IF NOT EXISTS nodes_names ON nodes (
    id, title, json_extract(metadata, '$.authors'), json_extract(metadata, '$.tags')
) WHERE level = 'paper'
"""
INDEX = """
CREATE VIRTUAL TABLE nearest USING vec0 (
    level INTEGER PARTITION KEY, vector FLOAT[{}] distance_metric=cosine, chunk_size=256
)
"""


def rows_of(level: Level) -> tuple[int, int]:
    """The first and the last row number of a level."""
    first = CODES[level] << LEVEL_BITS
    return first + 1, first + (1 << LEVEL_BITS) - 1


def open_file(
    path: Path, project: str, encoder: EncoderIdentity | None, *, create: bool
) -> tuple[apsw.Connection, EncoderIdentity]:
    """Opens a project's file, making it where it may; `encoder=None` takes the one that it was made with.

    Raises:
        MismatchError: where a newer Strata or another encoder made it.
        StoreError: where it cannot be opened or made.
    """
    connection = connect(path, create=create)
    with sentences(path):
        connection.enable_load_extension(True)
        connection.load_extension(sqlite_vec.loadable_path())
        connection.enable_load_extension(False)
        with transaction(connection):
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchall():
                if encoder is None:
                    raise MismatchError(f"{path} holds no project.", "Ingest papers into it first.", "unknown_project")
                _make(connection, project, encoder)
        try:
            meta = {str(key): str(value) for key, value in connection.execute("SELECT key, value FROM meta")}
            _check_version(path, meta)
            made_with = msgspec.json.decode(meta["encoder"], type=EncoderIdentity)
            connection.execute(NAMES)
        except (apsw.SQLError, KeyError, ValueError) as error:
            raise StoreError(
                f"{path} is no Strata project.", "Move it away; the PDFs are untouched.", "damaged_store"
            ) from error
    if encoder is not None and made_with != encoder:
        connection.close()
        raise other_encoder(project, made_with, encoder)
    return connection, made_with


def _make(connection: apsw.Connection, project: str, encoder: EncoderIdentity) -> None:
    connection.execute(TABLES)
    connection.execute(INDEX.format(encoder.dimension))
    connection.execute("INSERT INTO words (words, rank) VALUES ('rank', 'bm25(2.0, 1.0)')")
    connection.execute("INSERT INTO words (words, rank) VALUES ('secure-delete', 1)")
    rows = {"schema": str(SCHEMA), "project": project, "encoder": msgspec.json.encode(encoder).decode(), "changes": "0"}
    connection.executemany("INSERT INTO meta VALUES (?, ?)", list(rows.items()))


def _check_version(path: Path, meta: dict[str, str]) -> None:
    version = int(meta.get("schema", "0"))
    if version > SCHEMA:
        raise MismatchError(
            f"{path} was made by a newer Strata (its schema is {version}, this one reads {SCHEMA}).",
            "Update Strata, or set STRATA_HOME to another folder.",
            "newer_schema",
        )
