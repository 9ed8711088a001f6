"""The engines that the tests go over, each opened by `ENGINES[name](folder, project)`, from any process.

A process finds the server of its test run in TEST_WEAVIATE, which the fixture `weaviate_server` sets.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from hierarchy.encoder import EncoderIdentity
from hierarchy.sqlite import SqliteStore
from hierarchy.store import NodeStore
from hierarchy.weaviate import Address, Registry, Server, WeaviateStore
from strata.local_weaviate import LocalWeaviate

DIMENSION = 16
ENCODER = EncoderIdentity("made", DIMENSION, "none", "none", "none")
VARIABLE = "TEST_WEAVIATE"

Opener = Callable[..., NodeStore]


def open_sqlite(folder: Path, project: str = "p", encoder: EncoderIdentity = ENCODER) -> NodeStore:
    return SqliteStore(folder / f"{project}.db", project, encoder)


def open_weaviate(folder: Path, project: str = "p", encoder: EncoderIdentity = ENCODER) -> NodeStore:
    return WeaviateStore(registry_of(os.environ[VARIABLE]), project, encoder, folder / "locks")


ENGINES: dict[str, Opener] = {"sqlite": open_sqlite, "weaviate": open_weaviate}


def announced(server: LocalWeaviate) -> str:
    """What TEST_WEAVIATE holds."""
    return json.dumps([server.url, server.grpc_port, server.key])


@cache
def registry_of(announcement: str) -> Registry:
    """One connection a process."""
    return Registry(Server(Address(*json.loads(announcement))))


def empty(announcement: str) -> None:
    """Drops all projects of the server."""
    registry = registry_of(announcement)
    for name in registry.names():
        registry.drop(name)
