"""The connection to a cluster of dask.distributed, and who has which of its workers.

dask reads what its workers send as Python objects: a cluster is as trusted as this machine, and is to be reached by
TLS (dask's own configuration) or on a network of one's own. Proofs are checked all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any, Final
from uuid import uuid4

from sequencer.prover_pool.errors import ClusterUnreachable
from sequencer.prover_pool.remote import close_here

CONNECT_S: Final = 20.0
CLOSE_S: Final = 5.0


class Cluster:
    """A connection to a scheduler, and which of its workers are leased to which place."""

    def __init__(self, address: str) -> None:
        """Raises `ClusterUnreachable`."""
        try:
            from distributed import Client

            connect: Any = Client
            self.client: Any = connect(address, timeout=CONNECT_S, set_as_default=False)
        except ImportError as error:
            raise ClusterUnreachable(address, "dask is not installed: it comes with zkclear[cluster]") from error
        except OSError as error:
            raise ClusterUnreachable(address, str(error)) from error
        self.token = uuid4().hex
        self._lock = Lock()
        self._leased: set[str] = set()
        self._refused: dict[str, str] = {}

    def live(self) -> set[str]:
        """Addresses of the workers that the scheduler has. Raises `ConnectionError` when it is gone."""
        with _a_lost_scheduler_named():
            return set(self.client.scheduler_info(n_workers=-1)["workers"])

    def end_process(self, address: str | None = None) -> None:
        """Ends the pool's process on one worker, or on all of them. A cluster that is gone has ended them itself."""
        with suppress(OSError), _a_lost_scheduler_named():
            there = self.live() if address is None else self.live() & {address}
            if there:
                self.client.run(close_here, self.token, workers=sorted(there), on_error="ignore")

    def submit(self, address: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """A future of the function on this worker and nowhere else, once. Raises `ConnectionError`."""
        with _a_lost_scheduler_named():
            return self.client.submit(
                function, *arguments, workers=[address], allow_other_workers=False, pure=False, retries=0
            )

    def lease(self) -> str | None:
        """A worker for one place alone; None when there is none left."""
        live = self.live()
        with self._lock:
            free = sorted(live - self._leased - self._refused.keys())
            if free:
                self._leased.add(free[0])
            return free[0] if free else None

    def give_back(self, address: str) -> None:
        """The worker may be leased again."""
        with self._lock:
            self._leased.discard(address)

    def refuse(self, address: str, reason: str) -> None:
        """The worker is of no use to this pool."""
        with self._lock:
            self._refused[address] = reason

    def refusals(self) -> str:
        """Why workers were refused; empty when none was."""
        with self._lock:
            return "; ".join(f"{address}: {reason}" for address, reason in self._refused.items())

    def cancel(self, future: Any) -> None:
        """Nobody waits for it any more."""
        with suppress(OSError), _a_lost_scheduler_named():
            future.cancel()

    def close(self) -> None:
        """Ends the pool's processes on all workers, and the connection."""
        self.end_process()
        self.client.close(timeout=CLOSE_S)


@contextmanager
def _a_lost_scheduler_named() -> Iterator[None]:
    """Without a scheduler a client of distributed fails in any of these ways, according to what it was doing."""
    try:
        yield
    except (AttributeError, KeyError, RuntimeError, ValueError) as error:
        raise ConnectionError(f"the scheduler is gone: {error!r}") from error
