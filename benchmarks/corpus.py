"""A made corpus of any size: variations of the sample's sources, `python -m benchmarks.corpus COUNT FOLDER`.

Each paper has a title, authors, an identifier, places and numbers of its own, and is set larger than its source, which
makes at least six pages of it. The same number always gives the same papers; those that are there are kept.
"""

from __future__ import annotations

import random
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

import typst

SOURCES = Path(__file__).resolve().parent.parent / "data" / "sample" / "sources"
PROJECT = "wetland-calls"
SIZE = "13pt"
SYLLABLES = (
    "ba",
    "bel",
    "cor",
    "dar",
    "den",
    "fal",
    "gar",
    "hol",
    "ith",
    "jor",
    "kel",
    "lam",
    "mar",
    "nor",
    "oth",
    "quin",
)
DECIMAL = re.compile(r"\b0\.(\d\d)\b")
AUTHOR = re.compile(r'\("([^"]+)", "([^"]*)", (?:"[^"]*"|none)\)')


def source(number: int, change: Callable[[str], str] = str) -> str:
    """The Typst source of paper `number`; `change` alters its body."""
    found = (SOURCES / PROJECT).glob("*.typ")  # what several papers share is no paper
    papers = sorted(p for p in found if ".shared" not in p.name and "abstract:" in p.read_text("utf-8"))
    text = papers[number % len(papers)].read_text("utf-8")
    draw = random.Random(number)
    head, body = text.split("abstract:", 1)
    head = re.sub(r'title: "([^"]*)"', lambda m: f'title: "{_name(draw)} {_name(draw)}: {m[1]}"', head, count=1)
    head = AUTHOR.sub(lambda m: f'("{_name(draw)} {_name(draw)}", "{m[2]}", none)', head)
    head = re.sub(r'identifier: "[^"]*"', f'identifier: "STRATA-MADE-{number:06}"', head)
    head = re.sub(r"size: [\d.]+pt", f"size: {SIZE}", head)
    places = {place: _name(draw) for place in re.findall(r"\b(?:on|at|in) ([A-Z][a-z]{5,})\b", body)}
    for place, other in places.items():
        body = re.sub(rf"\b{place}\b", other, body)
    body = DECIMAL.sub(lambda m: f"0.{(int(m[1]) + draw.randrange(100)) % 100:02}", body)
    return f"{head}abstract:{change(body)}"


def make(count: int, folder: Path) -> list[Path]:
    """The corpus in a folder, in the order of its file names, which mixes the sources evenly."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:06}.pdf" for number in range(count)]
    missing = [number for number, path in enumerate(paths) if not path.exists()]
    with ProcessPoolExecutor() as pool:
        list(pool.map(render, missing, repeat(folder), chunksize=16))
    return paths


def render(number: int, folder: Path, change: Callable[[str], str] = str) -> None:
    """Sets paper `number` in a folder; `change` alters its body."""
    with tempfile.TemporaryDirectory() as place:
        folder_of_it = Path(place) / PROJECT
        folder_of_it.mkdir()
        shutil.copy(SOURCES / "style.typ", place)
        shutil.copy(SOURCES / PROJECT / "refs.typ", folder_of_it)
        paper = folder_of_it / "paper.typ"
        paper.write_text(source(number, change), "utf-8")
        made = Path(place) / "paper.pdf"
        typst.compile(str(paper), output=str(made), root=place, ignore_system_fonts=True, timestamp=1_704_067_200)
        shutil.move(made, folder / f"{number:06}.pdf")


def _name(draw: random.Random) -> str:
    return "".join(draw.choices(SYLLABLES, k=3)).capitalize()


if __name__ == "__main__":
    make(int(sys.argv[1]), Path(sys.argv[2]))
