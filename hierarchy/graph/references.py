"""References resolved to papers of the library: by DOI, by arXiv id, or by title, authors and year together.

A wrong link misleads whoever reads the graph, so a reference that fits two papers equally well, or one not quite, is
left unresolved. `Library.touched` tells which papers' references a new paper may answer, so that it costs only itself.
It must not know stores or how references are read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from hierarchy.graph.names import agreement
from hierarchy.graph.titles import Likeness, likeness, title_of
from hierarchy.nodes import Node

APART = 1  # years between a preprint and its print
SURE, FAIR = 0.75, 0.25  # agreement of authors that a changed title needs, and one printed in full
MARGIN = 0.05  # by which the best of several papers must be better
SHORT = 10  # letters of what is left of a cut title, below which all else must fit
WORTH = {Likeness.SAME: 3.0, Likeness.NEAR: 2.5, Likeness.SWAPPED: 2.2, Likeness.CUT: 2.0, Likeness.LONGER: 1.8}
IDENTIFIED = 10.0  # what an identifier weighs
DOI = re.compile(r"10\.\d{4,9}/\S+")
ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)")


class Work(msgspec.Struct, frozen=True):
    """What a reference and a paper both tell of a work."""

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    arxiv: str | None = None

    @classmethod
    def of(cls, known: Mapping[str, Any], title: str | None = None) -> Work:
        """From a record of a reference, or from a paper's metadata and its title."""
        doi, arxiv = _doi(known.get("doi")), _arxiv(known.get("arxiv"))
        if doi and (within := ARXIV_DOI.fullmatch(doi)):
            doi, arxiv = None, arxiv or _arxiv(within[1])
        year = known.get("year")
        return cls(
            str(known.get("title") or "") if title is None else title,
            tuple(str(name) for name in known.get("authors") or ()),
            year if isinstance(year, int) else None,
            doi,
            arxiv,
        )

    def keys(self) -> set[str]:
        """What it shares one of with every printing of the same work."""
        identifiers = {f"{kind} {value}" for kind, value in (("doi", self.doi), ("arxiv", self.arxiv)) if value}
        return identifiers | set(title_of(self.title).keys())


class Library:
    """The papers of a project, ready to be found by what other papers print of them."""

    def __init__(self) -> None:
        self._papers: dict[str, Node] = {}
        self._works: dict[str, Work] = {}
        self._by_key: defaultdict[str, set[str]] = defaultdict(set)
        self._citing: defaultdict[str, set[str]] | None = None  # key of a reference → papers that print it

    @classmethod
    def of(cls, papers: Iterable[Node]) -> Library:
        """The library of these paper nodes."""
        library = cls()
        for paper in papers:
            library.add(paper)
        return library

    def add(self, paper: Node) -> None:
        """Takes a paper in, in place of what has its id."""
        self.remove(paper.id)
        work = Work.of(paper.metadata, paper.title)
        self._papers[paper.id], self._works[paper.id] = paper, work
        for key in work.keys():
            self._by_key[key].add(paper.id)
        if self._citing is not None:
            self._index(paper, self._citing)

    def remove(self, paper: str) -> None:
        """Forgets a paper; one that is not there is no error."""
        node = self._papers.pop(paper, None)
        if node is None:
            return
        for key in self._works.pop(paper).keys():
            self._by_key[key].discard(paper)
        if self._citing is not None:
            for reference in references_of(node):
                for key in Work.of(reference).keys():
                    self._citing[key].discard(paper)

    def resolve(self, reference: Mapping[str, Any], citing: str | None = None) -> str | None:
        """The id of the paper that a reference means; None where none fits, or several do.

        Of several versions of one paper it is the main one.

        Args:
            reference: title, authors, year, doi and arxiv, as a paper's metadata keeps them; any may be missing.
            citing: the paper that prints it, which it never means.
        """
        work = Work.of(reference)
        near = {i for key in work.keys() for i in self._by_key.get(key, ())}
        scores: dict[str, float] = {}
        for candidate in near - {citing}:
            score = _fit(work, self._works[candidate])
            main = self._main(candidate)
            if score > scores.get(main, 0.0) and main != citing:
                scores[main] = score
        best = sorted(scores.items(), key=lambda pair: -pair[1])[:2]
        if not best or (len(best) == 2 and best[0][1] - best[1][1] < MARGIN):
            return None
        return best[0][0]

    def cites(self, paper: str) -> list[dict[str, Any]]:
        """The papers of the library that a paper cites, as its metadata keeps them: [{"paper", "references"}]."""
        found: dict[str, list[str]] = {}
        for reference in references_of(self._papers[paper]):
            if (cited := self.resolve(reference, paper)) is not None:
                found.setdefault(cited, []).append(str(reference.get("id")))
        return [{"paper": cited, "references": references} for cited, references in found.items()]

    def touched(self, papers: Iterable[Node]) -> set[str]:
        """The other papers of the library whose references may resolve otherwise because these came, changed or went.

        What they resolve to now, `cites` tells; no other paper needs to be looked at again.
        """
        if self._citing is None:
            self._citing = defaultdict(set)
            for paper in self._papers.values():
                self._index(paper, self._citing)
        given = list(papers)
        keys = {key for paper in given for key in Work.of(paper.metadata, paper.title).keys()}
        return {i for key in keys for i in self._citing.get(key, ())} - {paper.id for paper in given}

    def _index(self, paper: Node, citing: defaultdict[str, set[str]]) -> None:
        for reference in references_of(paper):
            for key in Work.of(reference).keys():
                citing[key].add(paper.id)

    def _main(self, paper: str) -> str:
        """The paper that this one is a version of, where that is in the library; else itself."""
        main = self._papers[paper].metadata.get("version_of")
        return main if isinstance(main, str) and main in self._papers else paper


def references_of(paper: Node) -> Sequence[Mapping[str, Any]]:
    """The references that a paper's node keeps."""
    kept = paper.metadata.get("references")
    return kept if isinstance(kept, list) else []


def _fit(reference: Work, paper: Work) -> float:
    """How well a paper fits a reference; 0 where it is another work."""
    alike = likeness(title_of(reference.title), title_of(paper.title))
    authors = agreement(reference.authors, paper.authors)
    apart = abs(reference.year - paper.year) if reference.year and paper.year else None
    same = any(ours and ours == theirs for ours, theirs in _identifiers(reference, paper))
    if same:
        strange = alike is Likeness.OTHER and reference.title and paper.title and authors == 0
        return 0.0 if strange else IDENTIFIED + WORTH.get(alike, 0.0) + (authors or 0.0)
    if reference.arxiv and paper.arxiv:  # two preprints are two works
        return 0.0
    two_doi = bool(reference.doi and paper.doi)
    if alike is Likeness.OTHER or not _allowed(reference, alike, authors, apart, two_doi):
        return 0.0
    return WORTH[alike] + (0.5 if authors is None else authors) + (1.0 if apart == 0 else 0.5) - two_doi


def _allowed(work: Work, alike: Likeness, authors: float | None, apart: int | None, two_doi: bool) -> bool:
    """Whether authors and year bear out what the title says."""
    if apart is not None and apart > APART:
        return False
    title = title_of(work.title)
    match alike:
        case Likeness.SAME if authors is None:
            return title.telling and apart == 0 and not two_doi
        case Likeness.SAME if two_doi:
            return authors >= SURE and apart is not None
        case Likeness.SAME:
            return authors >= (FAIR if title.telling else SURE)
        case Likeness.NEAR:
            return authors is not None and authors >= SURE and not two_doi
        case Likeness.CUT if len(title.letters) >= SHORT:
            return authors is not None and authors >= SURE and apart is not None and not two_doi
        case _:
            return authors is not None and authors >= SURE and apart == 0 and not two_doi


def _identifiers(a: Work, b: Work) -> tuple[tuple[str | None, str | None], ...]:
    return ((a.doi, b.doi), (a.arxiv, b.arxiv))


def _doi(printed: object) -> str | None:
    found = DOI.search(printed.lower()) if isinstance(printed, str) else None
    return found[0].rstrip(".,;)") if found else None


def _arxiv(printed: object) -> str | None:
    if not isinstance(printed, str):
        return None
    return re.sub(r"v\d+$", "", printed.strip().lower().removeprefix("arxiv:").strip()) or None
