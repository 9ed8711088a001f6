"""How the chat's server is started: on this machine only, without telemetry, with our colours.

It must not import Streamlit: it only names the command that does.
"""

from __future__ import annotations

import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent.parent / "app.py"
OPTIONS = {
    "browser.gatherUsageStats": "false",
    "server.address": "127.0.0.1",
    "server.headless": "true",  # it prints its address and opens nothing by itself
    "server.fileWatcherType": "none",
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "theme.headingFontSizes": '["2rem", "1.25rem"]',
    "theme.light.primaryColor": "#1f5f74",
    "theme.light.textColor": "#0d1114",  # captions are 60% of it, which must be 4.5 to 1
    "theme.dark.primaryColor": "#7fc4da",
}
# Each run of the page is a thread of its own; with an arena of memory for each, glibc gives little of it back.
VARIABLES = {"MALLOC_ARENA_MAX": "2"}


def command(port: int, most_mb: int, **options: str) -> list[str]:
    """The command line of the server.

    Args:
        port: where it answers.
        most_mb: the largest upload.
        options: more of Streamlit's, with `_` for the dot.
    """
    given = OPTIONS | {"server.port": str(port), "server.maxUploadSize": str(most_mb)}
    given |= {name.replace("_", ".", 1): value for name, value in options.items()}
    return [sys.executable, "-m", "streamlit", "run", str(SCRIPT), *(f"--{k}={v}" for k, v in given.items())]
