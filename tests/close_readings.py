"""Stand-ins for a closer reading: what the real fast pass read, changed on its way out of the child."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pdfs import PaperMaker, prose

from hierarchy.errors import ReadError
from hierarchy.filters import Eq
from hierarchy.nodes import Level, Node
from hierarchy.paper import Paper
from ingestion.containment import Reader
from ingestion.passes import Layout
from ingestion.report import Left, Outcome, Refined
from ingestion.watcher import Watcher
from strata.assistant import Assistant

Make = Callable[..., Assistant]
Closer = Callable[[Paper], Paper]
Closely = Callable[[Closer], list[tuple[str, Layout]]]


def three_papers(folder: Path) -> Path:
    """A folder with three papers."""
    folder.mkdir()
    for number, name in enumerate("abc"):
        save(folder / f"{name}.pdf", number)
    return folder


def save(path: Path, number: int) -> Path:
    maker = PaperMaker(1)
    maker.title(f"On the growth of reeds in plot {number}", ["Ada Fenwick"])
    maker.heading("Methods")
    for seed in range(4):
        maker.paragraph(prose(10 * number + seed, 5))
    return maker.save(path)


def reading_closely(monkeypatch: pytest.MonkeyPatch) -> Closely:
    """Puts a change of the paper in the place of the layout model; gives what was read closely, as it is."""
    fast = Reader.read

    def use(closer: Closer) -> list[tuple[str, Layout]]:
        asked: list[tuple[str, Layout]] = []

        def read(self: Reader, path: Path, layout: Layout = "never", pages: int = 0, ocr: str | None = None) -> Paper:
            if layout == "never":
                return fast(self, path)
            assert pages >= 1
            asked.append((path.name, layout))
            return closer(fast(self, path))

        monkeypatch.setattr(Reader, "read", read)
        return asked

    return use


def same(paper: Paper) -> Paper:
    return paper


def mended(paper: Paper) -> Paper:
    """As if the model had read one paragraph better, and all pages."""
    section = paper.sections[-1]
    first = section.passages[0]
    better = msgspec.structs.replace(first, id=first.id + "x", text="It was read better. " + first.text)
    sections = (*paper.sections[:-1], msgspec.structs.replace(section, passages=(better, *section.passages[1:])))
    return msgspec.structs.replace(paper, sections=sections, reading="layout")


def refusing(paper: Paper) -> Paper:
    raise ReadError("Reading the file took more than 9 s of computing.", "Print it to a new PDF.", "timeout")


class Told(Watcher):
    """Notes what an ingest tells."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def done(self, outcome: Outcome) -> None:
        self.said.append(f"{type(outcome).__name__.lower()} {outcome.file}")

    def refining(self, papers: int) -> None:
        self.said.append(f"refining {papers}")

    def refined(self, refined: Refined | Left) -> None:
        self.said.append(f"{type(refined).__name__.lower()} {refined.file}")


def metadata(assistant: Assistant) -> dict[str, dict[str, Any]]:
    return {str(node.file): node.metadata for node in assistant.papers()}


def levels(assistant: Assistant) -> list[tuple[str, str]]:
    return [(m["pass"], m["layout"]) for _, m in sorted(metadata(assistant).items())]


def passages(assistant: Assistant) -> dict[str, Node]:
    return {n.id: n for n in assistant._store().scan(Eq("level", Level.PASSAGE.value))}
