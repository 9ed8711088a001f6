"""Where running text begins on a page: the first full lines of one style and edge whose words are mostly written small.

It must not know titles, authors, nor labels but those of keywords.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingestion.pages import Line
from ingestion.reading.front.keywords import begins_keywords
from ingestion.reading.front.names import COUNTRIES, PLACES

WIDE_SCRIPT = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\u0590-\u06ff\u0e00-\u0e7f\u0900-\u0dff\uac00-\ud7af]")


def first_prose(lines: Sequence[Line]) -> Line | None:
    """The first of three full lines of one style and edge whose words are mostly written small."""
    for i, first in enumerate(lines[:-2]):
        if begins_keywords(first):
            continue
        run = [first]
        below = [x for x in lines[i + 1 : i + 12] if x.page == first.page and x.x0 < first.x1 and x.x1 > first.x0]
        for line in below[:3]:
            step = line.middle - run[-1].middle
            if (
                abs(line.size - first.size) > 0.6
                or not 0 < step < 2.2 * first.size
                or abs(line.x0 - run[-1].x0) > 3 * first.size
            ):
                break
            run.append(line)
        if len(run) >= 3 and abs(run[-1].x0 - run[1].x0) < 2 and _is_prose(run):
            return first
    return None


def _is_prose(run: Sequence[Line]) -> bool:
    text = " ".join(line.text for line in run)
    places = sum(bool(COUNTRIES.search(line.text)) + bool(PLACES.search(line.text)) for line in run)
    if places > 0.7 * len(run) and (run[0].words[0].style.raised or not text[0].isalpha()):  # affiliations
        return False
    if WIDE_SCRIPT.search(text):
        return len(text) > 20 * len(run) and not re.search(r"@|\d{5}", text)
    words = [w for w in text.split() if w[0].isalpha()]
    return len(words) >= 6 * len(run) and sum(w[0].islower() for w in words) > 0.55 * len(words) and "@" not in text
