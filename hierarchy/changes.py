"""What changed in a project since when: papers and findings that are new, gone or altered.

The journal remembers what each paper said when it was last looked at; what the store says now is compared with that,
and the difference is kept there. So nothing is lost where a process was killed in between: whoever looks next notices.
It must not know why anything changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal

import msgspec

from hierarchy.filters import And, Eq
from hierarchy.identity import digest
from hierarchy.journal import Journal, SeenPaper
from hierarchy.nodes import Level, Node
from hierarchy.store import NodeStore, papers_of

ALIKE = 0.6  # share of words from which a finding that went and one that came are one that was altered

What = Literal["new", "gone", "altered"]


class Said(msgspec.Struct, frozen=True):
    """A finding as it was said: what of it is remembered."""

    id: str
    quote: str
    kind: str
    page: int | None = None
    direction: str | None = None
    values: tuple[dict[str, Any], ...] = ()

    @classmethod
    def of(cls, node: Node) -> Said:
        """What a finding's node says."""
        assert node.finding is not None  # only findings are asked
        finding = node.finding
        values = tuple(msgspec.to_builtins(value) for value in finding.values)
        return cls(node.id, finding.quote, finding.kind, node.page, finding.direction, values)

    def same_as(self, other: Said) -> bool:
        """Whether both say the same, wherever they stand."""
        return msgspec.structs.replace(self, id="", page=None) == msgspec.structs.replace(other, id="", page=None)


class Altered(msgspec.Struct, frozen=True):
    """A finding that says something else now."""

    before: Said
    after: Said


class PaperChange(msgspec.Struct, frozen=True):
    """What changed in one paper: itself, and what it finds."""

    what: What
    paper: str
    title: str
    new: tuple[Said, ...] = ()
    gone: tuple[Said, ...] = ()
    altered: tuple[Altered, ...] = ()


class Diff(msgspec.Struct, frozen=True):
    """What changed in a project between two times (ISO 8601, UTC), net: what came and went again is not told."""

    project: str
    since: str
    until: str
    papers: tuple[PaperChange, ...]

    def to_dict(self) -> dict[str, Any]:
        """The record of `strata diff --json` (docs/contract.md)."""
        papers = {what: [_named(p) for p in self.papers if p.what == what] for what in ("new", "gone", "altered")}
        findings = {
            "new": [_named(p) | msgspec.to_builtins(said) for p in self.papers for said in p.new],
            "gone": [_named(p) | msgspec.to_builtins(said) for p in self.papers for said in p.gone],
            "altered": [_named(p) | msgspec.to_builtins(altered) for p in self.papers for altered in p.altered],
        }
        times = {"since": self.since, "until": self.until}
        return {"schema": 1, "project": self.project, **times, "papers": papers, "findings": findings}

    def __str__(self) -> str:
        if not self.papers:
            return f"Project {self.project}: nothing changed since {self.since[:16]}"
        lines = [f"Project {self.project}, since {self.since[:16]}:"]
        for paper in self.papers:
            lines.append(f"{paper.what:8}{paper.title}{_counted(paper)}")
            if paper.what == "altered":
                lines += [f"        + {said.quote}" for said in paper.new]
                lines += [f"        - {said.quote}" for said in paper.gone]
                lines += [f"        ~ {a.before.quote}\n          {a.after.quote}" for a in paper.altered]
        return "\n".join(lines)


def notice(store: NodeStore, journal: Journal) -> int:
    """Keeps what changed since the project was last looked at; says in how many papers."""
    seen = journal.seen(store.project)
    papers = {paper.id: paper for paper in papers_of(store)}
    changed = 0
    for paper_id in sorted(seen.keys() - papers.keys()):
        before = seen[paper_id]
        change = PaperChange("gone", paper_id, before.title, gone=_read(before.findings))
        journal.note_change(store.project, paper_id, msgspec.json.encode(change), None)
        changed += 1
    for paper in papers.values():
        state = state_of(paper)
        old = seen.get(paper.id)
        if old is not None and old.state == state:
            continue
        now = [Said.of(node) for node in _findings(store, paper.id)]
        change = compared(paper, None if old is None else _read(old.findings), now)
        known = SeenPaper(state, paper.title, msgspec.json.encode(now))
        journal.note_change(store.project, paper.id, msgspec.json.encode(change), known)
        changed += 1
    return changed


def since(store: NodeStore, journal: Journal, when: str, now: str) -> Diff:
    """What changed between `when` and `now`, both ISO 8601 in UTC; what was not noticed yet counts as now."""
    notice(store, journal)
    changes = [msgspec.json.decode(row, type=PaperChange) for row in journal.changes(store.project, when)]
    by_paper: dict[str, list[PaperChange]] = {}
    for change in changes:
        by_paper.setdefault(change.paper, []).append(change)
    net = [merged for group in by_paper.values() if (merged := _net(group)) is not None]
    return Diff(store.project, when, now, tuple(sorted(net, key=lambda c: (c.what, c.title, c.paper))))


def state_of(paper: Node) -> str:
    """What a paper's findings were made from; another one asks for a closer look."""
    return digest("seen", paper.digest, msgspec.json.encode(paper.metadata.get("written"), order="sorted").decode())


def compared(paper: Node, before: Sequence[Said] | None, now: Sequence[Said]) -> PaperChange:
    """What changed in a paper that said `before` and says `now`; None where it was not there."""
    if before is None:
        return PaperChange("new", paper.id, paper.title, new=tuple(now))
    new, gone, altered = _difference(before, now)
    return PaperChange("altered", paper.id, paper.title, new, gone, altered)


def _difference(
    before: Sequence[Said], now: Sequence[Said]
) -> tuple[tuple[Said, ...], tuple[Said, ...], tuple[Altered, ...]]:
    old, new = {said.id: said for said in before}, {said.id: said for said in now}
    altered = [Altered(old[i], new[i]) for i in new if i in old and not old[i].same_as(new[i])]
    came = [said for said in now if said.id not in old]
    went = [said for said in before if said.id not in new]
    pairs = sorted(
        ((_alike(a.quote, b.quote), i, j) for i, a in enumerate(went) for j, b in enumerate(came)), reverse=True
    )
    taken_went, taken_came = set[int](), set[int]()
    for likeness, i, j in pairs:
        if likeness < ALIKE:
            break
        if i not in taken_went and j not in taken_came:
            taken_went.add(i)
            taken_came.add(j)
            if not went[i].same_as(came[j]):
                altered.append(Altered(went[i], came[j]))
    return (
        tuple(said for j, said in enumerate(came) if j not in taken_came),
        tuple(said for i, said in enumerate(went) if i not in taken_went),
        tuple(altered),
    )


def _net(changes: Sequence[PaperChange]) -> PaperChange | None:
    """Several changes of one paper as one; None where nothing is left of them."""
    first, last = changes[0], changes[-1]
    if first.what == "new" and last.what == "gone":
        return None
    if last.what == "gone":
        return last
    before: dict[str, Said] = {}
    now: dict[str, Said] = {}
    for change in changes:  # what is not named anywhere was said before and is said now
        for said in (*change.gone, *(a.before for a in change.altered)):
            if now.pop(said.id, None) is None:
                before.setdefault(said.id, said)
        now |= {said.id: said for said in (*change.new, *(a.after for a in change.altered))}
    if first.what == "new":
        return PaperChange("new", last.paper, last.title, new=tuple(now.values()))
    new, gone, altered = _difference(list(before.values()), list(now.values()))
    return PaperChange("altered", last.paper, last.title, new, gone, altered)


def _findings(store: NodeStore, paper: str) -> Iterable[Node]:
    where = And((Eq("paper", paper), Eq("level", Level.FINDING.value)))
    return (node for node in store.scan(where) if node.finding is not None)


def _read(findings: bytes) -> tuple[Said, ...]:
    return msgspec.json.decode(findings, type=tuple[Said, ...])


def _alike(a: str, b: str) -> float:
    matcher = SequenceMatcher(None, a.split(), b.split(), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0


def _named(change: PaperChange) -> dict[str, Any]:
    return {"paper": change.paper, "paper_title": change.title}


def _counted(change: PaperChange) -> str:
    counts = [f"{len(part)} {word}" for word in ("new", "gone", "altered") if (part := getattr(change, word))]
    return f" (findings: {', '.join(counts)})" if counts else ""
