"""How well captions were found and tied to their figures and tables, against marks that were made by hand.

The marks lie in evaluation/gold/captions.jsonl, a line for each paper: the hash of its file, and each caption of a
figure, table, algorithm or listing with its page, label, first and last words, and the rough box of what it stands for.
It reads the records of `strata parse --json` (docs/contract.md). It must not know how captions are found, nor where the
papers lie.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

OVERLAP = 0.5  # of the smaller box, or of both together where a region must be tight
KINDS = {"fig": "figure", "figs": "figure", "figures": "figure", "tab": "table", "tables": "table", "alg": "algorithm"}

GOLD = Path(__file__).with_name("gold") / "captions.jsonl"

Row = Mapping[str, Any]
Box = tuple[float, float, float, float]


class Caption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A caption as marked: `first` and `last` are its outer words without the label; `region` is the box of the figure
    or table itself, which stands on `region_page` where that is another page."""

    page: int
    label: str
    first: str
    last: str
    region: Box
    region_page: int | None = None


class MarkedPaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All captions of a paper; `sha256` is the hash of its file's bytes."""

    sha256: str
    captions: tuple[Caption, ...]


class CaptionScore(msgspec.Struct, frozen=True):
    """Counts over papers: of `captions` marked and `floats` parsed.

    `found`: label and page are right. `worded`: found, and begins and ends with the right words. `linked`: worded, and
    the region lies on the figure or table. `tight`: linked, and the region is about as large. `matched`: parsed floats
    that stand for a marked caption, each caption once. `misses` says which captions are not linked and why, and which
    floats are no captions.
    """

    captions: int
    found: int
    worded: int
    linked: int
    tight: int
    floats: int
    matched: int
    misses: tuple[str, ...] = ()

    def share(self, count: int) -> float:
        """A count of captions as a share of all that are marked; 1 where there are none."""
        return round(count / self.captions, 4) if self.captions else 1.0

    @property
    def precision(self) -> float:
        """The share of the parsed floats that stand for a marked caption; 1 where there are none."""
        return round(self.matched / self.floats, 4) if self.floats else 1.0


def marked(path: Path = GOLD) -> tuple[MarkedPaper, ...]:
    """The papers that were marked by hand."""
    return tuple(msgspec.json.decode(line, type=MarkedPaper) for line in path.read_bytes().splitlines())


def score(papers: Iterable[MarkedPaper], records: Mapping[str, Row]) -> CaptionScore:
    """Scores records by the hash of their paper; where there is none, all captions of the paper are missed."""
    counts = dict.fromkeys(CaptionScore.__struct_fields__[:-1], 0)
    misses: list[str] = []
    for paper in papers:
        record = records.get(paper.sha256, {})
        left: list[Row] = [*record.get("figures", ()), *record.get("tables", ())]
        counts["floats"] += len(left)
        for caption in paper.captions:
            reached, best = _best(caption, left)
            if best is not None:
                left.remove(best)
            counts["captions"] += 1
            counts["matched"] += best is not None
            for step, name in enumerate(("found", "worded", "linked", "tight"), start=1):
                counts[name] += reached >= step
            if reached < 3:
                why = ("not found", "wrong words", "no region on it")[reached]
                misses.append(f"{paper.sha256[:8]} p. {caption.page} {caption.label}: {why}")
        misses += (f"{paper.sha256[:8]} p. {_page(item)} {item['label']}: is no caption" for item in left)
    return CaptionScore(**counts, misses=tuple(misses))


def folded(text: str) -> str:
    """The letters and digits of a text alone, in small letters."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def folded_label(text: str) -> str:
    """A label such that 'FIG. 2:' and 'Figure 2' are the same, and 'Figure 1.2' and 'Figure 12' are not."""
    parts = re.findall(r"[^\W\d_]+|\d+(?:[.-]\d+)*", unicodedata.normalize("NFKC", text).lower())
    return " ".join(KINDS.get(part, part) for part in parts)


def _best(caption: Caption, floats: Sequence[Row]) -> tuple[int, Row | None]:
    """How far the best of the floats reaches, and it: 0 not found, 1 found, 2 worded, 3 linked, 4 tight."""
    reached, best = 0, None
    for item in floats:
        if (here := _reached(caption, item)) > reached:
            reached, best = here, item
    return reached, best


def _reached(caption: Caption, item: Row) -> int:
    if folded_label(item["label"]) != folded_label(caption.label) or _page(item) != caption.page:
        return 0
    text = folded(item["caption"]).removeprefix(folded(item["label"]))
    if not (text.startswith(folded(caption.first)) and text.endswith(folded(caption.last))):
        return 1
    region = item.get("region")
    if region is None or region["page"] != (caption.region_page or caption.page):
        return 2
    a, b = caption.region, region["box"]
    shared, areas = _area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))), (_area(a), _area(b))
    if shared <= 0 or shared < OVERLAP * min(areas):
        return 2
    return 4 if shared >= OVERLAP * (sum(areas) - shared) else 3


def _page(item: Row) -> int | None:
    """The page on which a parsed caption begins."""
    return item["spans"][0]["page"] if item["spans"] else None


def _area(box: Sequence[float]) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])
