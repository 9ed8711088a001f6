"""DOIs and arXiv ids as entries of references print them: broken over lines, in addresses, with stops after them.

It reads words as they stand on their lines (with their line ends), since joining a cut word would drop a hyphen that an
identifier owns.
"""

from __future__ import annotations

import re

DOI = re.compile(r"\b10\.\s?\d{4,9}\s?/\s?(?P<rest>[^\s“”\"]+)")
ARXIV = re.compile(
    r"(?:arxiv(?:\.org)?\s?[:./]?\s?(?:(?:abs|pdf)\s?/\s?)?|\babs/\s?)(?:(?:preprint|e-?prints?)\s?:?\s?)?(?:arxiv\s?:\s?)?"
    r"(?P<id>\d{4}\.\s?\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\s?\d{7})(?!\d)",
    re.I,
)
ADDRESS = re.compile(r"(?:https?\s?:|www\.)\s?(?:/\s?/\s?)?\S+|\bdoi\s?:\s?\S+", re.I)
YEAR_ALONE = re.compile(r"\(?(?:1[89]|20)\d\d[a-z]?\)?[.,;]?")
AFTER = re.compile(r"(\s)(\S+)")
MOST_PIECES = 4  # lines that one identifier is cut over


def doi_of(text: str) -> str | None:
    """The first DOI in a text, in lower case and without what follows it."""
    found = DOI.search(text)
    if not found:
        return None
    rest, at = found["rest"], found.end()
    for _ in range(MOST_PIECES):
        piece = AFTER.match(text, at)
        if piece is None or not _goes_on(rest, piece[2], piece[1] == "\n"):
            break
        rest, at = rest + piece[2], piece.end()
    head = re.sub(r"\s", "", text[found.start() : found.start("rest")])
    # "10.1/a.https://doi.org/10.1/a": another address that was set against it.
    rest = re.split(r"https?:|<|>|\[|\{|\bdoi:", rest, maxsplit=1, flags=re.I)[0]
    whole = _without_stops(head + rest)
    return whole.lower() if whole.split("/", 1)[1:] != [""] and whole[-1] != "/" else None


def _goes_on(rest: str, piece: str, next_line: bool) -> bool:
    """Whether an identifier that ends so goes on with the next word, which may stand on the next line."""
    if piece.lower().startswith(("http", "doi", "arxiv", "url", "(")) or not any(c.isalnum() for c in piece):
        return False
    if rest.endswith(("-", "/", "_", "(")):
        return True
    if rest.endswith((".", ":")) and not piece[0].isupper() and not YEAR_ALONE.fullmatch(piece):
        return (any(c.isdigit() for c in piece) and "(" not in piece) or next_line
    return False


def _without_stops(text: str) -> str:
    text = text.rstrip(".,;:’”'\"]}>")
    while text.endswith(")") and text.count(")") > text.count("("):
        text = text[:-1].rstrip(".,;:")
    return text


def arxiv_of(text: str) -> str | None:
    """The first arXiv id in a text, without its version."""
    found = ARXIV.search(text)
    return re.sub(r"\s", "", found["id"]) if found else None


def without_identifiers(text: str) -> str:
    """The text with spaces for all identifiers and addresses, each character at its place."""
    for pattern in (DOI, ARXIV, ADDRESS):
        text = pattern.sub(lambda m: " " * len(m.group()), text)
    return text
