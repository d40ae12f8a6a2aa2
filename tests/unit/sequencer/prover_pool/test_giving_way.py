"""Proofs have what time of the processors nobody else wants."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sequencer.prover_pool.giving_way import LOWEST

SHOW = """
import os, threading
from sequencer.prover_pool.giving_way import give_way
give_way()
found = []
thread = threading.Thread(target=lambda: found.append(os.sched_getscheduler(0)))
thread.start()
thread.join()
print(os.sched_getscheduler(0) == os.SCHED_IDLE, found == [os.SCHED_IDLE])
"""
REFUSED = """
import os
def refused(*_): raise PermissionError(1, "Operation not permitted")
os.sched_setscheduler = refused
from sequencer.prover_pool.giving_way import give_way
give_way()
print(os.nice(0))
"""


def shown(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="the policy is Linux's")
def test_it_and_its_threads_run_when_nobody_else_does() -> None:
    assert shown(SHOW) == "True True"


def test_where_that_is_not_allowed_it_has_the_lowest_priority() -> None:
    assert shown(REFUSED) == str(LOWEST)
