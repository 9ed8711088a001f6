"""Make the files that are no good papers: `extra/` beside the sample, outside the demo.

A scan without text, a file that is cut off, one with a password, one that is no PDF, and an empty one. What is full of
markup has a source of its own (`sources/extra`) and is rendered with the papers.

    python data/sample/extra.py [--out DIR]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pymupdf

HERE = Path(__file__).resolve().parent
SCANNED = HERE / "roof-meadows" / "depth-and-retention.pdf"


def scan() -> bytes:
    """Two pages of a sample paper as grey pictures, as a copier makes them."""
    made = pymupdf.open()
    with pymupdf.open(SCANNED) as paper:
        for page in list(paper)[:2]:
            picture = page.get_pixmap(dpi=72, colorspace=pymupdf.csGRAY).tobytes("jpg", jpg_quality=35)
            made.new_page(width=page.rect.width, height=page.rect.height).insert_image(page.rect, stream=picture)
    return bytes(made.tobytes(garbage=4, deflate=True, no_new_id=True))


def locked() -> bytes:
    """A paper that opens with a password."""
    with pymupdf.open(SCANNED) as paper:
        how = {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "owner_pw": "owner", "user_pw": "user"}
        return bytes(paper.tobytes(**how))


def files() -> dict[str, bytes]:
    """The files by name."""
    whole = SCANNED.read_bytes()
    return {
        "scan.pdf": scan(),
        "cut-off.pdf": whole[: len(whole) // 3],
        "locked.pdf": locked(),
        "web-page.pdf": b"<!doctype html><title>Sign in</title><p>Please sign in to download this article.</p>\n",
        "empty.pdf": b"",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the files that are no good papers.")
    parser.add_argument("--out", type=Path, default=HERE / "extra", help="their folder")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, data in files().items():
        (out / name).write_bytes(data)


if __name__ == "__main__":
    main()
