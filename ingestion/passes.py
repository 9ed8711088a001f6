"""How closely a paper is read: what an ingest asks for, and what a stored paper satisfies already.

The fast pass reads every paper; the layout model reads again where that pays (`auto`) or every page (`always`), and OCR
reads the pages that are pictures, in the languages that are asked for. It must not know how any of them reads, nor
stores.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import msgspec

Layout: TypeAlias = Literal["auto", "always", "never"]

# A paper's metadata:
LAYOUT = "layout"  # what its stored state satisfies
UNREFINED = "layout_failed"  # the code of the error that its refinement ended in
OCR = "ocr"  # the languages in which its pages that are pictures were read, None where none was
UNREAD = "unread"  # how many of its pages are pictures that were not read
OCR_FAILED = "ocr_failed"  # the languages in which reading them failed
_RANK = {"never": 0, "auto": 1, "always": 2}


class How(msgspec.Struct, frozen=True):
    """How a file is read, or is asked to be: where the layout model looks, and the languages of OCR (none: no OCR)."""

    layout: Layout = "never"
    ocr: str = ""


def wants(metadata: Mapping[str, Any], asked: How, again: bool = False) -> bool:
    """Whether a stored paper must be read again to be as it is asked for.

    A refinement that failed counts as done, or every ingest would pay for it anew; `again` takes it up once more.
    """
    return _wants_layout(metadata, asked.layout, again) or _wants_ocr(metadata, asked.ocr, again)


def reading_again(metadata: Mapping[str, Any], asked: How, again: bool = False) -> How:
    """How a stored paper is read again: as asked, and no less closely than it was; what failed is left out."""
    layout = asked.layout if _wants_layout(metadata, asked.layout, again) else _reached(metadata)
    ocr = asked.ocr if _wants_ocr(metadata, asked.ocr, again) else metadata.get(OCR) or ""
    return How(layout, ocr)


def sees_more(metadata: Mapping[str, Any], how: How) -> bool:
    """Whether the layout model looked closer than in what is stored."""
    return _RANK[how.layout] > _RANK[_reached(metadata)]


def reads_more(metadata: Mapping[str, Any], how: How) -> bool:
    """Whether OCR read in languages in which the pictures of what is stored were not read, if it has any.

    A paper that an earlier version of Strata took in does not tell whether it has.
    """
    has_pictures = bool(metadata.get(UNREAD, 1) or metadata.get(OCR))
    return has_pictures and not _languages(how.ocr) <= _languages(metadata.get(OCR))


def is_better(metadata: Mapping[str, Any], how: How) -> bool:
    """Whether a reading has more than what is stored, and lacks nothing that is."""
    lacks = _RANK[how.layout] < _RANK[_reached(metadata)] or bool(metadata.get(OCR) and not how.ocr)
    return not lacks and (sees_more(metadata, how) or reads_more(metadata, how))


def satisfied(asked: Layout, reading: str) -> Layout:
    """What a paper that was read as asked satisfies: where every page was read closely, more could not be asked."""
    return "always" if reading == "layout" else asked


def _wants_layout(metadata: Mapping[str, Any], asked: Layout, again: bool) -> bool:
    if again and asked != "never" and metadata.get(UNREFINED):
        return True
    return _RANK[asked] > _RANK.get(str(metadata.get(LAYOUT)), 0)


def _wants_ocr(metadata: Mapping[str, Any], asked: str, again: bool) -> bool:
    return (again or asked != metadata.get(OCR_FAILED)) and reads_more(metadata, How(ocr=asked))


def _reached(metadata: Mapping[str, Any]) -> Layout:
    """How closely the layout model has looked at a stored paper; where it failed, that tells the paper's pass."""
    if metadata.get(UNREFINED):
        return "never" if metadata.get("pass") == "fast" else "auto"
    known = str(metadata.get(LAYOUT))
    return "always" if known == "always" else "auto" if known == "auto" else "never"


def _languages(said: str | None) -> frozenset[str]:
    return frozenset((said or "").split("+")) - {""}
