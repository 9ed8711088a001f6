"""Numbers as a sentence prints them: a finding's value found again in its words, and what a question counts.

It must not know how an answer is put together.
"""

from __future__ import annotations

import re
from functools import cache

import msgspec

from hierarchy.nodes import Value
from hierarchy.relations.statement import metrics_of
from hierarchy.relations.terms import numerals
from retrieval.answers.matter import bare, forms_of

NUMBER = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?(?:\s?%| per ?cent\b)?")
COUNTED = re.compile(
    r"\b(?:how many|number of)\s+(?:of\s+(?:the\s+|its\s+|their\s+)?(?:\d+\s+)?)?((?!of\b)(?:[\w-]+\s+){0,3}?[\w-]+)\s*"
    r"(?:\?|$|[,.;:]|\b(?:did|do|does|was|were|are|is|of|in|on|at|have|has|had|they|the|can|could|from|for|with|used|per"
    r"|contain|will|would|that|who)\b)",
    re.I,
)
CHANGE = re.compile(
    r"\b(?:by|(?:gain|loss|difference|improvement|increase|decrease|drop|reduction|fall|rise)s?\s+of)\s+"
    r"(?:only\s+|about\s+|some\s+|up to\s+)?$",
    re.I,
)


def printed(value: Value, text: str) -> str | None:
    """A value as the sentence prints it, with its unit; None where it does not stand there."""
    if value.value is None:
        return None
    for match in NUMBER.finditer(text):
        number = match.group().rstrip("%").removesuffix("per cent").removesuffix("percent")
        if _float(number) in (value.value, abs(value.value)) and not CHANGE.search(text[: match.start()]):
            unit = value.unit or ""
            after = text[match.end() : match.end() + 2 + len(unit)]
            has = unit and unit not in match.group() and after.strip().startswith(unit)
            return match.group().strip() + (
                text[match.end() : match.end() + after.index(unit) + len(unit)] if has else ""
            )
    return None


def counted(question: str, text: str) -> str | None:
    """How many a sentence says of what a question counts, as printed ("38 species of bee"); None where it does not say
    it, or says several."""
    asked = COUNTED.search(bare(question))
    if asked is None:
        return None
    noun = asked.group(1).split()[-1].split("-")[-1]
    forms = set(forms_of(noun)) | {noun.rstrip("s")}
    either = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    found = re.findall(
        rf"(?<![\w.,-])((?:{_numerals()})(?:\s+of\s+(?:the\s+|its\s+|their\s+|all\s+)?[\d,]+)?(?:[\s-]+(?!(?:and|or|of|in|to|with|for|from|per)\b)[^\W\d]+(?:-[^\W\d]+)*){{0,3}}?[\s-]+(?:{either}))(?!\w)",
        text,
        re.I,
    )
    return str(found[0]) if len({bare(f) for f in found}) == 1 else None


def measured(question: str, values: tuple[Value, ...], text: str) -> str | None:
    """The value of the metric that a question names, as printed, with its metric and what it is compared with; None
    where there is none, or several."""
    said: set[str] = set()
    for value in values:
        for metric in sorted(metrics_of(value.metric or "") & metrics_of(question) & metrics_of(text)):
            if told := printed(value, text):
                base = printed(msgspec.structs.replace(value, value=value.baseline), text)
                said.add(f"{metric} {told} against {base}" if base and base != told else f"{metric} {told}")
    return said.pop() if len(said) == 1 else None


@cache
def _numerals() -> str:
    return r"\d[\d,]*(?:\.\d+)?(?:\s(?:million|thousand|billion))?|" + "|".join(
        sorted(numerals(), key=len, reverse=True)
    )


def _float(text: str) -> float | None:
    try:
        return float(text.replace(",", "").replace("−", "-").strip())
    except ValueError:
        return None
