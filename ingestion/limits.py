"""The CPU seconds that a contained child may take for a file; whoever takes longer is ended by the system.

It must not know what is read.
"""

from __future__ import annotations

import math
import resource


def limit_cpu(seconds: int) -> None:
    """Ends this process by SIGXCPU when it has taken so many more CPU seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime) + seconds, hard))


def grant_cpu(seconds: int) -> None:
    """Adds to what is left, where there is a limit: for work that is known to take long."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_CPU, (soft + seconds, hard))
