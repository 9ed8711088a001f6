"""What the assistant shows of what is there: the layers, the papers, the projects."""

from __future__ import annotations

from datetime import UTC, datetime

from hierarchy import changes
from hierarchy.errors import UsageError
from hierarchy.filters import And, Eq, Filter
from hierarchy.nodes import FINDING_KINDS, Level, Node
from hierarchy.store import papers_of
from strata.knowledge import Findings
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

    def findings(self, paper: str | None = None, *, kind: str | None = None, reported: bool = False) -> Findings:
        """What the papers state, as records.

        Args:
            paper: its id, DOI, arXiv id or file name; None for all.
            kind: result, claim, method, limitation, definition or other; None for all.
            reported: whether what papers tell of others' results is among them.

        Raises:
            UsageError: where no paper, or more than one, is named so, or there is no such kind.
        """
        if kind is not None and kind not in FINDING_KINDS:
            raise UsageError(
                f"There is no kind {kind!r} of findings.", f"Kinds: {', '.join(FINDING_KINDS)}.", "unknown_kind"
            )
        filters: list[Filter] = [Eq("level", Level.FINDING.value)]
        if paper is not None:
            filters.append(Eq("paper", self._pipeline.library.resolve(paper).id))
        if kind is not None:
            filters.append(Eq("kind", kind))
        found = self._store().scan(And(tuple(filters)))
        return Findings(tuple(n for n in found if n.finding and (reported or n.finding.attribution == "own")))
