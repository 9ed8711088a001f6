"""Program text outside of listings with a caption: lines set wholly in a typewriter's letters, three or more together.

It must not know captions; a paper that is set in such letters throughout has no code.
"""

from __future__ import annotations

import re

from ingestion.pages import Document, Line, Role

TYPEWRITER = re.compile(
    r"mono|courier|consol|menlo|typewriter|inconsolata|cmtt|lmtt|lmmono|sftt|ectt|txtt|pcrr|sourcecode", re.I
)
LEAST_LINES = 3
MOST_SHARE = 0.5  # of a paper's lines
ADDRESS = re.compile(r"https?://|www\.|[\w}]@\w")


def mark_code(document: Document) -> None:
    """Gives code its role; footnotes, captions and tables are marked before."""
    # A table without a caption may be program text whose columns are aligned.
    body = [x for x in document.lines(Role.BODY, Role.TABLE) if x.role == Role.BODY or not x.part]
    body = [x for x in body if x.text.isprintable()]  # a frame's corners are drawn as letters
    typed = {id(line) for line in body if is_typed(line)}
    if len(typed) < LEAST_LINES or len(typed) > MOST_SHARE * len(body):
        return
    run: list[Line] = []
    for line in [*body, None]:
        if line is not None and id(line) in typed and (not run or follows(run[-1], line)):
            run.append(line)
            continue
        if len(run) >= LEAST_LINES:
            for inner in run:
                inner.role = Role.CODE
        run = [line] if line is not None and id(line) in typed else []


def is_typed(line: Line) -> bool:
    return all(TYPEWRITER.search(word.style.font) for word in line.words) and not ADDRESS.search(line.text)


def follows(a: Line, b: Line) -> bool:
    return (a.page, a.column) == (b.page, b.column) and -0.5 * a.size < b.middle - a.middle < 3 * a.size
