"""All that a language model does when papers have come in: findings, summaries, and a look at what rules relate.

Without a model it does nothing. It must not know any one store or model.
"""

from __future__ import annotations

from typing import Any

from hierarchy.store import NodeStore
from hierarchy.writer import Writer
from ingestion.writing.judgement import Judging
from ingestion.writing.stage import write_findings
from ingestion.writing.summaries import write_summaries


class Writing:
    """What the model of one run does; `judge` looks at relations, None without a model."""

    def __init__(self, writer: Writer | None, at_once: int = 4) -> None:
        self._writer, self._at_once = writer, at_once
        self.judge = Judging(writer) if writer is not None else None

    def write(self, store: NodeStore) -> dict[str, Any] | None:
        """Renews findings and summaries where the model has not written them; its report, None without a model."""
        if self._writer is None:
            return None
        report = write_findings(store, self._writer, at_once=self._at_once)
        summarised = 0 if report.stopped else write_summaries(store, self._writer, at_once=self._at_once)
        return report.to_dict() | {"summarised": summarised}
