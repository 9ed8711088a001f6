"""Two papers whose titles and findings are full of markup, and a language model that judges them in the same manner."""

from __future__ import annotations

from pathlib import Path

import msgspec
from pdfs import PaperMaker, prose

from hierarchy.linking import link
from hierarchy.nodes import Node
from hierarchy.relations import Relation
from strata.assistant import Assistant

TITLES = (
    "Soft labels <img src=x onerror=alert(1)> ![a](http://tracker.example.org/t.png)",
    "Hard votes $x^2$ <b>b</b>",
)
SENTENCES = (
    "Soft labels ![q](http://tracker.example.org/q.png) raised the macro F1 for frog choruses from 0.68 to 0.75.",
    "Soft labels <script>alert(2)</script> lowered the macro F1 for frog choruses from 0.72 to 0.66.",
)
REASON = "They go apart <img src=x onerror=alert(3)> ![r](http://tracker.example.org/r.png)."
CONDITION = "frogs <b>or</b> birds"


def hostile_pair(folder: Path) -> list[Path]:
    """Writes the papers."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / "soft.pdf", folder / "hard.pdf"]
    for number, (file, title, sentence) in enumerate(zip(files, TITLES, SENTENCES, strict=True)):
        maker = PaperMaker(1)
        maker.title(title, ["Ada Fenwick"])
        maker.heading("Abstract", numbered=False)
        maker.paragraph(f"We study soft labels for frog choruses at Sedgeholm. {sentence}")
        maker.heading("Introduction")
        maker.paragraph(prose(number + 40, 5))
        file.write_bytes(maker.bytes())
    return files


class HostileJudge:
    """Calls everything a contradiction, with a reason that wants to be obeyed."""

    name = "judge <b>bold</b>"
    failed = False

    def __call__(self, relation: Relation, a: Node, b: Node) -> Relation | None:
        told = {"kind": "contradicts", "origin": self.name, "reason": REASON, "difference": CONDITION}
        return msgspec.structs.replace(relation, **told)


def take_hostile_pair(assistant: Assistant, folder: Path) -> None:
    """Takes the papers in and has their findings judged; they end as one contradiction."""
    assert not assistant.ingest(hostile_pair(folder)).failed
    link(assistant._store(), HostileJudge())
    assert len(assistant.relations().of("contradicts")) == 1
