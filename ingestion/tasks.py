"""What a parent asks of its contained child, and what the child answers: the messages of the pipe between them.

It must not know how anything is read or drawn; the parent loads no reader of PDFs for it.
"""

from __future__ import annotations

import msgspec

from hierarchy.paper import Paper
from hierarchy.positions import Box
from ingestion.passes import Layout


class Outline(msgspec.Struct, frozen=True):
    """A box to draw on a page: in points, its colour as red, green and blue up to 255, and what stands beside it."""

    box: Box
    color: tuple[int, int, int]
    label: str


class Picture(msgspec.Struct, frozen=True):
    """A page to draw: `page` counts from 1, `marks` are boxes on it in points, `width` of the picture in pixels.

    With `around`, only the part of the page that lies within so many points above and below the marks. `outlines` are
    drawn over it, each with its label.
    """

    page: int
    marks: tuple[Box, ...] = ()
    width: int = 1_000
    around: float | None = None
    outlines: tuple[Outline, ...] = ()


class Task(msgspec.Struct, frozen=True):
    """What the child shall do with a file: read it, or draw one of its pages.

    `layout` tells which pages the layout model looks at; `ocr` are the languages in which scanned pages are read, none
    are without.
    """

    path: bytes
    picture: Picture | None = None
    layout: Layout = "never"
    ocr: str = ""


class Reply(msgspec.Struct):
    """What the child answers: a paper, a picture (PNG), or an error's code, message and hint."""

    paper: Paper | None = None
    picture: bytes | None = None
    error: tuple[str, str, str] | None = None
