"""Scores of any kind as numbers from 0 to 1 that keep their order.

Some models give probabilities, some logits. Scores within 0 and 1 stay as they are, until one lies outside: from then
on all of that model's go through the logistic function.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

STEEPEST = 30.0  # beyond it the logistic function cannot be told from 0 and 1 any more


class Squash:
    """What one model's scores are made of."""

    def __init__(self) -> None:
        self._logits = False

    def __call__(self, scores: Iterable[object]) -> list[float]:
        """Scores from 0 to 1, in their order.

        Raises:
            ValueError: where one of them is no number.
        """
        plain = [_number(score) for score in scores]
        self._logits = self._logits or any(not 0.0 <= score <= 1.0 for score in plain)
        return [_logistic(score, plain) for score in plain] if self._logits else plain


def _number(score: object) -> float:
    """A score as a number; a list of one number, as models give them, is one, too."""
    if isinstance(score, list | tuple) and len(score) == 1:
        return _number(score[0])
    if isinstance(score, str | bytes | bool):
        raise ValueError("a score that is no number")
    try:
        number = float(score)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise ValueError("a score that is no number") from error
    if not math.isfinite(number):
        raise ValueError("a score that is no number")
    return number


def _logistic(score: float, all_scores: Sequence[float]) -> float:
    """The logistic function, less steep for scores that it could not tell apart."""
    furthest = max(abs(s) for s in all_scores)
    return 1.0 / (1.0 + math.exp(-score * min(1.0, STEEPEST / furthest) if furthest else 0.0))
