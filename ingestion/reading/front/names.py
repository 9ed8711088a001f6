"""Reads names of people and organisations from printed text such as "Ada Lovelace1,∗, Grace Hopper2 and the Reed Team".

Raised marks come wrapped between OPEN and CLOSE. It must not know lines, pages or affiliations.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ingestion.pdf.accents import composed
from ingestion.reading.cues import anywhere, either, table

OPEN, CLOSE = "\x02", "\x03"
SYMBOLS = "∗*†‡§¶‖⋆★☆♯#♢♦♠♣✉⊕△▽◦⇤"
CUES = table("front")["name"]
PLACES = anywhere(table("front")["affiliation"]["words"], table("front")["affiliation"]["stems"])
COUNTRIES = anywhere(table("front")["affiliation"]["places"])
NEVER = anywhere(CUES["never"])
NEVER_SMALL = frozenset(CUES["never_small"])
PARTICLES = frozenset(CUES["particles"])
SUFFIX = re.compile(rf"{either(CUES['suffixes'])}\.?", re.I)
DEGREE = re.compile(rf"(?:{either(CUES['degrees'])}\.?\s*)+", re.I)
BODY = re.compile(rf"(?:[\w.&'’-]+\s+){{1,8}}{either(CUES['bodies'])}(?:\s*\([\w ]+\))?", re.I)
BEHALF = re.compile(r"(?:(?:on|for)\s+behalf\s+of\s+|for\s+)?the\s+", re.I)
NUMBERS = r"\d{1,2}(?:,\d{1,2})*(?![\d\w])"
MARK = (
    rf"{OPEN}[^{CLOSE}]*{CLOSE}|[{re.escape(SYMBOLS)}]+(?:{NUMBERS})?|(?<=[^\W\d_]){NUMBERS}|(?<=[.,){CLOSE}]){NUMBERS}|"
    rf"(?<=[^\W\d_]\s){NUMBERS}(?=\s*(?:[,;{OPEN}\n]|and\b|$))"
)
SEPARATOR = r"[,;·•|&/،、，；\n]|(?<!\w)(?:and|AND|und|et|by|By)(?!\w)"
TOKEN = re.compile(rf"(?P<mark>{MARK})|(?P<separator>{SEPARATOR})")
ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
MARKS = re.compile(rf"\d{{1,2}}|[a-z](?![a-z])|[{re.escape(SYMBOLS)}]")
LATIN_WORD = re.compile(r"[^\W\d_][^\W\d_.'’`´‐-]*(?:[.'’`´‐-]+[^\W\d_]+)*[.'’]?")
HAN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
HAN_NAME = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af][\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af ·]{0,7}")
INNER = re.compile(r"[^\W\d_]{1,2}['’]?[A-Z]")  # d'Alembert, deWit
UNCASED = re.compile(r"[\u0590-\u06ff\u0750-\u077f\u0900-\u0dff\u0e00-\u0eff]")


class Named(NamedTuple):
    """A name, the marks that follow it, and where it stands in the text."""

    name: str
    marks: tuple[str, ...]
    start: int
    end: int


def read_names(text: str) -> list[Named]:
    """The names in a text, in order; what is no name is left out."""
    pieces = _family_first(_pieces(text))
    family_first = ";" in text and sum("," in p.name for p in pieces) >= 1
    found: list[Named] = []
    for piece in pieces:
        name = tidy(piece.name)
        if family_first and name.count(",") == 1:
            name = " ".join(reversed([part.strip() for part in name.split(",")]))
        if found and SUFFIX.fullmatch(name):
            found[-1] = found[-1]._replace(name=f"{found[-1].name} {name}", marks=found[-1].marks + piece.marks)
        elif found and (not name or DEGREE.fullmatch(name)):
            found[-1] = found[-1]._replace(marks=found[-1].marks + piece.marks)
        elif is_name(name) or is_body(name) or (piece.marks and is_mononym(name)):
            found.append(piece._replace(name=BEHALF.sub("", name) if is_body(name) else name))
    return found


def _family_first(pieces: list[Named]) -> list[Named]:
    """Puts "Lovelace, Ada1 and Hopper, Grace2" right: families without marks, given names with them, by turns."""
    families, given = pieces[::2], pieces[1::2]
    turns = len(families) == len(given) and not any(p.marks for p in families) and all(p.marks for p in given)
    if not turns or all(is_name(tidy(p.name)) for p in pieces) or max(len(p.name.split()) for p in given) > 2:
        return pieces
    return [
        g._replace(name=f"{g.name.strip()} {f.name.strip()}", start=f.start)
        for f, g in zip(families, given, strict=True)
    ]


def _pieces(text: str) -> list[Named]:
    """What stands between separators and marks; a mark ends a name, since its separator is often left out."""
    between = re.compile(r"[^,]") if ";" in text else re.compile(r"[\s\S]")  # "Lovelace, Ada; Hopper, Grace"
    pieces = [Named("", (), 0, 0)]
    is_open = True
    end = 0
    for token in [*TOKEN.finditer(text), None]:
        start, stop = token.span() if token else (len(text), len(text))
        between_tokens = text[end:start]
        if between_tokens.strip(" ."):
            if not is_open or pieces[-1].marks or not pieces[-1].name:
                begin = start - len(between_tokens.lstrip())
                pieces.append(Named("", (), begin, begin))
            is_open = True
            pieces[-1] = pieces[-1]._replace(name=text[pieces[-1].start : start], end=start)
        if token and token["mark"]:
            pieces[-1] = pieces[-1]._replace(marks=pieces[-1].marks + tuple(MARKS.findall(token["mark"])))
        elif token and between.match(token["separator"]):
            is_open = False
        end = stop
    return [piece for piece in pieces if piece.name or piece.marks]


def tidy(name: str) -> str:
    """A name without degrees, remarks in brackets and stray signs."""
    name = ASIDE.sub(" ", with_accents(name)).strip(" .,:;–—-\t'’()[]{}") + (
        "." if re.search(r"\b[A-Z]\.$", name.strip()) else ""
    )
    words = name.split()
    while len(words) > 2 and DEGREE.fullmatch(words[-1].strip(",")):
        words.pop()
    while len(words) > 2 and DEGREE.fullmatch(words[0]):
        words.pop(0)
    return " ".join(words).rstrip(",")


def with_accents(text: str) -> str:
    """The text with accents on their letters, also where the space behind one has cut a word in two."""
    if text.isascii():
        return text
    whole = composed(re.sub(r"(?<=[¸˛]) (?=[a-z])", "", text))
    return re.sub(r"(?<!\w)([ÇŞŢ]) (?=[a-z])", r"\1", whole)


def is_name(text: str) -> bool:
    """Whether a text can be a person's name, and nothing speaks for something else."""
    if not text or len(text) > 60 or any(c.isdigit() or c in "@:/=<>%" for c in text):
        return False
    if HAN.search(text):
        return bool(HAN_NAME.fullmatch(text)) and 2 <= len(HAN.findall(text)) <= 6
    words = text.replace(",", "").split()
    if not 2 <= len(words) <= 6 or PLACES.search(text) or COUNTRIES.search(text) or NEVER.search(text):
        return False
    if not NEVER_SMALL.isdisjoint(words) or not all(LATIN_WORD.fullmatch(word) for word in words):
        return False
    if UNCASED.search(text):
        return len(words) <= 5
    plain = [word for word in words if word.lower().strip(".") not in PARTICLES]
    if not plain or any(not word[0].isupper() and not INNER.match(word) for word in plain):
        return False
    return len(plain[-1].strip(".")) > 1 or len(plain[0].strip(".")) > 1


def is_mononym(text: str) -> bool:
    """Whether one word alone can be a name, where marks say that it is one."""
    return (
        bool(re.fullmatch(r"[^\W\d_]{3,20}", text))
        and text[0].isupper()
        and text[1:].islower()
        and not (PLACES.search(text) or COUNTRIES.search(text) or NEVER.search(text))
    )


def is_body(text: str) -> bool:
    """Whether a text names an organisation that writes papers: a collaboration, a consortium, a team."""
    return bool(BODY.fullmatch(text)) and text[:1].isupper() | text.lower().startswith(("the ", "on behalf", "for "))
