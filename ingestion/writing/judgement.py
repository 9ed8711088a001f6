"""Whether two findings of different papers agree or contradict each other, by a language model's judgement.

It stands on top of a decision by rules: it may drop a relation, never make one or turn it round, since a wrong
contradiction costs more trust than a missing one. It must not know how candidates are found.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

import msgspec

from hierarchy.grounding import coverage, invented, numbers_in
from hierarchy.nodes import Node
from hierarchy.relations import Relation
from hierarchy.writer import Writer
from ingestion.writing.asking import Breaker
from ingestion.writing.findings import junk
from ingestion.writing.prompts import asked, one_line, speaks_to_machine
from ingestion.writing.replies import UnreadableError, one_object

Verdict = Literal["supports", "contradicts", "neither"]
VERDICTS: tuple[Verdict, ...] = ("supports", "contradicts", "neither")
MOST_TOKENS = 300
MOST_REASON = 400  # letters
ABOUT_THEM = 0.25  # of a reason's words, those that must stand in the findings: else it speaks about something else


class Judgement(msgspec.Struct, frozen=True):
    """A verdict and its reason in one sentence."""

    verdict: Verdict
    reason: str


def judge(writer: Writer, a: Node, b: Node) -> Judgement:
    """The model's judgement of two nodes that are findings.

    Raises:
        WriterError: where it does not answer; where its reply cannot be read, or its reason tells numbers that neither
            finding holds (code "writer_junk").
    """
    lines = [*_lines("A", a), *_lines("B", b)]
    told, material = asked("judgement", lines)
    try:
        given = one_object(writer.write(told, material, MOST_TOKENS))
    except UnreadableError:
        raise junk(writer) from None
    verdict = next((v for v in VERDICTS if v == given.get("verdict")), None)
    reason = given.get("reason")
    if verdict is None or not isinstance(reason, str) or not 3 <= len(reason := one_line(reason)) <= MOST_REASON:
        raise junk(writer)
    if speaks_to_machine(reason) or invented(reason, numbers_in(" ".join(lines))):
        raise junk(writer)
    if coverage(reason, lines) < ABOUT_THEM:
        raise junk(writer)
    return Judgement(verdict, reason)


class Judging:
    """Judges relations one after the other; one that the model does not answer stands as the rules decided."""

    def __init__(self, writer: Writer) -> None:
        self.name = writer.name
        self._writer, self._breaker = writer, Breaker()
        self.failed = False

    def __call__(self, relation: Relation, a: Node, b: Node) -> Relation | None:
        """A relation that rules decided, as the model sees it: with its reason where it agrees, None where not."""
        judgement = self._breaker.call(partial(judge, self._writer, a, b))
        if not isinstance(judgement, Judgement):
            self.failed = True
            return relation
        if judgement.verdict != relation.kind:
            return None
        return msgspec.structs.replace(relation, origin=self.name, reason=judgement.reason)


def _lines(name: str, node: Node) -> list[str]:
    """A finding as lines of material; what speaks to a machine is withheld."""
    if node.finding is None:
        raise ValueError(f"{node.id} is no finding")
    conditions = "; ".join(dict.fromkeys(v.condition for v in node.finding.values if v.condition))
    told = {
        "paper": node.paper_title or "",
        "section": " > ".join(node.path),
        "claim": node.finding.claim,
        "quote": node.finding.quote,
        "conditions": conditions,
    }
    return [f"{name} {what}: {text}" for what, text in told.items() if text and not speaks_to_machine(text)]
