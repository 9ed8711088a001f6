"""Runs a command and writes what it cost: `python child.py COST.json COMMAND...`.

A process of its own, and a small one: the peak memory that the kernel tells for a child begins at the size of the
process that started it. CPU seconds are those of the command and of all its children that ended.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> int:
    start = time.monotonic()
    pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
    _, status, usage = os.wait4(pid, 0)
    cost = {
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "rss_mb": usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10),
        "wall_s": time.monotonic() - start,
    }
    with open(sys.argv[1], "w", encoding="utf-8") as handle:
        json.dump(cost, handle)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
