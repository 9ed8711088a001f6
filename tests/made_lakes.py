"""A small paper on lakes whose sections state findings, and a model that tells them as they stand there."""

from __future__ import annotations

import json
import re
from pathlib import Path

from model_server import Asked
from pdfs import PaperMaker

RESULTS = (
    "The share of reeds was 41% in spring and 63% in autumn, and we found that it increased in all lakes.",
    "The depth of the water was 12 cm in the north and 19 cm in the south, a significant difference of 7 cm.",
    "The number of birds increased from 210 to 340 in two years, which is significantly higher than before.",
)
PLAIN = "All lakes were seen from a boat on quiet days, and each of them was seen more than once."


def paper(path: Path, results: tuple[str, ...] = RESULTS, title: str = "Reeds in shallow lakes") -> Path:
    """A paper whose section of results has a paragraph for each of these."""
    maker = PaperMaker(1)
    maker.title(title, ["Ada Fenwick"])
    maker.heading("Methods")
    maker.paragraph(PLAIN)
    maker.heading("Results")
    for result in results:
        maker.paragraph(f"{result} {PLAIN}")
    maker.heading("Discussion")
    maker.paragraph("We found that reeds increased by 22 points, significantly more than in other years. " + PLAIN)
    return maker.save(path)


def telling(asked: Asked) -> str:
    """A model that tells each sentence with a number, in its own words as little as may be."""
    told = [
        {
            "claim": "It turned out: " + text,
            "kind": "result",
            "evidence": [n],
            "values": [{"value": float(re.findall(r"\d+", text)[0]), "metric": None}],
            "direction": None,
            "hedged": False,
        }
        for n, text in asked.sentences.items()
        if re.search(r"\d", text)
    ]
    return f"```json\n{json.dumps(told)}\n```"
