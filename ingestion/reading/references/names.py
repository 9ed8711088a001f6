"""Splits the printed authors of an entry into names: "Family, G." and "Given Family", as they are printed.

It must not know where in an entry the authors end.
"""

from __future__ import annotations

import re

from ingestion.reading.references.words import AMONG_NAMES

U = r"[^\W\d_a-z]"
PARTICLES = r"(?:\s(?:van|von|de|der|den|da|di|la|le|du|dos)\b){0,2}"
INITIALS = re.compile(rf"(?:{U}[a-z]?\.[\s-]{{0,2}}){{0,5}}(?:{U}[a-z]?\.|{U}{{1,3}}|{U}-{U}){PARTICLES}")
FAMILY_FIRST = re.compile(rf"(?P<family>\S.*?)\s(?P<given>{U}{{1,3}}|{U}-{U}|(?:{U}\.[\s-]{{0,2}}){{1,4}}){PARTICLES}")
SUFFIX = re.compile(r"(?:Jr|Sr|I{2,3}|IV)\.?")
OTHERS = re.compile(r",?\s(?:et\.?\s?al\b\.?|(?:and|&)\sothers\b)|\.\s?\.\s?\.|…", re.I)
EDITORS = re.compile(r"[\[(,]\s?(?:eds?|editors?|hrsg)\b\.?\s?[)\]]?|\s[Ee]ds?\.$", re.I)
SEPARATOR = re.compile(r"\s?[;,]\s?(?:(?:and|und|&)\s)?|\s(?:and|und|et|&)\s|\s?&\s")
MOST_PIECES = 600


def are_names(text: str) -> bool:
    """Whether a text can be the authors of an entry: names and little else."""
    words = [w.strip(",;:()[]") for w in text.split()]
    low = sum(w[:1].islower() and w.lower().rstrip(".") not in AMONG_NAMES for w in words)
    figures = sum(w[:1].isdigit() for w in words)
    return any(c.isalpha() for c in text) and low <= 0.08 * len(words) and figures <= 0.1 * len(words)


def split_names(text: str) -> tuple[str, ...]:
    """The names in a list of authors."""
    text = EDITORS.sub("", OTHERS.sub(",", text)).strip(" ,;:")
    if ";" in text:
        found = [_one(piece) for piece in text.split(";")[:MOST_PIECES]]
    else:
        pieces = [p for p in SEPARATOR.split(text)[:MOST_PIECES] if p.strip(" .")]
        found = _names(pieces)
    return tuple(_tidy(name) for name in found if any(c.isalpha() for c in name))


def _one(piece: str) -> str:
    return re.sub(r"^\s*(?:and|und|&)\s", "", piece).strip(" ,")


def _names(pieces: list[str]) -> list[str]:
    initials = [bool(INITIALS.fullmatch(p) or SUFFIX.fullmatch(p)) for p in pieces]
    if sum(initials) >= max(1, 0.3 * len(pieces)):
        return _with_initials(pieces, initials)
    families = pieces[::2]
    if len(pieces) > 1 and len(pieces) % 2 == 0 and sum(" " not in p for p in families) > 0.7 * len(families):
        return [f"{family}, {given}" for family, given in zip(families, pieces[1::2], strict=True)]
    if len(pieces) > 2 and " " not in pieces[0] and all(" " in p for p in pieces[2:]):
        return [f"{pieces[0]}, {pieces[1]}", *pieces[2:]]  # only the first is turned round
    turned = [FAMILY_FIRST.fullmatch(p) for p in pieces]
    if sum(m is not None for m in turned) > 0.6 * len(pieces):
        return [f"{m['family']}, {p[m.start('given') :]}" if m else p for p, m in zip(pieces, turned, strict=True)]
    return pieces


def _with_initials(pieces: list[str], initials: list[bool]) -> list[str]:
    """Each family name with the initials (and "Jr.") that follow it."""
    names: list[str] = []
    for i, piece in enumerate(pieces):
        if initials[i] and names and ("," not in names[-1] or SUFFIX.fullmatch(piece)):
            names[-1] += f", {piece}"
        else:
            names.append(piece)
    return names


def _tidy(name: str) -> str:
    name = " ".join(name.split()).strip(" ,;:")
    # A stop ends the list, unless it belongs to initials or "Jr."
    return name if re.search(rf"(?:\b{U}|, {U}[a-z]|Jr|Sr)\.$", name) else name.rstrip(".")
