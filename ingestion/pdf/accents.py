"""Puts accents back on their letters where a PDF prints the two apart: "Ib´a˜nez" is "Ibáñez".

Fonts of TeX's first encoding have no accented letters, so an accent is drawn, then its letter over or under it. It must
not know where text comes from.
"""

from __future__ import annotations

import re
import unicodedata

COMBINING = {
    "\u00b4": "\u0301",  # acute
    "\u02cb": "\u0300",
    "\u00a8": "\u0308",  # diaeresis
    "\u02c6": "\u0302",  # circumflex
    "\u02dc": "\u0303",  # tilde
    "\u02c7": "\u030c",  # caron
    "\u02d8": "\u0306",  # breve
    "\u00af": "\u0304",  # macron
    "\u02c9": "\u0304",
    "\u02d9": "\u0307",  # dot above
    "\u02da": "\u030a",  # ring
    "\u02dd": "\u030b",  # double acute
    "\u00b8": "\u0327",  # cedilla
    "\u02db": "\u0328",  # ogonek
}
DOTLESS = {"ı": "i", "ȷ": "j"}
BEFORE = re.compile("([\u00b4\u02cb\u00a8\u02c6\u02dc\u02c7\u02d8\u00af\u02c9\u02d9\u02da\u02dd])([A-Za-zıȷ])(?!['’])")
FIRST = re.compile("(?<![cstCST])\u00b8([cstCST])|(?<![aeiuAEIU])\u02db([aeAE])")  # TeX prints "¸s", not "s¸"
AFTER = re.compile("([A-Za-zıȷ])([\u00b8\u02db])")
TYPED_GRAVE = re.compile("(?<=[a-z])`([aeiou])(?![`'’])")  # "Adri`a": the grave of fonts that know no other
POSSESSIVE = re.compile("(?<=[A-Za-z])\u00b4(?=(?:s|t|re|ve|ll|d|m)\\b)")  # "it´s": an apostrophe typed as an accent


def composed(text: str) -> str:
    """The text with each accent on its letter, where Unicode has the two as one; NFC."""
    if "`" in text:
        text = TYPED_GRAVE.sub(lambda m: _one(m[1], "\u02cb") or m[0], text)
    if text.isascii():
        return text
    text = POSSESSIVE.sub("’", text)
    text = BEFORE.sub(lambda m: _one(m[2], m[1]) or m[0], text)
    text = FIRST.sub(lambda m: _one(m[1] or m[2], m[0][0]) or m[0], text)
    text = AFTER.sub(lambda m: _one(m[1], m[2]) or m[0], text)
    return unicodedata.normalize("NFC", text)


def _one(letter: str, accent: str) -> str | None:
    both = unicodedata.normalize("NFC", DOTLESS.get(letter, letter) + COMBINING[accent])
    return both if len(both) == 1 else None
