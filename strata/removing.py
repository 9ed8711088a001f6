"""What the assistant takes away: a paper, or a whole project."""

from __future__ import annotations

from typing import Any

import msgspec

from hierarchy.errors import NotBuiltError
from hierarchy.filters import Eq
from ingestion.project import renew_project
from ingestion.versions import pass_on
from strata.opened import Opened


class Removal(msgspec.Struct, frozen=True):
    """What a removal took away; `paper` is None for a whole project."""

    project: str
    paper: str | None
    nodes: int
    summaries_renewed: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The record of `strata remove --json`."""
        removed = {"nodes": self.nodes, "vectors": self.nodes, "summaries_renewed": self.summaries_renewed}
        not_erased = {
            "erased": False,
            "checked_files": None,
            "residue": None,
            "not_checked": "erasure was not asked for",
        }
        return {"schema": 1, "project": self.project, "paper": self.paper, "removed": removed, **not_erased}


class Removing(Opened):
    """Removing; the PDFs always stay where they are."""

    def remove(self, paper: str, *, erase: bool = False) -> Removal:
        """Takes a paper out of the project; the PDF stays where it is.

        Raises:
            UsageError: where no paper, or more than one, is named so.
            NotBuiltError: for `erase`.
        """
        if erase:
            raise NotBuiltError(
                "Proved erasure is not part of this version.",
                "Remove without --erase; the bytes may linger in the file.",
            )
        store = self._store()
        found = self._pipeline.library.resolve(paper)
        pass_on(store, found.id)
        nodes = store.delete(Eq("paper", found.id))
        cache = self._graph_cache()
        cache.write({}, [found.id])
        renewed = renew_project(store, cache)
        self._journal.forget_paper(self.project, found.id)
        self._forget_said(lambda said: said.forget_paper(self.project, found.id))
        self._open_pipeline = None
        return Removal(self.project, found.id, nodes, int(renewed))

    def remove_project(self) -> Removal:
        """Takes the whole project away; the PDFs stay where they are."""
        name = self._store().project
        self.close()
        nodes = self._projects.remove(name)
        self._journal.forget_project(name)
        self._graph_cache().discard()
        self._forget_said(lambda said: said.forget_project(name))
        return Removal(name, None, nodes)
