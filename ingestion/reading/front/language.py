"""The language of a text: by its script and its commonest words, and only where these do not tell by a trained model.

The model (py3langid) takes a second to load, so it is loaded only then. It must not know papers.
"""

from __future__ import annotations

import re
from collections import Counter

from ingestion.reading.cues import table

SMALL = {language: frozenset(words) for language, words in table("languages")["small"].items()}
WORD = re.compile(r"[^\W\d_]+")
SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
ENOUGH = 2_000  # letters that are looked at
LEAST = 150  # letters without which nothing is said
LEAST_WIDE = 40  # the same where a letter is a word


def language_of(text: str) -> str | None:
    """The two-letter code of the language of a text; None where there is too little of it to tell."""
    text = text[: 3 * ENOUGH]
    letters = sum(map(str.isalpha, text))
    for language, script in SCRIPTS:
        share = len(script.findall(text))
        # Japanese is written with Chinese characters, too; kana are only its part.
        if share >= LEAST_WIDE and share > (0.15 if language == "ja" else 0.4) * letters:
            return language
    if letters < LEAST:
        return None
    words = [word.lower() for word in WORD.findall(text)]
    counts: Counter[str] = Counter(
        {language: sum(word in small for word in words) for language, small in SMALL.items()}
    )
    (first, most), (_, second) = counts.most_common(2)
    if most >= 0.12 * len(words) and most >= 1.5 * second:
        return first
    return _by_model(text[:ENOUGH])


def _by_model(text: str) -> str | None:
    import py3langid

    found = py3langid.classify(text)[0]
    return str(found) if found else None
