"""Pictures of the pages that quotes stand on, with the quote marked word by word.

The PDF must be the one that was read: where it has gone or changed, that is said, since a mark on another file would
lie. Pages are drawn in a contained child process that is kept warm. It must not know who looks at them.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hierarchy.errors import UsageError
from hierarchy.nodes import Node
from hierarchy.positions import Span
from ingestion.containment import Reader
from ingestion.files import exists, hash_file
from ingestion.settings import IngestionSettings
from ingestion.tasks import Picture

WIDTH = 1_000  # pixels


class PagePictures:
    """Draws pages, one at a time, from any thread.

    A thread of its own starts the child and lasts as long: the child ends with the thread that started it.
    """

    def __init__(self, settings: IngestionSettings) -> None:
        self._reader = Reader(settings)
        self._thread = ThreadPoolExecutor(1)

    def draw(self, paper: Node, page: int, spans: Sequence[Span], *, around: float | None = None) -> bytes:
        """A page as a PNG, with the spans on it marked.

        Args:
            paper: the paper's node.
            page: from 1.
            spans: places; those on other pages are passed over.
            around: only so many points above and below the marks; None gives the whole page.

        Raises:
            UsageError: file_gone or file_changed.
            ReadError: where the page cannot be drawn.
        """
        path = Path(str(paper.metadata["path"]))
        if not exists(path):
            raise UsageError(
                f"The PDF is no longer at {path}, so its page cannot be shown.",
                "Put it back, or ingest it from where it is now.",
                "file_gone",
            )
        if hash_file(path) != paper.metadata["sha256"]:
            raise UsageError(
                f"The PDF at {path} has changed since it was read, so the quote cannot be marked on it.",
                "Ingest it again.",
                "file_changed",
            )
        marks = tuple(span.box for span in spans if span.page == page)
        return self._thread.submit(self._reader.draw, path, Picture(page, marks, WIDTH, around)).result()

    def close(self) -> None:
        """Ends the child process."""
        self._thread.submit(self._reader.close).result()
        self._thread.shutdown()
