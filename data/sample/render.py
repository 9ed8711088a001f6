"""Render the sample papers from their Typst sources to PDF.

Every `sources/NAME.typ` (apart from the shared `style.typ` and `refs.typ`) becomes `NAME.pdf`.
Only the fonts that ship with the compiler are used and the creation date is fixed, so the same
compiler version writes the same bytes each time.

    python data/sample/render.py [--out DIR]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import typst

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"
SHARED = {"style.typ", "refs.typ"}
CREATED = 1_704_067_200  # 1 January 2024, UTC; each paper states its own date in its source


def sources() -> list[Path]:
    """The sources of the papers, in order of name."""
    return sorted(path for path in SOURCES.glob("*.typ") if path.name not in SHARED)


def render(source: Path, out: Path) -> Path:
    """Write the PDF of one source into `out` and return its path."""
    target = out / f"{source.stem}.pdf"
    typst.compile(
        str(source),
        output=str(target),
        root=str(SOURCES),
        format="pdf",
        ignore_system_fonts=True,
        timestamp=CREATED,
    )
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description="Render the sample papers to PDF.")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for the PDFs")
    args = parser.parse_args()
    out: Path = args.out
    out.mkdir(parents=True, exist_ok=True)
    for source in sources():
        target = render(source, out)
        print(f"{target.name}: {target.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
