"""How a process that computes for seconds stays out of the way of those that answer in milliseconds."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Final

LOWEST: Final = 19


def give_way() -> None:
    """From now on this process, and every thread that it starts, has what time of the processors nobody else wants.

    On Linux that is a policy of its own (sched(7), SCHED_IDLE): whoever wakes up runs at once, also where a processor
    is busy with nothing else. The lowest priority alone still has its slices of several milliseconds.
    """
    if sys.platform == "linux":
        with suppress(OSError):  # not everywhere allowed
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
            return
    os.nice(LOWEST)
