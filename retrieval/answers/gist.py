"""What the papers of a field say on a matter, and what a field is about where no matter is named.

Themes are those that the project's node keeps, each with the finding that stands for it. It must not know how themes
are found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hierarchy.filters import And, Eq, In, IsNull
from hierarchy.nodes import Level, Node
from hierarchy.store import NodeStore, nodes_of
from hierarchy.summaries import dangles
from retrieval.answers.holding import holdings
from retrieval.answers.listing import listed
from retrieval.answers.matter import Matter, bare
from retrieval.answers.membership import Member, members
from retrieval.answers.plan import Asked, Line, Plan, Style, paper_lead
from retrieval.answers.shapes import Shape, has, whole_words
from retrieval.answers.stated import of_finding, of_summaries, papers_in
from retrieval.extract import Sentence, is_quotable

STATED = 0.15  # what a finding is worth more than another sentence
LEANING = 0.15  # and less where it leans on what is not shown
MOST = 6  # themes, or papers that speak for a field
OF_A_THEME = 2  # findings
OVERVIEW_KINDS = ("abstract", "conclusion")


def matter_of(question: str) -> Matter:
    """What a question about a field asks about in it; without groups where it asks about all of it."""
    return Matter.of(question, besides=whole_words())


def gist(asked: Asked) -> Plan | None:
    """What the papers that deal with a matter say on it."""
    matter = matter_of(asked.question)
    if not matter.groups:
        return themes(asked)
    found = members(holdings(asked.store, asked.vector, matter, asked.where), voices=True)[:MOST]
    planned = listed(asked, Shape.GIST, [_in_findings(asked, matter, member) for member in found], head=False)
    if planned is None:
        return voices(asked)
    return _by_year(planned) if has("years", asked.question) else planned


def _in_findings(asked: Asked, matter: Matter, member: Member) -> Member:
    """The same paper with the finding of its own that says most on the matter, where one says as much as its best
    sentence."""
    best = member.holding.best
    here = And((Eq("paper", member.holding.paper), Eq("level", Level.FINDING.value)))
    own = [n for n in asked.store.scan(here) if n.finding and n.finding.attribution == "own" and is_quotable(n.text)]
    vectors = asked.store.vectors([n.id for n in own])
    pattern, word_of, weight = matter.pattern(), matter.word_of(), dict.fromkeys(matter.words, 1.0)
    for node in own:
        held = {word_of[m.group()] for m in pattern.finditer(bare(node.text))}
        cosine = float(vectors[node.id] @ asked.vector) if node.id in vectors else 0.0
        said = of_finding(node, cosine, matter.share(held.__contains__, weight))
        worth = said.score + STATED - LEANING * dangles(node.text)
        if best is None or worth > best.score:
            best = msgspec.structs.replace(said, score=worth)
    return msgspec.structs.replace(member, holding=msgspec.structs.replace(member.holding, best=best))


def _by_year(planned: Plan) -> Plan:
    """The lines in the order of years, each with its year in front."""
    dated = [(year_of(line), line) for line in planned.lines]
    lines = sorted(dated, key=lambda d: (d[0] is None, d[0] or 0))
    shown = tuple(Line(line.sentences, f"{year}, {line.lead}" if year else line.lead) for year, line in lines)
    return Plan(planned.shape, shown, planned.style, planned.head, planned.notes, planned.sure)


def year_of(line: Line) -> int | None:
    """The year of the paper that a line quotes."""
    year = line.sentences[0].node.metadata.get("year")
    return year if isinstance(year, int) else None


def themes(asked: Asked) -> Plan | None:
    """The themes of the field; what its papers say for themselves where it has none, or where only a part is asked."""
    if asked.where is not None:
        return voices(asked)
    kept = _kept(asked.store)
    shown = kept[:MOST]
    nodes = nodes_of(asked.store, (i for _, theme in shown for i in (*_ids(theme, "findings"), *_ids(theme, "papers"))))
    several = len({project for project, _ in kept}) > 1
    lines = tuple(
        line
        for project, theme in shown
        for line in _theme(asked, theme, _read_in(project, nodes), f" in {project}" if several else "")
    )
    if not lines:
        return voices(asked)
    count, papers, more = len(kept), len(papers_in(asked.store, None)), len(kept) - len(shown)

    def head(lines: Sequence[Line]) -> str:
        return f"{count} theme{'s' * (count != 1)} in {papers} paper{'s' * (papers != 1)}:"

    def notes(lines: Sequence[Line]) -> tuple[str, ...]:
        return (f"{more} smaller theme{'s' * (more != 1)} not shown.",) if more else ()

    return Plan(Shape.THEMES, lines, Style.BULLETS, head, notes, sure=True)


def _kept(store: NodeStore) -> list[tuple[str, Mapping[str, Any]]]:
    """The themes that a project's node keeps, each with its project; those of several projects by their size, without
    any whose papers are all read in another project."""
    roots = [node for node in store.scan(IsNull("paper")) if node.level is Level.PROJECT]
    kept = [
        (root.project, theme)
        for root in roots
        for theme in root.metadata.get("themes") or ()
        if isinstance(theme, Mapping)
    ]
    if len(roots) < 2:
        return kept
    papers = nodes_of(store, (i for _, theme in kept for i in _ids(theme, "papers")))
    counts = [sum(i in _read_in(project, papers) for i in _ids(theme, "papers")) for project, theme in kept]
    order = sorted((n for n, count in enumerate(counts) if count), key=lambda n: -counts[n])
    return [kept[n] for n in order]


def _read_in(project: str, nodes: Mapping[str, Node]) -> dict[str, Node]:
    return {i: node for i, node in nodes.items() if node.project == project}


def _theme(asked: Asked, theme: Mapping[str, Any], nodes: Mapping[str, Node], where: str = "") -> list[Line]:
    papers = [nodes[i] for i in _ids(theme, "papers") if i in nodes]
    found = [of_finding(nodes[i]) for i in _ids(theme, "findings") if i in nodes]
    apart: dict[str | None, Sentence] = {}
    for s in sorted(found, key=lambda s: dangles(s.text)):
        apart.setdefault(s.node.paper, s)
    said = list(apart.values())[:OF_A_THEME] or list(of_summaries(asked.store, papers[:1]).values())
    under = f"{theme.get('label')} ({len(papers)} paper{'s' * (len(papers) != 1)}{where})"
    return [Line((s,), paper_lead(s), "" if i else under) for i, s in enumerate(said)]


def _ids(theme: Mapping[str, Any], name: str) -> list[str]:
    return [i for i in theme.get(name) or () if isinstance(i, str)]


def voices(asked: Asked) -> Plan | None:
    """What papers say for themselves: the finding of each one's abstract or conclusion nearest to the whole of it."""
    ids = [p.node.id for p in asked.found.papers] or papers_in(asked.store, asked.where)[:MOST]
    papers = list(nodes_of(asked.store, ids).values())
    said = [s for paper in papers[:MOST] if (s := _own_words(asked, paper)) is not None]
    lines = tuple(Line((s,), paper_lead(s)) for s in said)
    whole = not matter_of(asked.question).groups
    return Plan(Shape.GIST, lines, Style.BULLETS, sure=whole) if lines else None


def _own_words(asked: Asked, paper: Node) -> Sentence | None:
    here = And((Eq("paper", paper.id), Eq("level", Level.FINDING.value), In("section_kind", OVERVIEW_KINDS)))
    findings = [n for n in asked.store.scan(here) if not dangles(n.text)]
    if not findings:
        return of_summaries(asked.store, [paper]).get(paper.id)
    vectors = asked.store.vectors([paper.id, *(n.id for n in findings)])
    whole = vectors.get(paper.id)
    near = [float(vectors[n.id] @ whole) if whole is not None and n.id in vectors else 0.0 for n in findings]
    return of_finding(findings[max(range(len(near)), key=near.__getitem__)])
