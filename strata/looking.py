"""What the assistant shows of what is there: the layers, the papers, the projects."""

from __future__ import annotations

from datetime import UTC, datetime

from hierarchy import changes
from hierarchy.nodes import Level, Node
from hierarchy.store import papers_of
from strata.opened import Opened
from strata.projects import ProjectInfo, info
from strata.since import moment
from strata.tree import Tree, tree_of


class Looking(Opened):
    """Looking at a project without a question."""

    def tree(self, depth: Level = Level.FINDING) -> Tree:
        """The layers of the project, down to a level."""
        return tree_of(self._store(), depth)

    def papers(self) -> list[Node]:
        """The project's papers."""
        return list(papers_of(self._store()))

    def paper(self, paper: str) -> Node | None:
        """The node of a paper, by its id."""
        return self._store().get([paper]).get(paper)

    def projects(self) -> list[ProjectInfo]:
        """All projects under STRATA_HOME, or on the Weaviate server that is set."""
        return info(self._projects)

    def diff(self, since: str) -> changes.Diff:
        """What changed in the project: papers, and findings that are new, gone or altered.

        Args:
            since: a date, a time, or how long ago ("2026-05-01", "12h", "7d").

        Raises:
            UsageError: where that is no moment.
        """
        then, now = moment(since), datetime.now(UTC).isoformat(timespec="milliseconds")
        return changes.since(self._store(), self._journal, then, now)
