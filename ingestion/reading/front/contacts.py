"""E-mail addresses and ORCIDs as printed, and whose they are.

It must not know where on the page they stand; see authors.py.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hierarchy.identity import fold

DOMAIN = r"(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,12}"
LOCAL = r"[A-Za-z0-9_.+'\-]{1,64}"
GROUP = re.compile(
    rf"[\{{\[(](?P<locals>[A-Za-z0-9_.+'\-,;|/\s]{{1,600}})[\}}\])]\s?@\s?(?P<domain>{DOMAIN})|"
    rf"(?P<bare>{LOCAL}(?:,{LOCAL}){{1,19}})@(?P<of>{DOMAIN})|(?P<single>{LOCAL})\s?(?:@|\(at\)|\[at\])\s?(?P<at>{DOMAIN})"
)
ORCID = re.compile(r"\b(\d{4}-\d{4}-\d{4}-\d{3}[\dX])\b")
PLACEHOLDER = re.compile(r"(?:first|given|last|family|sur)[._-]?name|name\.surname|initials?", re.I)


class Address(NamedTuple):
    """An e-mail address and where the print that gives it begins and ends."""

    email: str
    start: int
    end: int


def addresses(text: str) -> list[Address]:
    """The addresses in a text, groups such as "{a, b}@example.org" opened."""
    found: list[Address] = []
    for match in GROUP.finditer(text):
        parts = match["locals"] or match["bare"] or match["single"]
        domain = match["domain"] or match["of"] or match["at"]
        whole = [part for part in re.split(r"[,;|/\s]+", parts) if part.strip(".'-")]
        found += [
            Address(
                f"{part.strip('.')}@{domain}".lower() if part.isupper() else f"{part.strip('.')}@{domain}",
                *match.span(),
            )
            for part in whole
            if not PLACEHOLDER.search(part)
        ]
    return found


def without_addresses(text: str) -> str:
    """The text without what stands in it as an e-mail address."""
    return GROUP.sub(" ", text)


def likeness(email: str, name: str) -> float:
    """How well the part before the @ fits a name: 1 for both names, less for one, for initials and for beginnings."""
    local = email.split("@")[0]
    joined = re.sub(r"\d+", "", fold(local))
    parts = [fold(part) for part in re.split(r"[\s-]+", name) if fold(part)]
    if len(joined) < 2 or not parts:
        return 0.0
    given, rest = parts[0], parts[1:]
    initials = "".join(part[0] for part in parts)
    # "vanderaa" is all of a family's parts, "dellacroce" one of two.
    families = sorted({"".join(rest[i:]) for i in range(len(rest))} | set(rest), key=len, reverse=True)
    if joined == "".join(parts) or joined in (given + parts[-1], parts[-1] + given):
        return 1.0
    for family in families:
        if len(family) > 2 and family in joined:
            left = joined.replace(family, "", 1)
            return 0.95 if left and left[0] in initials else 0.85 if not left else 0.6
    if joined == given:
        return 0.75
    if len(given) > 2 and given in joined:
        left = joined.replace(given, "", 1)
        return 0.9 if left and left[0] in initials[1:] else 0.75 if not left else 0.5
    if joined == initials or (len(joined) > 1 and joined == initials[0] + initials[-1]):
        return 0.7
    start = max((n for n in range(3, len(joined) + 1) for p in parts if joined[:n] == p[:n]), default=0)
    if start >= 4 or (start == 3 and len(joined) <= 5):
        return 0.55
    if joined[0] == given[0] and len(joined) > 3 and any(f.startswith(joined[1:4]) for f in families):
        return 0.65
    return 0.3 if len(joined) <= 4 and joined[0] in initials and set(joined) <= set("".join(parts)) else 0.0


def share_out(emails: list[str], names: list[str]) -> dict[int, str]:
    """Which address is whose: the best fits first; what is left goes by order where as many names as addresses are."""
    fits = sorted(
        ((likeness(email, name), -i, -j) for i, email in enumerate(emails) for j, name in enumerate(names)),
        reverse=True,
    )
    owner: dict[int, str] = {}
    used: set[int] = set()
    for fit, i, j in fits:
        if fit >= 0.5 and -j not in owner and -i not in used:
            owner[-j] = emails[-i]
            used.add(-i)
    left = [i for i in range(len(emails)) if i not in used]
    free = [j for j in range(len(names)) if j not in owner]
    if len(emails) == len(names):
        owner |= {j: emails[i] for i, j in zip(left, free, strict=True)}
    return owner
