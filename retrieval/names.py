"""By what a question can name papers of a library: their authors, their titles, and the abbreviations in these.

A question names few papers of many, so only what it may name is looked at closely: the names of a library are one text
each, in which the question's words are sought. It must not know routes or filters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from hierarchy.nodes import PaperName
from hierarchy.query_words import words_of

CAPITALISED = re.compile(r"(?<![\w'’])[^\W\d_a-z][\w'’-]+")
ABBREVIATION = re.compile(r"^(?=[^\s]*[A-Z][^\s]*[A-Z])[\w-]{3,}$")  # BERT, FloWaveNet
RUN = 4  # words of a title in a row that name it
MOST_LETTERS = 2_000  # of a title or a question
PARTICLES = re.compile(r"^(?:van|von|der|den|de|di|da|la|le|el|al)\s", re.I)


class Names:
    """The names of these papers; none where none are given."""

    def __init__(self, papers: Iterable[PaperName] = ()) -> None:
        held = list(papers)
        signed = [(name, paper.id) for paper in held for name in paper.authors]
        heads = [(paper.title.partition(":")[0].strip(), paper.id) for paper in held if ":" in paper.title]
        self._families = _Lines([_end(name) for name, _ in signed], squeezed=True)
        self._signed = signed
        self._abbreviations: dict[str, set[str]] = {}
        for head, paper in heads:
            if ABBREVIATION.match(head):
                self._abbreviations.setdefault(head, set()).add(paper)
        self._titles = _Lines([paper.title[:MOST_LETTERS] for paper in held], squeezed=False)
        self._titled = [paper.id for paper in held]

    @classmethod
    def of(cls, papers: Iterable[tuple[str, str, Iterable[str]]]) -> Names:
        """Those of papers given as id, title and authors."""
        return cls(PaperName(paper, title, tuple(authors)) for paper, title, authors in papers)

    def count(self, question: str) -> int:
        """How many papers a question names; authors who share one count once, and a name that many bear is one."""
        named: list[set[str]] = [self._of_family(word) for word in CAPITALISED.findall(question)]
        named += [self._abbreviations.get(word.strip("?.,;:()'\""), set()) for word in question.split()]
        named += [{self._titled[i] for i in self._titles.holding(f" {run} ")} for run in _runs(question)]
        apart: list[set[str]] = []
        for papers in named:
            if papers and not any(papers & other for other in apart):
                apart.append(papers)
        return len(apart)

    def named(self, question: str) -> list[str]:
        """The papers that a question names, in its order; a name that several papers share stands for all of them."""
        asked = question[:MOST_LETTERS]
        at = [(m.start(), self._of_family(m.group())) for m in CAPITALISED.finditer(asked)]
        for m in re.finditer(r"\S+", asked):
            at.append((m.start(), self._abbreviations.get(m.group().strip("?.,;:()'\""), set())))
        words = list(re.finditer(r"\w+", asked.lower()))
        for i in range(len(words) - RUN + 1):
            run = " ".join(w.group() for w in words[i : i + RUN])
            at.append((words[i].start(), {self._titled[n] for n in self._titles.holding(f" {run} ")}))
        return list(dict.fromkeys(paper for _, papers in sorted(at, key=lambda a: a[0]) for paper in sorted(papers)))

    def _of_family(self, word: str) -> set[str]:
        name = folded(word)
        near = self._families.holding(f"{name}\n") if name else ()
        return {paper for author, paper in (self._signed[i] for i in near) if family(author) == name}


class _Lines:
    """Many short texts as one in which to seek: small letters without accents, or words between single spaces."""

    def __init__(self, lines: Sequence[str], *, squeezed: bool) -> None:
        whole = "\n".join(" ".join(line.split()) for line in lines) + "\n"
        if squeezed:
            plain = unicodedata.normalize("NFKD", whole.lower())
            bare = plain if plain.isascii() else "".join(c for c in plain if not unicodedata.combining(c))
            self._text = re.sub(r"[^\w\n]+|_+", "", bare)
        else:
            self._text = re.sub(r"[^\w\n]+", " ", whole.lower()).replace("\n", " \n ")
            self._text = f" {self._text}"

    def holding(self, part: str) -> list[int]:
        """The numbers of the lines that hold a text."""
        found, at, line, counted = list[int](), self._text.find(part), 0, 0
        while at >= 0:
            line += self._text.count("\n", counted, at)
            counted = at
            if not found or found[-1] != line:
                found.append(line)
            at = self._text.find(part, at + 1)
        return found


def family(author: str) -> str:
    """The folded family name of an author as it stands on a paper ("Ada van der Meer", "Meer, Ada")."""
    return folded(PARTICLES.sub("", _end(author)))


def folded(name: str) -> str:
    """A name without case, accents and what joins its parts; without the 's of English."""
    return "".join(words_of(re.sub(r"['’]s$", "", name)))


def _end(author: str) -> str:
    last, comma, _ = author.partition(",")
    return last if comma else (author.split() or [""])[-1]


def _runs(text: str) -> list[str]:
    words = re.findall(r"\w+", text[:MOST_LETTERS].lower())
    return list(dict.fromkeys(" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)))
