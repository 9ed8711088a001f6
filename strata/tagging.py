"""Tags that readers give papers: kept in the papers' own nodes, so that they travel with the project and outlive a new
reading; `tag:` in a question finds them. It must not know how papers are read or searched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from hierarchy.errors import UsageError
from hierarchy.identity import fold
from hierarchy.nodes import Level, Node, Record
from hierarchy.store import NodeStore, nodes_of
from strata.opened import Opened

MOST_LETTERS = 60
MOST = 50  # tags of a paper
UNTYPED = set(',"“”„\\')  # what ends a tag where it is typed into a question


class Tagged(msgspec.Struct, frozen=True):
    """A paper with the tags that it has now."""

    paper: str
    title: str
    tags: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The record of `strata tag --json`."""
        return {"schema": 1, "paper": self.paper, "title": self.title, "tags": list(self.tags)}

    def __str__(self) -> str:
        return f"{self.title}: {', '.join(self.tags) or 'no tags'}"


class Tagging(Opened):
    """Giving papers tags, and taking them away."""

    def tag(self, paper: str, tags: Sequence[str] = (), *, remove: bool = False) -> Tagged:
        """Gives a paper tags, or takes them away; without any it only says which it has.

        Args:
            paper: its id, DOI, arXiv id, file name or key of an entry.
            tags: words or short phrases; case makes no second tag.
            remove: takes these away instead.

        Raises:
            UsageError: where no paper, or more than one, is named so; for a tag that could not be asked for.
        """
        store = self._store()
        wanted = checked_tags(tags)
        node = self._pipeline.library.resolve(paper)
        return _tagged(set_tags(store, [node.id], wanted, remove=remove).get(node.id, node))


def checked_tags(tags: Iterable[str]) -> list[str]:
    """Tags without the space around them, each once.

    Raises:
        UsageError: for one that is empty, too long, or that could not be typed after `tag:`.
    """
    found: dict[str, str] = {}
    for tag in tags:
        plain = " ".join(tag.split())
        if not plain or len(plain) > MOST_LETTERS or UNTYPED & set(plain) or not plain.isprintable():
            message = f"{tag[:80]!r} cannot be a tag."
            hint = f'A tag has up to {MOST_LETTERS} letters, no commas and no quotes: strata tag PAPER "to read".'
            raise UsageError(message, hint, "bad_tag")
        found.setdefault(fold(plain), plain)
    return list(found.values())


def set_tags(store: NodeStore, papers: Sequence[str], tags: Sequence[str], *, remove: bool = False) -> dict[str, Node]:
    """Gives papers of a store these tags, or takes them away; the nodes that it rewrote, by id.

    Raises:
        UsageError: where a paper would have too many.
    """
    named = {fold(tag) for tag in tags}
    changed: dict[str, Node] = {}
    for node in nodes_of(store, papers).values():
        had = [str(tag) for tag in node.metadata.get("tags") or ()]
        there = {fold(tag) for tag in had}
        kept = (
            [t for t in had if fold(t) not in named] if remove else [*had, *(t for t in tags if fold(t) not in there)]
        )
        if len(kept) > MOST:
            message = f"{node.title[:80]!r} would have {len(kept)} tags."
            raise UsageError(message, f"A paper has up to {MOST}: take some away with --remove.", "bad_tag")
        if kept != had and node.level == Level.PAPER:
            changed[node.id] = msgspec.structs.replace(node, metadata=node.metadata | {"tags": kept})
    vectors, attachments = store.vectors(list(changed)), store.attachments(list(changed))
    store.upsert([Record(node, vectors[i], attachments.get(i)) for i, node in changed.items()])
    return changed


def _tagged(node: Node) -> Tagged:
    return Tagged(node.id, node.title, tuple(node.metadata.get("tags") or ()))
