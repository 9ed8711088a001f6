"""By what a question can name papers of a library: their authors, their titles, and the abbreviations in these.

It must not know routes or filters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from hierarchy.nodes import Node
from hierarchy.query_words import words_of

CAPITALISED = re.compile(r"(?<![\w'’])[^\W\d_a-z][\w'’-]+")
ABBREVIATION = re.compile(r"^(?=[^\s]*[A-Z][^\s]*[A-Z])[\w-]{3,}$")  # BERT, FloWaveNet
RUN = 4  # words of a title in a row that name it
PARTICLES = re.compile(r"^(?:van|von|der|den|de|di|da|la|le|el|al)\s", re.I)


class Names(msgspec.Struct, frozen=True):
    """Which papers each folded family name, abbreviation or run of title words stands for."""

    families: Mapping[str, frozenset[str]] = {}
    abbreviations: Mapping[str, frozenset[str]] = {}
    runs: Mapping[str, frozenset[str]] = {}

    @classmethod
    def of(cls, papers: Iterable[tuple[str, str, Iterable[str]]]) -> Names:
        """Those of papers given as id, title and authors."""
        families: dict[str, set[str]] = {}
        abbreviations: dict[str, set[str]] = {}
        runs: dict[str, set[str]] = {}
        for paper, title, authors in papers:
            for author in authors:
                families.setdefault(family(author), set()).add(paper)
            head, colon, _ = title.partition(":")
            if colon and ABBREVIATION.match(head.strip()):
                abbreviations.setdefault(head.strip(), set()).add(paper)
            for run in _runs(title):
                runs.setdefault(run, set()).add(paper)
        families.pop("", None)
        return cls(*({k: frozenset(v) for k, v in held.items()} for held in (families, abbreviations, runs)))

    @classmethod
    def of_nodes(cls, papers: Iterable[Node]) -> Names:
        """Those of the paper nodes of a project."""
        return cls.of((p.id, p.title, p.metadata.get("authors") or ()) for p in papers)

    def count(self, question: str) -> int:
        """How many papers a question names; authors who share one count once, and a name that many bear is one."""
        named = [self.families.get(folded(word)) for word in CAPITALISED.findall(question)]
        named += [self.abbreviations.get(word.strip("?.,;:()'\"")) for word in question.split()]
        named += [self.runs.get(run) for run in _runs(question)]
        apart: list[frozenset[str]] = []
        for papers in named:
            if papers and not any(papers & other for other in apart):
                apart.append(papers)
        return len(apart)


def family(author: str) -> str:
    """The folded family name of an author as it stands on a paper ("Ada van der Meer", "Meer, Ada")."""
    last, comma, _ = author.partition(",")
    name = last if comma else (author.split() or [""])[-1]
    return folded(PARTICLES.sub("", name))


def folded(name: str) -> str:
    """A name without case, accents and what joins its parts; without the 's of English."""
    return "".join(words_of(re.sub(r"['’]s$", "", name)))


def _runs(text: str) -> list[str]:
    words = re.findall(r"\w+", text[:2_000].lower())
    return [" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)]
