"""Where projects lie, and which there are: files under STRATA_HOME/projects, or a Weaviate server.

Both kinds answer the same questions, so that nothing above knows which it talks to. Weaviate's client costs seconds to
import, so it is only imported where a server is used.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec

from hierarchy.encoder import EncoderIdentity
from hierarchy.errors import StrataError, UsageError
from hierarchy.identity import checked_project_name
from hierarchy.refusals import unknown_project
from hierarchy.sqlite import SqliteStore
from hierarchy.store import NodeStore
from strata.settings import Settings

if TYPE_CHECKING:
    from hierarchy.weaviate import Registry

Engine = Literal["sqlite", "weaviate"]


class ProjectInfo(msgspec.Struct, frozen=True):
    """A project in a line; `error` says what is wrong with one that cannot be opened."""

    name: str
    papers: int
    nodes: int
    engine: str
    updated: str
    error: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return dict(msgspec.to_builtins(self))


class Projects(Protocol):
    """The projects of an engine."""

    engine: Engine

    def names(self) -> list[str]:
        """The names of all projects, sorted without regard to case."""
        ...

    def open(self, name: str, encoder: EncoderIdentity | None, *, create: bool) -> NodeStore:
        """The store of a project.

        Raises:
            UsageError: where there is no such project and none may be made; with the names that there are.
            StoreError: where it cannot be opened.
        """
        ...

    def remove(self, name: str) -> int:
        """Deletes a project with all that it holds, and gives the number of its nodes."""
        ...

    def close(self) -> None:
        """Lets go of connections."""
        ...


def projects_of(settings: Settings, engine: Engine | None = None) -> Projects:
    """The projects of an engine; None takes Weaviate where its address is set, else files.

    Raises:
        UsageError: for Weaviate without an address.
    """
    url = settings.engine.weaviate_url or None
    if engine == "weaviate" and url is None:
        raise UsageError(
            "There is no address of a Weaviate server.",
            "Set STRATA_WEAVIATE_URL, or start one on this machine: make weaviate.",
            "no_server",
        )
    return FileProjects(settings.home) if engine == "sqlite" or url is None else ServerProjects(settings)


def info(projects: Projects) -> list[ProjectInfo]:
    """All projects, those that cannot be opened too."""
    found = []
    for name in projects.names():
        try:
            store = projects.open(name, None, create=False)
            stats = store.stats()
            store.close()
        except StrataError as error:  # one broken project does not hide the others
            found.append(ProjectInfo(name, 0, 0, projects.engine, "", str(error)))
            continue
        found.append(ProjectInfo(name, stats.by_level.get("paper", 0), stats.nodes, stats.engine, stats.updated))
    return found


class FileProjects:
    """The embedded engine: one file a project."""

    engine: Engine = "sqlite"

    def __init__(self, home: Path) -> None:
        self._folder = home / "projects"

    def names(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        return sorted((p.stem for p in self._folder.glob("*.db")), key=str.lower)

    def open(self, name: str, encoder: EncoderIdentity | None, *, create: bool) -> NodeStore:
        path = self._path(name)
        if not path.exists() and not create:
            raise unknown_project(name, self.names())
        return SqliteStore(path, path.stem, encoder, create=create)

    def remove(self, name: str) -> int:
        store = self.open(name, None, create=False)
        nodes = store.stats().nodes
        store.close()
        path = self._path(name)
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return nodes

    def close(self) -> None:
        """Nothing is held."""

    def _path(self, name: str) -> Path:
        """The file of a project; names differ in more than case."""
        same = next((n for n in self.names() if n.lower() == name.lower()), name)
        return self._folder / f"{checked_project_name(same)}.db"


class ServerProjects:
    """A Weaviate server: one tenant a project. It is asked for when it is first needed."""

    engine: Engine = "weaviate"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._locks = settings.home / "locks"
        self._registry: Registry | None = None

    @property
    def registry(self) -> Registry:
        """The server's entries, over one connection.

        Raises:
            StoreError: where it does not answer, or refuses.
        """
        if self._registry is None:
            from hierarchy.weaviate import Address, Registry, Server

            engine = self._settings.engine
            key = engine.weaviate_api_key.get_secret_value() if engine.weaviate_api_key else None
            self._registry = Registry(Server(Address(engine.weaviate_url or "", engine.weaviate_grpc_port, key)))
        return self._registry

    def names(self) -> list[str]:
        return self.registry.names()

    def open(self, name: str, encoder: EncoderIdentity | None, *, create: bool) -> NodeStore:
        from hierarchy.weaviate import WeaviateStore

        return WeaviateStore(self.registry, checked_project_name(name), encoder, self._locks, create=create)

    def remove(self, name: str) -> int:
        from hierarchy.weaviate import WeaviateStore

        return WeaviateStore(self.registry, checked_project_name(name), None, self._locks, create=False).drop()

    def close(self) -> None:
        if self._registry is not None:
            self._registry.server.close()
            self._registry = None
