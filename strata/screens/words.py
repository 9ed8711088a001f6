"""What a screen says of an answer's record: its steps in words, its text with markers, its sources.

Plain functions from records to text, so that they are tested without a browser. It must not know Streamlit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hierarchy.positions import Span
from strata.screens.safe import shown

NEAREST = 3  # pieces shown where the papers do not tell
EXCERPT = 400  # characters of one
PLACED = ("passage", "finding")


class StepLine(msgspec.Struct, frozen=True):
    """A step of the way, as a line and what folds away under it."""

    label: str
    details: tuple[str, ...] = ()


class Source(msgspec.Struct, frozen=True):
    """A quote with the place where it can be looked at; `name` tells it from the others of its answer."""

    name: str
    paper: str
    title: str
    file: str
    quote: str
    spans: tuple[Span, ...]

    @property
    def pages(self) -> tuple[int, ...]:
        """The pages that it stands on, in order; none where it is from an abstract without a PDF."""
        return tuple(sorted({span.page for span in self.spans}))

    @property
    def where(self) -> str:
        """Where it stands, in words."""
        if not self.pages:
            return "abstract; there is no PDF of it yet"
        return f"{'page' if len(self.pages) == 1 else 'pages'} {', '.join(map(str, self.pages))}"


def step_line(step: Mapping[str, Any]) -> StepLine:
    """A step of a trace in words."""
    found, given = step.get("found", {}), step.get("given", {})
    name = str(step.get("name"))
    if name == "route":
        weights = sorted(found.get("weights", {}).items(), key=lambda item: -item[1])
        said = tuple(f"{level}: {weight:.0%}" for level, weight in weights if weight >= 0.01)
        return StepLine(f"Looked at the question: {found.get('reason', '')}", said)
    if name == "scope":
        said = tuple(f"{filter}: {', '.join(map(str, values))}" for filter, values in given.items())
        return StepLine("Stayed within what was typed", said)
    if name == "citations":
        said = tuple(found.get("works", ())) or tuple(filter(None, [found.get("unknown")]))
        papers = _count(len(found.get("papers", ())), "paper")
        return StepLine(f"Followed citations: {papers}", tuple(map(str, said)))
    if name == "spelling":
        return StepLine(
            "Read words otherwise", tuple(f"{word}: {near}" for word, near in found.get("read", {}).items())
        )
    if name == "abbreviations":
        return StepLine("Searched other forms, too", tuple(f"{a}: {b}" for a, b in found.get("added", {}).items()))
    if name == "search":
        rows = found.get("candidates", [])
        scores = tuple(f"{r['score']:.2f}: meaning {r['dense']:.2f}, words {r['bm25']:.2f}" for r in rows[:5])
        return StepLine(f"Searched {given.get('level', 'node')}s: {_count(len(rows), 'candidate')}", scores)
    if name == "extract":
        best = tuple(f"{row['score']:.2f}  {row['text']}" for row in found.get("sentences", [])[:5])
        return StepLine(f"Read {given.get('passages', 0)} passages and ranked their sentences", best)
    if name == "choose":
        count, sure = found.get("sentences", 0), found.get("confidence")
        certain = f"Confidence that they answer: {sure:.0%}" if isinstance(sure, float | int) else ""
        return StepLine(f"Chose {_count(count, 'sentence')}", tuple(filter(None, [certain])))
    if name == "check":
        dropped = tuple(f"Left out, as it does not stand so on its page: {text}" for text in found.get("dropped", []))
        return StepLine(f"Checked {_count(found.get('kept', 0), 'quote')} against the pages", dropped)
    return StepLine(name.capitalize(), ())


def answer_html(record: Mapping[str, Any], anchor: str | None) -> str:
    """The answer's text with its markers as links to the sources; what papers say is only text in it.

    Args:
        record: of an answer.
        anchor: what the ids of its sources begin with; None where they are not on the page.
    """
    text, pieces, at = str(record["text"]), list[str](), 0
    for citation in record.get("citations", []):
        marked = f"{citation['quote']} [{citation['marker']}]"
        place = text.find(marked, at)
        if place < 0:
            continue
        pieces += [
            shown(text[at:place], html=True),
            shown(citation["quote"], html=True),
            " ",
            _marker(citation, anchor),
        ]
        at = place + len(marked)
    return paragraphs("".join([*pieces, shown(text[at:], html=True)]))


def paragraphs(html: str) -> str:
    """Lines as paragraphs, and those that begin with a dash as a list."""
    lines = [line.strip() for line in html.split("\n") if line.strip()]
    dash = shown("-") + " "
    if lines and all(line.startswith(dash) for line in lines):
        return "<ul>" + "".join(f"<li>{line.removeprefix(dash)}</li>" for line in lines) + "</ul>"
    return "".join(f"<p>{line}</p>" for line in lines)


def sources(record: Mapping[str, Any]) -> list[Source]:
    """The sources of an answer, in the order of their markers."""
    return [
        Source(str(c["marker"]), c["paper"], c["title"], c["file"], c["quote"], _spans(c["spans"]))
        for c in record.get("citations", [])
    ]


def nearest(record: Mapping[str, Any]) -> list[Source]:
    """What stands nearest to a question that the papers do not answer."""
    found: list[Source] = []
    for node in record.get("evidence", []):
        if node["level"] in PLACED and _has_place(node) and all(node["text"] not in other.quote for other in found):
            name = chr(ord("a") + len(found))
            found.append(
                Source(name, node["paper"], node["paper_title"], node["file"], node["text"], _spans(node["spans"]))
            )
    return found[:NEAREST]


def _has_place(node: Mapping[str, Any]) -> bool:
    """Whether people can be told where a node stands: on a page, or in the abstract of a paper without a PDF."""
    return bool(node["spans"]) or node.get("metadata", {}).get("section_kind") == "abstract"


def excerpt(quote: str) -> str:
    """A quote, or the beginning of a long one."""
    return quote if len(quote) <= EXCERPT else quote[:EXCERPT].rsplit(" ", 1)[0] + " …"


def papers_of_record(record: Mapping[str, Any]) -> list[str]:
    """The papers whose words a record holds."""
    rows = [*record.get("citations", []), *record.get("evidence", [])]
    return sorted({row["paper"] for row in rows if row.get("paper")})


def _marker(citation: Mapping[str, Any], anchor: str | None) -> str:
    where = f"page {citation['page']}" if citation["page"] else "abstract"
    title = shown(f"{citation['title']}, {where}", html=True)
    if anchor is None:
        return f'<span title="{title}">[{citation["marker"]}]</span>'
    return f'<a href="#{anchor}-{citation["marker"]}" title="{title}">[{citation["marker"]}]</a>'


def _spans(spans: Sequence[Mapping[str, Any]]) -> tuple[Span, ...]:
    return msgspec.convert(spans, tuple[Span, ...])


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
