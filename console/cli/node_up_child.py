"""The node that `zkclear node up` starts: `python -m console.cli.node_up_child STATE_FOLDER REQUEST`.

The request is JSON, and has no secrets in it. The node writes into `node.json` how far it is, and ends in order at
SIGTERM.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Final

import msgspec

from console.cli.failures import INTERNAL, MALFORMED, explain
from console.cli.node_up_state import FAILED, READY, STARTING, STOPPED, STOPPING, NodeState, write_state
from console.cli.output import Output
from sequencer.l1 import background

LOOK_S: Final = 0.5


class UpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be started: a node by a settings file, or one on a chain of its own. `url` is known before, or ''."""

    folder: str
    settings: str | None = None
    url: str = ""
    preset: str = "demo"
    traders: int = 4
    workers: int = 1
    port: int = 8700


class Child:
    """The process's side of `node.json`."""

    def __init__(self, state_folder: Path, request: UpRequest) -> None:
        own = background.process_of(os.getpid())
        self._folder, self._request = state_folder, request
        self._lock = threading.Lock()
        self.state = NodeState(own.pid, own.started, request.folder, request.settings, url=request.url)
        write_state(state_folder, self.state)

    def say(self, phase: str) -> None:
        """A new phase."""
        self._become(replace(self.state, phase=phase))
        print(f"{time.strftime('%H:%M:%S')} {phase}", flush=True)

    def run(self) -> int:
        """The exit code: that of the error by which the node ended, or 0."""
        try:
            self._run_settings() if self._request.settings else self._run_local()
        except KeyboardInterrupt:
            self.say(STOPPED)
        except Exception as error:
            code, why = explain(error, MALFORMED)
            self._fail(code, why)
            if code == INTERNAL:
                raise
            return code
        else:
            self.say(STOPPED)
        return 0

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """At SIGTERM: as if Ctrl-C had been pressed, once."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.say(STOPPING)
        raise KeyboardInterrupt

    def _fail(self, code: int, why: str) -> None:
        self._become(replace(self.state, phase=FAILED, why=why, code=code))
        print(f"error: {why}", flush=True)

    def _become(self, state: NodeState) -> None:
        with self._lock:
            self.state = state
            write_state(self._folder, state)

    def _run_local(self) -> None:
        from prover.kernels import load_kernels
        from rollup.presets import PRESETS
        from sequencer.node.stack import StackPlan, running_stack

        request = self._request
        Path(request.folder).mkdir(parents=True, exist_ok=True)
        plan = StackPlan(
            Path(request.folder),
            PRESETS[request.preset],
            request.traders,
            workers=request.workers,
            port=request.port,
            say=self.say,
        )
        with running_stack(plan, load_kernels(threads=1)) as stack:
            self.state = replace(self.state, url=stack.api.url, chain_url=stack.rollup.chain.url, preset=request.preset)
            self.say(READY)
            while stack.node.failure is None:
                time.sleep(LOOK_S)
            raise stack.node.failure

    def _run_settings(self) -> None:
        from console.cli.node_run import run_by_settings

        threading.Thread(target=self._wait_until_it_answers, daemon=True).start()
        run_by_settings(Path(self._request.settings or ""), Output(as_json=False))

    def _wait_until_it_answers(self) -> None:
        from console.cli.node_health import is_live

        while self.state.phase == STARTING:
            if is_live(self._request.url):
                self.say(READY)
                return
            time.sleep(LOOK_S)


def main() -> None:
    """A node until somebody stops it."""
    folder, request = sys.argv[1:]
    child = Child(Path(folder), msgspec.json.decode(request, type=UpRequest))
    signal.signal(signal.SIGTERM, child.stop)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(child.run())


if __name__ == "__main__":
    main()
