"""What a reader would expect of a paper and this one does not have, or may be read wrongly: told, never guessed.

It looks at the record and at the page model only; it must not know how anything was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hierarchy.paper import ReadWarning, Section
from ingestion.pages import Document, Role
from ingestion.reading.lines.direction import right_to_left

MANY_PAGES = 100  # a book or a thesis
LARGE_PAGE = 1_500.0  # points: A2 and larger, a poster
SAMPLE = 4_000  # letters that tell the direction


def give_back_front(document: Document) -> None:
    """Where more was taken for authors and dates than is left as text, it was text: nothing may be lost in silence."""
    front, rest = (sum(len(line.text) for line in document.lines(role)) for role in (Role.FRONT, Role.BODY))
    if front > rest:
        for line in document.lines(Role.FRONT):
            line.role = Role.BODY


def missing(
    document: Document, title: str, abstract: str, sections: Sequence[Section], references: Sequence[object]
) -> Iterator[ReadWarning]:
    """A warning for each thing that is missing or odd."""
    if not any(s.passages for s in sections):
        yield ReadWarning("no_body", "No running text was found.")
    if not title:
        yield ReadWarning("no_title", "No title was found.")
    if not abstract:
        yield ReadWarning("no_abstract", "No abstract was found.")
    if not any(s.heading and s.kind != "abstract" for s in sections):
        yield ReadWarning("no_headings", "No headings were found: the text is one section.")
    if not references:
        yield ReadWarning("no_references", "No list of references was found.")
    if len(document.pages) > MANY_PAGES:
        yield ReadWarning("long", f"The file has {len(document.pages)} pages: it is read as one paper.")
    for page in document.pages:
        if max(page.width, page.height) > LARGE_PAGE:
            message = f"The page is {page.width:.0f} by {page.height:.0f} points, a poster: its order may be wrong."
            yield ReadWarning("large_page", message, page.number)
    if right_to_left("".join(page.own_text[:SAMPLE] for page in document.pages[:3])):
        yield ReadWarning("right_to_left", "The text runs from right to left: headings may be read wrongly.")
    for page in document.pages:
        if page.turned and not page.lines:
            yield ReadWarning("turned", "All text of the page lies on its side; it was left out.", page.number)
