"""Where the authors of an entry end: at a year, a quote, a colon, or where the names themselves do.

It must not know what the names are, nor what follows them.
"""

from __future__ import annotations

import re

from ingestion.reading.references.names import INITIALS, SEPARATOR, U, are_names
from ingestion.reading.references.words import ABBREVIATIONS, AMONG_NAMES

IN_BRACKETS = re.compile(
    r"[\[(](?:[^()\[\]]{0,30}\s|c)?(?P<year>1[6-9]\d\d|20\d\d)[a-z]?(?:\s?[,/–-][^()\[\]]{0,40})?[)\]]"
)
NO_DATE = re.compile(r"\((?:n\.\s?d\.|in press|forthcoming|to appear|submitted)\)", re.I)
BETWEEN_STOPS = re.compile(r"[.,]\s(?P<year>1[6-9]\d\d|20\d\d)[a-z]?(?:[.:]|,(?!\s\d))(?=\s|$)")
OPENING, CLOSING = '“"„«', '”"“»'
QUOTED = re.compile(
    rf"(?:[{OPENING}]|‘‘|``|(?<=\s)”(?=\w)|(?<=[\s,.])[‘'](?=[A-Z]))(?P<title>[^”»]{{3,400}}?)(?:[{CLOSING}]|’’|''|[’'](?=[,.\s]))"
)
STOP = re.compile(r"(?P<mark>[.?!])(?P<quote>[”\"’')]*)(?=\s|$)")
AFTER_TITLE = re.compile(r"(?:url|doi|available|accessed|retrieved|arxiv)\b", re.I)
COLON = re.compile(r":\s")
INVERTED = re.compile(  # "Family, G. H." or, before a comma, "Family G. H."
    rf"(?:(?:van|von|de|der|den|da|di|la)\s){{0,2}}{U}[\w'’`´¨ˇ^-]*(?:\s{U}[\w'’-]*)?"
    rf"(?:,\s(?:{U}[a-z]?\.[\s-]{{0,2}}){{1,5}}|\s(?:{U}[a-z]?\.[\s-]{{0,2}}){{1,5}}(?=,|;|:|and\s|&\s))(?:,?\s?Jr\.?)?"
)
JOINT = re.compile(r"\s?[,;]?\s?(?:and\s|&\s|et\s)?\s?")
STRAIGHT = re.compile(rf"{U}[\w'’`´¨ˇ^-]*(?:,\s|\sand\s)")  # after "Ada Fenwick, B.": the initials were the next one's
NO_NAME = re.compile(
    rf"\s[^\W\d_][\w'’-]*(?::|\s(?!(?:{'|'.join(sorted(map(re.escape, AMONG_NAMES)))})\b)[a-z]{{2,}}\b)"
)
LAST_NAME = re.compile(r"(?:\sand|\s&|,\sand|^\s*and)\s")
LONGEST_NAME = 6  # words
OTHERS_LAST = re.compile(r",?\s(?:and\s)?(?:et\.?\s?al|others)[.,]?$")
AND_OTHERS = re.compile(r",?\s?(?:and\s)?(?:et\.?\s?al\.?|others)[.,]?")


def authors_end(text: str, start: int) -> tuple[int, int]:
    """Where the authors end, and where what follows them (and their year) begins."""
    quote = QUOTED.search(text, start)
    bracket = IN_BRACKETS.search(text, start) or NO_DATE.search(text, start)
    dated = BETWEEN_STOPS.search(text, start)
    marks = sorted(
        (m.start() + (m is dated), m.start() if m is quote else m.end()) for m in (quote, bracket, dated) if m
    )
    if marks and marks[0][0] <= start + 1:
        return start, marks[0][1]
    colon = COLON.search(text, start)
    if colon and _ends_initials(text[start : colon.start()]) and (not marks or colon.start() < marks[0][0]):
        return colon.start(), colon.end()
    if marks:
        head = text[start : marks[0][0]]
        sure = any(m and marks[0][0] == m.start() for m in (quote, bracket))
        if _are_authors(head) or (sure and _is_one_sentence(head)):
            return marks[0]
    return _names_end(text, start)


def _ends_initials(text: str) -> bool:
    last = re.split(r"[,\s]", text.strip())[-1]
    return _are_authors(text) and (bool(INITIALS.fullmatch(last)) or text.rstrip().endswith(("al.", ")")))


def _are_authors(text: str) -> bool:
    """Whether a text is one sentence of names: authors and then a title would be two, or hold long pieces."""
    text = OTHERS_LAST.sub("", text.rstrip())
    pieces = [piece.split() for piece in SEPARATOR.split(text) if piece.strip(" .")]
    last = [w for w in pieces[-1] if w[:1].islower() and w not in AMONG_NAMES] if pieces else []
    long = len(pieces) > 1 and any(len(piece) > LONGEST_NAME for piece in pieces)
    return are_names(text) and not last and not long and not _goes_beyond(text) and _is_one_sentence(text)


def _goes_beyond(text: str) -> bool:
    """Whether more follows the name after the last "and" than its own given name, "Jr." or "editors"."""
    tail = LAST_NAME.split(text)[-1]
    pieces = [
        p.strip() for p in tail.split(",") if p.strip(" .").lower() not in ("", "editor", "editors", "eds", "ed", "jr")
    ]
    if not LAST_NAME.search(text) or len(pieces) < 2:
        return False
    turned = (" " not in pieces[0] and len(pieces[1].split()) <= 3) or bool(INITIALS.fullmatch(pieces[1]))
    return len(pieces) > 1 + turned


def _is_one_sentence(text: str) -> bool:
    return sentence_end(text, 0, names=True) >= len(text.rstrip(" .,")) - 1


def _names_end(text: str, start: int) -> tuple[int, int]:
    """Where the authors end by the names alone: after initials without a comma, or with the first sentence."""
    at, end = start, start
    while found := INVERTED.match(text, at):
        end = found.end()
        joint = JOINT.match(text, end)
        at = joint.end() if joint else end
        if at == end and not text[end - 1].isspace():
            break
    if end > start and not STRAIGHT.match(text, end):
        others = AND_OTHERS.match(text, end)
        end = others.end() if others else end
        return end, end
    end = sentence_end(text, start, names=True)
    if _are_authors(text[start:end]):
        return end, end
    # "G. Wu and Z. Wang, A Model of ...": the first piece that is no name begins the title.
    at = start
    for piece in re.finditer(r"[^,]+(?:,|$)", text[start:]):
        words = piece.group().strip(" ,").split()
        if len(words) > 6 or not are_names(piece.group()) or any(len(w) > 3 and w.isupper() for w in words):
            break
        at = start + piece.end()
        if LAST_NAME.search(piece.group()):
            break
    return at, at


def sentence_end(text: str, start: int, *, names: bool = False) -> int:
    """Where the sentence that begins at `start` ends: at a stop that ends no initial and no abbreviation. Among `names`
    an initial ends it when what follows is no name."""
    for stop in STOP.finditer(text, start):
        if stop["mark"] == ".":
            word = re.split(r"[\s(,]", text[max(start, stop.start() - 40) : stop.start()])[-1]
            after = text[stop.end() : stop.end() + 3].lstrip()
            initial = len(word.split("-")[-1]) <= 1 and (word[-1:].isupper() or "-" in word)
            inner = re.search(rf"\.(?:{U}|[a-z])$" if names else rf"\.{U}$", word)  # "G.v.d. Bergen"
            if initial or inner or word.lower().strip(".") in ABBREVIATIONS:
                others = word.lower() == "al" and after[:1].isupper()
                if not others and not (names and initial and NO_NAME.match(text, stop.end())):
                    continue
            if after[:1].islower() and len(word) <= 3 and not AFTER_TITLE.match(text[stop.end() :].lstrip()):
                continue
        return stop.start()
    return len(text.rstrip())
