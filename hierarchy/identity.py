"""Who is who: ids that stay the same everywhere, and digests that tell what changed.

An id comes from what a thing is (a paper's DOI, a passage's words), never from where it stands, so that a moved
paragraph or a better reading keeps the ids of what it did not change. It must not know stores, files or PDFs.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from hierarchy.errors import UsageError

PROJECT_NAME = re.compile(r"[A-Za-z0-9_-]{1,48}")


def fold(text: str) -> str:
    """Letters and digits only, without case and accents: the same for two printings of the same words."""
    low = text.casefold()
    plain = low if low.isascii() else unicodedata.normalize("NFKD", low)
    return "".join(filter(str.isalnum, plain))


def digest(*parts: str | Iterable[str]) -> str:
    """128 bits of SHA-256 over parts that cannot run into each other, as 32 hexadecimal digits."""
    state = hashlib.sha256()
    for part in parts:
        for piece in (part,) if isinstance(part, str) else part:
            raw = piece.encode("utf-8", "surrogatepass")
            state.update(len(raw).to_bytes(8, "big") + raw)
        state.update(b"\xff")
    return state.hexdigest()[:32]


def text_hash(text: str) -> str:
    """The hash of a paper's words, the same when the PDF was only saved again."""
    return digest("text", fold(text))


def paper_id(doi: str | None, arxiv: str | None, title: str, family: str, text: str) -> str:
    """A paper's id: its printed DOI or arXiv id, else folded title and first author's family name, else its words."""
    if doi:
        return "doi:" + doi.lower()
    if arxiv:
        return "arxiv:" + re.sub(r"v\d+$", "", arxiv.lower())
    if len(fold(title)) >= 8 and family:
        return f"title:{fold(family)[:24]}-{digest('title', fold(title), fold(family))[:16]}"
    return "text:" + text_hash(text)[:20]


def key_of(family: str, year: int | None, title: str) -> str:
    """A short name for a work, as bibliographies use it: family name, year, first long word of the title."""
    word = next((w for w in re.findall(r"[^\W\d_]+", title.lower()) if len(w) > 3), "")
    return f"{fold(family) or 'anon'}{year or ''}{fold(word)}"


def version_id(base: str, text: str) -> str:
    """The id of another file that prints the same identifier over other words."""
    return f"{base}~{text_hash(text)[:8]}"


def project_node_id(project: str) -> str:
    """The id of a project's root node."""
    return "project:" + project.lower()


class Occurrences:
    """Gives ids to things that may repeat within a paper: the second of two equal headings has occurrence 1."""

    def __init__(self, paper: str) -> None:
        self._paper = paper
        self._seen: Counter[tuple[str, ...]] = Counter()

    def section(self, path: Iterable[str]) -> str:
        """The id of the section with this heading path."""
        return "s" + self._next("section", *(fold(p) for p in path))

    def passage(self, text: str) -> str:
        """The id of the passage with these words; no page, box or section in it."""
        return "p" + self._next("passage", fold(text))

    def finding(self, passage: str, quote: str) -> str:
        """The id of the finding that this passage states in these words."""
        return "f" + self._next("finding", passage, fold(quote))

    def _next(self, *key: str) -> str:
        occurrence = self._seen[key]
        self._seen[key] += 1
        return digest(self._paper, key, str(occurrence))[:20]


def checked_project_name(name: str) -> str:
    """The name itself when it may name a project.

    Raises:
        UsageError: for any other, with a name that may.
    """
    if PROJECT_NAME.fullmatch(name):
        return name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    suggestion = re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-")[:48].strip("-") or "my-papers"
    shown = name if len(name) <= 60 else name[:57] + "..."
    raise UsageError(
        f"{shown!r} cannot name a project: letters, digits, '-' and '_' only, at most 48 characters.",
        f"Try --project {suggestion}.",
        "project_name",
    )
