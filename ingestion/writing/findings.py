"""The findings of one section as a language model tells them, each checked against the section's sentences.

It must not know which model that is, nor where findings are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from hierarchy.errors import WriterError
from hierarchy.grounding import stems
from hierarchy.identity import digest
from hierarchy.nodes import Finding
from hierarchy.writer import Writer
from ingestion.writing.checking import CHECKS, RefusedError, checked
from ingestion.writing.prompts import asked, numbered, speaks_to_machine, version
from ingestion.writing.replies import UnreadableError, objects
from ingestion.writing.sentences import Sentence, batches

MOST_FINDINGS = 12  # of a batch
MOST_TOKENS = 3_000  # of a reply


class Told(msgspec.Struct, frozen=True):
    """What a model told of a section: the findings that stand, how many do not and why (checking.REASONS), and how many
    values and directions were left out of those that do."""

    findings: tuple[Finding, ...]
    rejected: dict[str, int] = {}
    left_out: dict[str, int] = {}
    calls: int = 0


def hand(writer: Writer) -> str:
    """Who writes, by which words and which checks: another hand gives other findings of the same text."""
    return digest("findings", writer.name, version("findings"), CHECKS)


def findings_of(writer: Writer, sentences: Sequence[Sentence]) -> Told:
    """What a model tells of the sentences of a section.

    Raises:
        WriterError: where it does not answer, or a reply cannot be read; then nothing of the section counts.
    """
    found: list[Finding] = []
    rejected, left_out, calls = Counter[str](), Counter[str](), 0
    for batch in batches(sentences):
        calls += 1
        said = Counter[str]()
        for given in _reply(writer, batch):
            try:
                if said["kept"] == MOST_FINDINGS:
                    raise RefusedError("too_many")
                aside = Counter[str]()
                finding = checked(given, batch, writer.name, aside)
                if any(_same(finding, other) for other in found):
                    raise RefusedError("repeated")
            except RefusedError as refusal:
                rejected[str(refusal)] += 1
                continue
            found.append(finding)
            left_out += aside
            said["kept"] += 1
    return Told(tuple(found), dict(rejected), dict(left_out), calls)


def _reply(writer: Writer, batch: Sequence[Sentence]) -> list[dict[str, object]]:
    passage = batch[0].passage
    head = [f"Paper: {passage.paper_title or ''}", f"Section: {' > '.join(passage.path)}"]
    lines = [line for line in head if not speaks_to_machine(line.split(": ", 1)[1])]
    told, material = asked("findings", [*lines, *numbered(s.text for s in batch)], most=MOST_FINDINGS)
    try:
        return objects(writer.write(told, material, MOST_TOKENS))
    except UnreadableError:
        raise junk(writer) from None


def junk(writer: Writer) -> WriterError:
    """The error of a reply that cannot be read."""
    hint = "Run it again, or choose a model that follows instructions: STRATA_LLM."
    return WriterError(f"The language model {writer.name} replied with what cannot be read.", hint, "writer_junk")


def _same(a: Finding, b: Finding) -> bool:
    return a.quote == b.quote and a.evidence == b.evidence and stems(a.claim) == stems(b.claim) and a.values == b.values
