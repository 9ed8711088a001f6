"""The paper's own DOI and arXiv id: from its stamps, running heads and first lines, else from the PDF's metadata.

A DOI in running text or in a note is one that the paper cites. It must not know sections or references.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ingestion.pages import Document, Line, Role

ARXIV = re.compile(r"arXiv:\s*(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", re.I)
ARXIV_PAGE = re.compile(r"arxiv\.org/(?:abs|pdf)/(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})", re.I)
DOI = re.compile(r"\b(10\.\d{4,9}/[-._;()/:A-Za-z0-9<>]*[A-Za-z0-9])")
YEAR = re.compile(r"\b(19[6-9]\d|20[0-4]\d)\b")
OF_OTHERS = re.compile(
    r"supplement|software|archiv|\bdata|\bcode\b|\bmaterials?\b|reproduc|original (?:article|paper)|replicat|repositor",
    re.I,
)
CUT = re.compile(r"(?:10\.\d{4,9}/(?:\S*[/.\-_])?|\b10\.|doi\.org/)\s?$")
BARE = re.compile(r"(?:doi\s*[:.]?\s*)?(?:https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}/\S+", re.I)
NOTED = re.compile(r"\s*(?:\d{1,2}\s?(?=[A-Za-z])|[∗*†‡§¶])")
XMP = re.compile(
    r"<(?:prism|pdfx|dc|crossmark):(?:doi|DOI|identifier)[^>]{0,80}>(?:\s*<[^>]{1,60}>){0,3}\s*([^<]{4,200})<"
)
FIELDS = ("doi", "subject", "title", "keywords")


def find_doi(document: Document, zone: Sequence[Line]) -> tuple[str | None, str]:
    """The DOI and its origin; `zone` are the lines of the first page that are no text."""
    pages = document.pages
    first = pages[0]
    furniture = [line for page in pages for line in page.lines if line.role == Role.FURNITURE]
    heads = Counter(doi for line in _texts(furniture) for doi in _dois(line))
    foot = [
        line
        for line in first.lines
        if line.y0 > 0.8 * first.height and line.role != Role.FURNITURE and line.size < _usual(first.lines)
    ]
    places = (
        _labelled(first.lines),
        [doi for text in _texts([x for x in furniture if x.page == 1], first.turned) for doi in _dois(text)],
        [doi for doi, count in heads.most_common() if count > 1],
        [doi for text in _texts(zone) for doi in _dois(text)],
        [doi for text in _texts(foot) if not NOTED.match(text) and not OF_OTHERS.search(text) for doi in _dois(text)],
        [doi for text in _texts([], pages[-1].turned) for doi in _dois(text)] + list(heads),
    )
    printed = next((found[0] for found in places if found), None)
    if printed:
        return printed.lower(), "page"
    told = " ".join(document.metadata.get(key, "") for key in FIELDS)
    within = [doi for text in [*XMP.findall(document.metadata.get("xmp", "")), told] for doi in DOI.findall(text)]
    return (within[0].lower(), "metadata") if within else (None, "")


def find_arxiv(document: Document, zone: Iterable[Line]) -> tuple[str | None, str]:
    """The arXiv id and its origin: the stamp in the margin, else what stands in heads and above the text."""
    first = document.pages[0]
    stamps = [*first.turned, *(x.text for x in first.lines if x.role == Role.FURNITURE), *(x.text for x in zone)]
    for text in stamps:
        found = ARXIV.search(text) or (ARXIV_PAGE.search(text) if not OF_OTHERS.search(text) else None)
        if found:
            return found[1], "page"
    told = " ".join(document.metadata.get(key, "") for key in FIELDS)
    within = ARXIV.search(told)
    return (within[1], "metadata") if within else (None, "")


def _dois(text: str) -> list[str]:
    found = DOI.search(re.sub(r"(?<=/)\s+", "", text))
    return [found[1]] if found else []


def _texts(lines: Sequence[Line], turned: Sequence[str] = ()) -> list[str]:
    """The texts of lines; a DOI that a line's end cuts goes on in the next line."""
    out: list[str] = []
    for line in lines:
        if line.text.isdigit():  # a page's number between two lines of its foot
            continue
        if out and CUT.search(out[-1]):
            out[-1] += line.text
        else:
            out.append(line.text)
    return [*turned, *out]


def _labelled(lines: Sequence[Line]) -> list[str]:
    """The DOIs of lines that hold nothing else but its label, which may stand on the line above."""
    texts = _texts([line for line in lines if line.role != Role.REFERENCE])
    return [doi for text in texts if BARE.fullmatch(text.strip()) for doi in _dois(text)]


def _usual(lines: Sequence[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=10.0) - 0.4
