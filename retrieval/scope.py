"""What a question is about: the papers that options name, and the filters that are typed into it, as one filter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches

from hierarchy.errors import UsageError
from hierarchy.filters import And, Filter, In, all_of
from hierarchy.identity import fold
from hierarchy.nodes import Level, Node, PaperName
from hierarchy.query_words import words_of
from hierarchy.store import NodeStore, papers_of
from retrieval.names import Names
from retrieval.typed import Typed


class Library:
    """The papers of a project, by everything that names them.

    Titles, authors and tags come from the store's own short list, which is true at every question; papers' nodes, which
    are large, are read only where a paper is asked for by something else than its id.
    """

    def __init__(self, store: NodeStore) -> None:
        self._store = store
        self._papers: dict[str, Node] = {}
        self._others: dict[str, list[str]] = {}
        self._listed: Sequence[PaperName] | None = None
        self._names = Names()

    @property
    def listed(self) -> Sequence[PaperName]:
        """What its papers are called by, as the project is now."""
        return self._store.names()

    @property
    def names(self) -> Names:
        """The same, ready to be found in a question."""
        listed = self.listed
        if listed is not self._listed:
            self._listed, self._names = listed, Names(listed)
        return self._names

    def _load(self) -> None:
        self._papers = {node.id: node for node in papers_of(self._store)}
        self._others = {}
        for node in self._papers.values():
            for name in _names(node):
                self._others.setdefault(name, []).append(node.id)

    def resolve(self, name: str) -> Node:
        """The paper with this id, DOI, arXiv id, file name, or key of an entry.

        Raises:
            UsageError: where none fits, or several do; then with the choices.
        """
        named = self._store.get([name]).get(name)
        if named is not None and named.level == Level.PAPER:
            return named
        found = self._found(name)
        if not found:
            self._load()  # it may have come in since
            found = self._found(name)
        if not found:
            raise UsageError(
                f"Project {self._store.project!r} has no paper {name[:80]!r}.",
                "See its papers with: strata tree --depth paper.",
                "unknown_paper",
            )
        if len(found) > 1:
            raise UsageError(
                f"{name!r} fits {len(found)} papers.",
                "Name one by its id: " + ", ".join(found[:8]) + ".",
                "ambiguous_paper",
            )
        return self._papers[found[0]]

    def _found(self, name: str) -> list[str]:
        return list(dict.fromkeys(self._others.get(_plain(name), [])))

    def scope(self, names: Sequence[str] | None, typed: Typed | None = None) -> Filter | None:
        """A filter for these papers and what was typed; None for the whole project.

        Raises:
            UsageError: where a paper, an author or a tag is not there; names near ones.
        """
        kept = [{self.resolve(name).id: None for name in names}] if names is not None else []
        if typed is not None:
            if typed.papers:
                kept.append({self._titled(name): None for name in typed.papers})
            if typed.authors:
                kept.append(self._with("author", typed.authors, lambda paper: paper.authors, _is_author))
            if typed.tags:
                tags = self._with("tag", typed.tags, lambda p: p.tags, lambda tag, held: fold(tag) == fold(held))
                kept.append(tags)
        papers = [In("paper", tuple(i for i in kept[0] if all(i in other for other in kept)))] if kept else []
        return all_of(*papers, *(typed.of_nodes if typed is not None else []))

    def _titled(self, name: str) -> str:
        """The id of the paper of this name, or else of this title, or with these words in its title."""
        try:
            return self.resolve(name).id
        except UsageError as error:
            if error.code != "unknown_paper":
                raise
            titles = {paper.id: fold(paper.title) for paper in self.listed}
            found = [i for i, title in titles.items() if title == fold(name)]
            found = found or [i for i, title in titles.items() if len(fold(name)) > 3 and fold(name) in title]
            if not found:
                raise
            if len(found) > 1:
                shown = ", ".join(found[:8])
                hint = f"Name one by its id: {shown}."
                raise UsageError(f"{name[:80]!r} fits {len(found)} papers.", hint, "ambiguous_paper") from None
            return found[0]

    def _with(
        self,
        what: str,
        values: Iterable[str],
        held: Callable[[PaperName], Iterable[str]],
        fits: Callable[[str, str], bool],
    ) -> dict[str, None]:
        """The papers that hold any of these values.

        Raises:
            UsageError: for one that none holds.
        """
        found: dict[str, None] = {}
        listed = self.listed
        for value in values:
            mine = [paper.id for paper in listed if any(fits(value, other) for other in held(paper))]
            if not mine:
                there = sorted({other for paper in listed for other in held(paper)})
                near = get_close_matches(value, [*there, *(name.split()[-1] for name in there if name.split())], 3)
                hint = (
                    f"Did you mean {', '.join(dict.fromkeys(near))}?" if near else f"Leave {what}: out to search all."
                )
                message = f"No paper of project {self._store.project!r} has the {what} {value[:80]!r}."
                raise UsageError(message, hint, f"unknown_{what}")
            found |= dict.fromkeys(mine)
        return found


def names_papers(where: Filter | None) -> bool:
    """Whether a scope stays inside papers that are named in it."""
    parts = where.parts if isinstance(where, And) else (where,)
    return any(isinstance(part, In) and part.field == "paper" for part in parts)


def _is_author(name: str, author: str) -> bool:
    """Whether all words of a name are words of an author's."""
    return bool(words_of(name)) and set(words_of(name)) <= set(words_of(author))


def _names(node: Node) -> list[str]:
    meta = node.metadata
    names = [
        node.id,
        node.file or "",
        (node.file or "").removesuffix(".pdf"),
        meta.get("doi") or "",
        meta.get("arxiv") or "",
        *(str(entry.get("key")) for entry in meta.get("entries") or ()),
    ]
    return [_plain(n) for n in names if n]


def _plain(name: str) -> str:
    bare = re.sub(
        r"^(?:https?://(?:dx\.)?doi\.org/|https?://arxiv\.org/(?:abs|pdf)/|doi:\s*|arxiv:\s*)",
        "",
        name.strip(),
        flags=re.I,
    )
    return re.sub(r"^(\d{4}\.\d{4,5})v\d+$", r"\1", bare.lower())
