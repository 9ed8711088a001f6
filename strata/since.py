"""When a person means: a date, a time, or how long ago. It must not know what happened then."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from hierarchy.errors import UsageError

AGO = re.compile(r"(\d{1,6})\s*(m|h|d|w)", re.I)
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(text: str, now: datetime | None = None) -> str:
    """The moment in ISO 8601, UTC: `2026-05-01`, `2026-05-01T14:30` (local time where no zone is given), `30m`, `12h`,
    `7d`, `2w`.

    Raises:
        UsageError: for anything else.
    """
    ago = AGO.fullmatch(text.strip())
    try:
        if ago:
            then = (now or datetime.now(UTC)) - timedelta(**{UNITS[ago[2].lower()]: int(ago[1])})
        else:
            then = datetime.fromisoformat(text.strip())
        return then.astimezone(UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError):
        raise UsageError(
            f"{text[:60]!r} is no moment.", "Give a date (2026-05-01), a time, or how long ago (12h, 7d, 2w).", "moment"
        ) from None
