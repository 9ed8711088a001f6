"""What the check of a language model's findings lets through: the sample's gold, told as a model would, and lies of it.

The gold findings are made false in four ways. What of the gold is refused, and which lies pass, is written to
.bench/writing/. The check was made on wetland-calls alone; roof-meadows is told apart.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.bench import Bench, variables
from benchmarks.figures import Figure
from hierarchy.grounding import invented, numbers_in
from hierarchy.nodes import Level
from hierarchy.store import NodeStore
from ingestion.writing.checking import RefusedError, checked
from ingestion.writing.sentences import Sentence
from ingestion.writing.stored import StoredPaper
from strata.assistant import Assistant
from strata.settings import Settings

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"
PROJECTS = ("wetland-calls", "roof-meadows")
TURNED = {
    "raised": "lowered", "rose": "fell", "higher": "lower", "increased": "decreased", "more": "less", "better": "worse",
    "lowered": "raised", "fell": "rose", "lower": "higher", "reduced": "increased", "less": "more", "longer": "shorter",
    "cooler": "warmer", "gained": "lost", "improved": "worsened",
}  # fmt: skip


class Told(msgspec.Struct, frozen=True):
    """A gold finding as an entry of a reply, and the section that it is of, as sentences."""

    entry: dict[str, Any]
    sentences: list[Sentence]
    quote: str


Lie = Callable[[Told, list[Told], random.Random], "dict[str, Any] | None"]


def measure(bench: Bench) -> Iterator[Figure]:
    home, folder = bench.home(), bench.folder / "writing"
    folder.mkdir(exist_ok=True)
    for project in PROJECTS:
        bench.strata(home, "ingest", SAMPLE / project, "--project", project)
        with Assistant(project, Settings.from_environment(variables(home, {}))) as assistant:
            told = list(_told(assistant._store(), project))
        lines: list[str] = []
        refused = Counter(_refused(t, t.entry, lines, "refused") for t in told)
        yield Figure(f"{project}: gold findings taken, of {len(told)}", refused[None] / len(told), "share")
        for name, lie in LIES.items():
            chance = random.Random(0)
            lies = [(t, entry) for t in told if (entry := lie(t, told, chance)) is not None]
            passed = sum(_refused(t, entry, lines, "", name) is None for t, entry in lies)
            most = None if name == "turned round" else 0.01  # words alone do not tell which of two is more
            yield Figure(f"{project}: {name}, taken of {len(lies)}", passed / len(lies), "share", most=most)
        (folder / f"{project}.txt").write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _told(store: NodeStore, project: str) -> Iterator[Told]:
    gold = [json.loads(line) for line in (SAMPLE / "gold" / "findings.jsonl").read_text("utf-8").splitlines()]
    for node in store.scan():
        if node.level != Level.PAPER:
            continue
        stored = StoredPaper.read(store, node.id)
        assert stored is not None
        sections = [stored.sentences(section.id) for section in stored.sections]
        for finding in gold:
            if finding["paper"] == Path(str(node.file)).stem:
                yield from _placed(finding, sections)


def _placed(finding: dict[str, Any], sections: list[list[Sentence]]) -> Iterator[Told]:
    """The finding with the numbers of the sentences that its quote is made of, where they are found."""
    quote = _plain(finding["quote"])
    for sentences in sections:
        cited = [i for i, s in enumerate(sentences, 1) if len(plain := _plain(s.text)) > 20 and plain in quote]
        if cited:
            entry = {name: finding[name] for name in ("claim", "values", "direction", "hedged")}
            kind = {"kind": "result", "evidence": cited}
            yield Told(entry | kind, sentences, " ".join(sentences[i - 1].text for i in cited))
            return


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", text.lower())


def _refused(told: Told, entry: dict[str, Any], lines: list[str], *log: str) -> str | None:
    """Why an entry is refused, None where it is taken; the log keeps refusals of the gold, and lies that pass."""
    try:
        found = checked(entry, told.sentences, "gold", Counter())
    except RefusedError as error:
        if log == ("refused",):
            lines.append(f"{error}: {entry['claim']} || {told.quote}")
        return str(error)
    if log != ("refused",):
        lines.append(f"{log[-1]}: {found.claim} || {found.quote}")
    return None


def _other_number(told: Told, others: list[Told], chance: random.Random) -> dict[str, Any] | None:
    """A number of the claim becomes one that another finding tells."""
    claim = str(told.entry["claim"])
    mine = [n for n in numbers_in(told.quote) if re.search(rf"(?<![\d.]){re.escape(n)}(?![\d.])", claim)]
    strange = [n for other in others for n in invented(other.quote, numbers_in(told.quote))]
    if not mine or not strange:
        return None
    changed = re.sub(rf"(?<![\d.]){re.escape(chance.choice(sorted(mine)))}(?![\d.])", chance.choice(strange), claim)
    return told.entry | {"claim": changed}


def _other_sentence(told: Told, others: list[Told], chance: random.Random) -> dict[str, Any] | None:
    """The claim cites another sentence of its section."""
    cited = told.entry["evidence"]
    rest = [i for i in range(1, len(told.sentences) + 1) if i not in cited]
    return told.entry | {"evidence": [chance.choice(rest)]} if rest else None


def _other_claim(told: Told, others: list[Told], chance: random.Random) -> dict[str, Any] | None:
    """The claim of another finding."""
    return told.entry | {"claim": chance.choice([o for o in others if o is not told]).entry["claim"]}


def _turned(told: Told, others: list[Told], chance: random.Random) -> dict[str, Any] | None:
    """Its words for more become words for less, the other way round."""
    claim = str(told.entry["claim"])
    words = {w for w in re.findall(r"\w+", claim) if w in TURNED}
    if not words:
        return None
    return told.entry | {"claim": re.sub(r"\w+", lambda m: TURNED.get(m.group(), m.group()), claim)}


LIES: dict[str, Lie] = {
    "another number": _other_number,
    "another sentence": _other_sentence,
    "another claim": _other_claim,
    "turned round": _turned,
}
