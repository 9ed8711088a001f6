"""How a language model is asked: instructions from `prompts.toml`, and material that cannot leave its frame.

Text of papers is hostile. It is shown as numbered lines between two marks that are made from the text itself, so that
no text can hold its own; sentences that speak to a machine are left out. It must not know what is done with a reply.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from hierarchy.identity import digest

HERE = Path(__file__).parent


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((HERE / "prompts.toml").read_text("utf-8"))


def version(name: str) -> str:
    """A digest of the words of a prompt: what was written by other words counts as written by another hand."""
    return digest(_table()[name], _table()["data"])


def about(what: str) -> str:
    """What the sentences of a summary are: "section", "paper", "project" or "theme"."""
    return str(_table()["about"][what])


def asked(name: str, lines: Iterable[str], **words: object) -> tuple[str, str]:
    """The instructions of a prompt and its material, one line an entry."""
    text = "\n".join(one_line(line) for line in lines)
    mark = digest("material", text)[:16]
    table = _table()
    told = str(table[name]).format(**words).strip() + "\n\n" + str(table["data"]).format(mark=mark).strip()
    return told, f"<<< {mark}\n{text}\n>>> {mark}"


def numbered(sentences: Iterable[str]) -> list[str]:
    """The sentences as lines with their numbers, from 1."""
    return [f"S{i}: {one_line(sentence)}" for i, sentence in enumerate(sentences, 1)]


def one_line(text: str) -> str:
    """A text without line ends, control letters and signs that change the direction of writing."""
    return " ".join("".join(c if _is_plain(c) else " " for c in text).split())


def speaks_to_machine(sentence: str) -> bool:
    """Whether a sentence tells a machine what to do."""
    return any(pattern.search(sentence) for pattern in _patterns())


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    table = tomllib.loads((HERE / "instructions.toml").read_text("utf-8"))
    return tuple(re.compile(p, re.I) for p in table["patterns"])


def _is_plain(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
