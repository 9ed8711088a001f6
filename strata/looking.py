"""What the assistant shows of what is there: the layers, the papers, the projects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from hierarchy import changes
from hierarchy.errors import UsageError
from hierarchy.filters import And, Eq, Filter
from hierarchy.nodes import FINDING_KINDS, Level, Node
from hierarchy.store import papers_of
from strata.cards import PaperCard
from strata.knowledge import Findings, Relations, relations_in
from strata.opened import Opened
from strata.projects import ProjectInfo, info
from strata.since import moment
from strata.themes import Themes, kept_themes, themes_in
from strata.tree import Tree, tree_of

if TYPE_CHECKING:
    from hierarchy.graph.build import Graph


class Looking(Opened):
    """Looking at a project without a question; papers, cards and findings also of several together."""

    def tree(self, depth: Level = Level.FINDING) -> Tree:
        """The layers of the project, down to a level."""
        return tree_of(self._store(), depth)

    def papers(self) -> list[Node]:
        """The project's papers."""
        return list(papers_of(self._asked()))

    def paper(self, paper: str) -> Node | None:
        """The node of a paper, by its id."""
        return self._asked().get([paper]).get(paper)

    def nodes(self, ids: Sequence[str]) -> dict[str, Node]:
        """The nodes of any level with these ids; those that have gone are not among them."""
        return self._asked().get(ids)

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
        found = self._asked().scan(And(tuple(filters)))
        return Findings(tuple(n for n in found if n.finding and (reported or n.finding.attribution == "own")))

    def card(self, paper: str) -> PaperCard:
        """A paper in short: what it asks, its data, method, main findings and limitations, each with a quote.

        Args:
            paper: its id, DOI, arXiv id or file name.

        Raises:
            UsageError: where no paper, or more than one, is named so.
        """
        return PaperCard.of(self._pipeline.library.resolve(paper))

    def themes(self) -> Themes:
        """What the project's papers are about: groups of them, their main findings, what is agreed and disputed."""
        return themes_in(self._store(), self._graph_cache())

    def relations(self) -> Relations:
        """Findings of different papers that contradict or support each other, with a quote from both sides."""
        return relations_in(self._store())

    def graph(self) -> Graph:
        """Papers and findings as a `networkx.MultiDiGraph`: who cites whom and where, what bears out or contradicts
        what (`hierarchy.graph.build.ProjectGraph` lists its attributes). It is yours to change."""
        from hierarchy.graph.build import ProjectGraph  # networkx is not imported where nobody asks for a graph

        return ProjectGraph(self._store(), self._graph_cache()).graph()

    def graph_page(self) -> str:
        """The graph as a page that stands alone, its papers in the colours of the themes that the project keeps."""
        from hierarchy.graph.export import as_html
        from hierarchy.graph.themes import Theme

        kept = kept_themes(self._store(), self._graph_cache())
        return as_html(self.graph(), msgspec.convert(kept, list[Theme]))
