"""What tells a process from another that got its number later. It must not know what the process does."""

from __future__ import annotations

import psutil


def born(pid: int) -> str:
    """When the process with this number began, as text to compare; empty where there is none."""
    try:
        return str(psutil.Process(pid).create_time())
    except psutil.Error:
        return ""
