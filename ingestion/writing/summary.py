"""A summary that a language model writes from numbered sentences, each of its sentences tied to those it was made from.

What it was made from is checked: a sentence whose numbers do not stand in the sentences that it cites, whose words are
not theirs, or that says the contrary, is dropped. It must not know of what the summary is, nor where it is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from hierarchy.errors import WriterError
from hierarchy.grounding import coverage, invented, numbers_in, turns_round
from hierarchy.writer import Writer
from ingestion.writing.findings import junk
from ingestion.writing.prompts import about, asked, numbered, one_line, speaks_to_machine
from ingestion.writing.replies import UnreadableError, numbers_of, objects

MOST_LETTERS = 24_000  # of the sentences that are shown
MOST_SENTENCE = 600  # letters of a sentence of the summary
MOST_CITED = 8  # sentences that one of the summary may be made from
IN_CITED = 0.5  # of a sentence's words, those that must stand in the sentences that it cites


class Source(msgspec.Struct, frozen=True):
    """A sentence that a summary may be made from, and the node that it stands in."""

    node: str
    text: str


class WrittenSentence(msgspec.Struct, frozen=True):
    """A sentence of a summary, and the ids of the nodes that it was made from, in their order."""

    text: str
    sources: tuple[str, ...]


class WrittenSummary(msgspec.Struct, frozen=True):
    """A summary, its writer, and how many sentences were dropped and why. No sentences: none stood the check."""

    sentences: tuple[WrittenSentence, ...]
    origin: str
    dropped: dict[str, int] = {}

    @property
    def text(self) -> str:
        return " ".join(s.text for s in self.sentences)


def write_summary(writer: Writer, sources: Sequence[Source], words: int, what: str = "section") -> WrittenSummary:
    """A summary of sentences.

    Args:
        writer: the model.
        sources: the sentences in order; what goes beyond MOST_LETTERS is not shown.
        words: how long it may be; sentences that would go beyond are left out.
        what: what they are from: "section", "paper", "project" or "theme".

    Raises:
        WriterError: where the model does not answer, or its reply cannot be read.
    """
    shown = _shown(sources)
    if not shown:
        return WrittenSummary((), writer.name)
    told, material = asked("summary", numbered(s.text for s in shown), words=words, about=about(what))
    try:
        given = objects(writer.write(told, material, most_tokens=200 + 8 * words))
    except UnreadableError:
        raise junk(writer) from None
    found: list[WrittenSentence] = []
    dropped = Counter[str]()
    left = words
    for entry in given:
        sentence = _checked(entry, shown, dropped)
        if sentence is None:
            continue
        if any(sentence.text == other.text for other in found):
            dropped["repeated"] += 1
        elif len(sentence.text.split()) > left:
            dropped["too_many"] += 1
        else:
            found.append(sentence)
            left -= len(sentence.text.split())
    return WrittenSummary(tuple(found), writer.name, dict(dropped))


def summary_or_none(
    writer: Writer | None, sources: Sequence[Source], words: int, what: str = "section"
) -> WrittenSummary | None:
    """The same where a model is there, answers, and says what stands; else None, for a summary without one."""
    if writer is None:
        return None
    try:
        summary = write_summary(writer, sources, words, what)
    except WriterError:
        return None
    return summary if summary.sentences else None


def _shown(sources: Sequence[Source]) -> list[Source]:
    found: list[Source] = []
    letters = 0
    for source in sources:
        letters += len(source.text)
        if letters > MOST_LETTERS:
            break
        if not speaks_to_machine(source.text):
            found.append(source)
    return found


def _checked(given: dict[str, object], shown: Sequence[Source], dropped: Counter[str]) -> WrittenSentence | None:
    """The sentence of an entry, or None and a reason."""
    text, numbers = given.get("text"), numbers_of(given.get("from"))
    if not isinstance(text, str) or not 3 <= len(text := one_line(text)) <= MOST_SENTENCE:
        dropped["shape"] += 1
        return None
    if not numbers or len(numbers) > MOST_CITED or not all(1 <= n <= len(shown) for n in numbers):
        dropped["evidence"] += 1
        return None
    cited = [shown[n - 1] for n in sorted(numbers)]
    together = " ".join(s.text for s in cited)
    objections = {
        "instruction": speaks_to_machine(text),
        "numbers": bool(invented(text, numbers_in(together))),
        "words": coverage(text, [together]) < IN_CITED,
        "turned": turns_round(text, together),
    }
    objection = next((reason for reason, holds in objections.items() if holds), None)
    if objection is not None:
        dropped[objection] += 1
        return None
    return WrittenSentence(text, tuple(dict.fromkeys(s.node for s in cited)))
