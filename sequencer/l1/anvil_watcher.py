"""Runs a program for as long as whoever started this lives: `python anvil_watcher.py PROGRAM ARGUMENTS…`.

The other end of standard input is held by the starter. When it is closed, on purpose or because the starter is gone,
however it ended, the program is asked to end, and is killed if it does not. Imports the standard library only: it is
run by its path.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

PATIENCE_S = 30.0
"""How long a program may take to write its state."""


STANDARD_INPUT = 0


def watch(command: list[str]) -> int:
    """The program's exit code."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as program:

        def stop_at_the_end_of_input() -> None:
            while os.read(STANDARD_INPUT, 1):
                pass
            program.terminate()
            try:
                program.wait(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                program.kill()

        signal.signal(signal.SIGTERM, lambda *_: program.terminate())
        threading.Thread(target=stop_at_the_end_of_input, daemon=True).start()
        return program.wait()


if __name__ == "__main__":
    sys.exit(watch(sys.argv[1:]))
