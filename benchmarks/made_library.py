"""A made library of papers with near-twin titles, and their lists of references as printers and readers leave them.

A work has twins that differ in one word, in a number, in a subtitle, in nothing but its authors, or in nothing but its
year; a third of all works are not in the library, so that a reference may well mean nobody. Printing changes hyphens,
accents, capitals and quotes, cuts subtitles and lists of authors, moves a year by one, loses a letter. The same size
always gives the same library.
"""

from __future__ import annotations

import random
import unicodedata
from typing import Any

import msgspec

from hierarchy.nodes import Level, Node

PROJECT = "made"
IN_LIBRARY = 2 / 3
REFERENCES = 24
SUBJECTS = ("frog choruses", "reed beds", "mire vegetation", "shallow substrates", "river macrophytes", "urban lichens",
            "alpine snowbeds", "tidal flats", "peat cores", "hedgerow beetles", "floodplain soils", "kelp forests",
            "moth traps", "drained fens", "karst springs", "old-growth stands")  # fmt: skip
TWIN_SUBJECTS = ("toad choruses", "salt marshes", "mire invertebrates", "deep substrates", "lake macrophytes",
                 "urban mosses", "alpine screes", "tidal creeks", "lake cores", "hedgerow spiders", "floodplain gravels",
                 "seagrass meadows", "pitfall traps", "rewetted fens", "karst caves", "second-growth stands")  # fmt: skip
METHODS = ("contrastive pre-training", "semi-supervised segmentation", "non-linear mixed models", "field re-surveys",
           "low-cost loggers", "coefficient-wise shrinkage", "naïve Bayes filters", "soft-label distillation",
           "Poincaré embeddings", "efficient self-attention", "cross-site validation", "Kálmán smoothing")  # fmt: skip
PATTERNS = ("{method} for the monitoring of {subject}", "How {subject} respond to drought and flooding",
            "The limits of {method} in the classification of {subject}", "Estimating the abundance of {subject} with {method}",
            "What {method} and expert knowledge tell about {subject}", "A decade of change in {subject}")  # fmt: skip
SUBTITLES = ("evidence from nine valleys", "a controlled comparison", "methods & pitfalls", "lessons from a long-term trial",
             "an open data set", "the role of scale")  # fmt: skip
FAMILIES = ("Ångström-Vale", "Müller", "Okafor", "Li", "Nguyễn", "van den Berg", "O'Hara", "García Márquez", "Søndergaard",
            "Łukasik", "Smith", "Tanaka", "Ivanova", "Haddad", "Fjeldstad", "Baptiste", "Kovács", "Dvořák", "Moreau", "Weiß",
            "Abdi", "Rossi", "Thorne", "Yılmaz", "Castellane", "Pohl", "Ruud", "Quist", "Sallinger", "Brandt")  # fmt: skip
GIVEN = ("Ida", "Tom", "Mei", "Øystein", "Jean-Luc", "Rosa", "Karl", "Ana", "Bo", "Femi", "Zoë", "Petr", "Wanda", "Hugo")


class Work(msgspec.Struct, frozen=True):
    """A work that is in the library, or is only cited."""

    number: int
    title: str
    authors: tuple[str, ...]
    year: int
    doi: str | None
    arxiv: str | None


class Made(msgspec.Struct, frozen=True):
    """Paper nodes, and which of them each reference means: (citing paper, id of the reference) → paper or None."""

    papers: tuple[Node, ...]
    truth: dict[tuple[str, str], str | None]


def library(papers: int = 300) -> Made:
    """A made library of so many papers."""
    chance = random.Random(papers)
    works = _works(round(papers / IN_LIBRARY), chance)
    inside = chance.sample(works, papers)
    ids = {work.number: f"paper:{work.number}" for work in inside}
    nodes: list[Node] = []
    truth: dict[tuple[str, str], str | None] = {}
    for work in inside:
        cited = chance.sample([other for other in works if other is not work], min(REFERENCES, len(works) - 1))
        references: list[dict[str, Any]] = []
        for place, other in enumerate(cited, 1):
            references.append({"id": f"r{place}", **printed(other, chance)})
            truth[ids[work.number], f"r{place}"] = ids.get(other.number)
        nodes.append(_node(ids[work.number], work, references))
    return Made(tuple(nodes), truth)


def printed(work: Work, chance: random.Random) -> dict[str, Any]:
    """A work as some list of references has it after reading."""
    names = [_printed_name(name, style) for style in (chance.randrange(4),) for name in work.authors]
    if len(names) > 2 and chance.random() < 0.2:
        names = [names[0] if chance.random() < 0.5 else f"{names[0]} et al."]
    year: int | None = work.year + (chance.choice((-1, 1)) if chance.random() < 0.1 else 0)
    return {
        "title": _printed_title(work.title, chance),
        "authors": names if chance.random() > 0.02 else [],
        "year": year if chance.random() > 0.03 else None,
        "doi": work.doi if chance.random() < 0.3 else None,
        "arxiv": work.arxiv and f"{work.arxiv}v{chance.randint(1, 4)}" if chance.random() < 0.5 else None,
    }


def _works(count: int, chance: random.Random) -> list[Work]:
    works: list[Work] = []
    seen: set[tuple[str, tuple[str, ...], int]] = set()
    while len(works) < count:
        group = _group(chance)
        for title, authors, year in group:
            number = len(works)
            if (title, authors, year) in seen or number == count:
                continue
            seen.add((title, authors, year))
            doi = f"10.5555/made.{number}" if chance.random() < 0.7 else None
            arxiv = f"{year % 100:02}01.{number:05}" if chance.random() < 0.3 else None
            works.append(Work(number, title, authors, year, doi, arxiv))
    return works


def _group(chance: random.Random) -> list[tuple[str, tuple[str, ...], int]]:
    """A work and its twins."""
    which = chance.randrange(len(SUBJECTS))
    pattern, method = chance.choice(PATTERNS), chance.choice(METHODS)

    def titled(subject: str) -> str:
        text = pattern.format(method=method, subject=subject)
        return text[0].upper() + text[1:]

    title, twin = titled(SUBJECTS[which]), titled(TWIN_SUBJECTS[which])
    authors, others, year = _authors(chance), _authors(chance), chance.randint(1998, 2024)
    first, second = chance.sample(SUBTITLES, 2)
    match chance.randrange(6):
        case 0:  # one word, the same authors
            return [(title, authors, year), (twin, authors, year + chance.randint(0, 2))]
        case 1:  # the same title, others' work
            return [(title, authors, year), (title, others, year + chance.randint(0, 2))]
        case 2:  # a series
            return [(f"{title}, part {part}", authors, year + i) for i, part in enumerate(("I", "II", "III"))]
        case 3:  # other subtitles
            return [(f"{title}: {first}", authors, year), (f"{title}: {second}", others, year + 1), (twin, others, year)]
        case 4:  # the same again, years later
            return [(f"{title}: {first}", authors, year), (f"{title}: {first}", authors, year + chance.randint(4, 9))]
        case _:  # a year in the title
            return [(f"{title} in {at}: {first}", authors, at + 1) for at in (year, year + 1)]


def _authors(chance: random.Random) -> tuple[str, ...]:
    families = chance.sample(FAMILIES, chance.randint(1, 4))
    return tuple(f"{chance.choice(GIVEN)} {family}" for family in families)


def _node(paper: str, work: Work, references: list[dict[str, Any]]) -> Node:
    metadata = {"year": work.year, "authors": list(work.authors), "doi": work.doi, "arxiv": work.arxiv,
                "references": references}  # fmt: skip
    return Node(
        paper, Level.PAPER, PROJECT, work.title, work.title, paper=paper, digest=f"{work.number:032x}", metadata=metadata
    )


def _printed_name(name: str, style: int) -> str:
    given, _, family = name.partition(" ")
    initial = given[0]
    return (name, f"{family}, {initial}.", f"{initial}. {family}", f"{family}, {given}")[style]


def _printed_title(title: str, chance: random.Random) -> str:
    if ":" in title and chance.random() < 0.04:
        title = title.partition(":")[0]
    if chance.random() < 0.15:
        title = title.replace("-", "")
    elif chance.random() < 0.1:
        title = title.replace("-", " ")
    if chance.random() < 0.1:
        title = "".join(c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
    if chance.random() < 0.3:
        title = title.title() if chance.random() < 0.5 else title.lower()
    if chance.random() < 0.2:
        title = title.replace(":", chance.choice((" –", ".", " -")))
    if chance.random() < 0.1:
        title = title.replace("&", "and") if "&" in title else title.replace(" and ", " & ")
    if chance.random() < 0.03:
        title = title.replace("ffi", "").replace("fi", "")  # ligatures lost
    if chance.random() < 0.03:
        title = _one_letter_lost(title, chance)
    return title + ("." if chance.random() < 0.2 else "")


def _one_letter_lost(title: str, chance: random.Random) -> str:
    words = title.split(" ")
    long = [i for i, word in enumerate(words) if len(word) > 6 and word.isalpha()]
    if long:
        i = chance.choice(long)
        at = chance.randrange(1, len(words[i]) - 1)
        words[i] = words[i][:at] + words[i][at + 1 :]
    return " ".join(words)
