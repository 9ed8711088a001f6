"""Render the sample papers from their Typst sources to PDF, and what only the sources know of them to gold.

Every `sources/PROJECT/NAME.typ` becomes `PROJECT/NAME.pdf`, apart from the shared ones (`refs.typ`, `NAME.shared.typ`).
Only the fonts that ship with the compiler are used and the creation date is fixed, so the same compiler version writes
the same bytes each time. Headings with level and page, authors, captions and references are asked of the compiler, not
read from the PDFs, and become `gold/structure.jsonl` and `gold/references.jsonl`; `extra` has no gold.

    python data/sample/render.py [--out DIR]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"
CREATED = 1_704_067_200  # 1 January 2024, UTC; each paper states its own date in its source


def sources() -> list[Path]:
    """The sources of the papers, in order of project and name."""
    found = SOURCES.glob("*/*.typ")
    return sorted(path for path in found if path.name != "refs.typ" and not path.name.endswith(".shared.typ"))


def render(source: Path, out: Path) -> Path:
    """Write the PDF of one source into its project's folder under `out` and return its path."""
    target = out / source.parent.name / f"{source.stem}.pdf"
    target.parent.mkdir(parents=True, exist_ok=True)
    typst.compile(
        str(source),
        output=str(target),
        root=str(SOURCES),
        format="pdf",
        ignore_system_fonts=True,
        timestamp=CREATED,
    )
    return target


def asked(source: Path, label: str) -> Any:
    """What the compiler knows under a label."""
    found = typst.query(str(source), f"<{label}>", root=str(SOURCES), field="value", ignore_system_fonts=True)
    return json.loads(found)[0]


def structure(source: Path) -> dict[str, Any]:
    """A paper's headings, authors and captions; a run-in heading stands one level below the last heading."""
    known = asked(source, "structure")
    level = 0
    for heading in known["headings"]:
        if heading["run-in"]:
            heading["level"] = level + 1
        else:
            level = heading["level"]
        heading["run_in"] = heading.pop("run-in")
    places = known.pop("affiliations")
    known["authors"] = [
        {
            "name": author["name"],
            "given": author["name"].rsplit(" ", 1)[0],
            "family": author["name"].rsplit(" ", 1)[1],
            "affiliations": [places[int(mark) - 1] for mark in author["marks"].split(",") if mark],
            "email": author["email"],
        }
        for author in known["authors"]
    ]
    return {"pdf": f"{source.parent.name}/{source.stem}.pdf", "paper_id": source.stem, **known}


def references(source: Path, known: dict[str, Any]) -> dict[str, Any]:
    """What identifies a paper, of its structure, and its reference list in the order in which it is printed."""
    named = {name: known[name] for name in ("title", "authors", "year", "abstract")}
    listed = [
        {"entry": place, "author": entry["authors"].split(",")[0], "doi": None, **entry}
        for place, entry in enumerate(asked(source, "references"), 1)
    ]
    return {"paper_id": source.stem, **named, "doi": None, "references_complete": True, "references": listed}


def main() -> None:
    parser = argparse.ArgumentParser(description="Render the sample papers to PDF.")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for the PDFs and the gold")
    args = parser.parse_args()
    out: Path = args.out
    for source in sources():
        target = render(source, out)
        print(f"{target.parent.name}/{target.name}: {target.stat().st_size / 1024:.0f} KB")
    papers = [source for source in sources() if source.parent.name != "extra"]
    structures = [structure(source) for source in papers]
    lists = [references(source, known) for source, known in zip(papers, structures, strict=True)]
    (out / "gold").mkdir(exist_ok=True)
    for name, records in (("structure", structures), ("references", lists)):
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (out / "gold" / f"{name}.jsonl").write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
