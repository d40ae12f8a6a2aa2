"""The time of a chain whose clock is not the world's: a local one, that is set forward."""

from __future__ import annotations

from dataclasses import dataclass, field

from sequencer.l1.client import Chain


@dataclass
class ChainClock:
    """Unix seconds of the latest block. Can be sent to another process, which then asks the node by itself."""

    url: str
    _chain: Chain | None = field(default=None, init=False, repr=False, compare=False)

    def __call__(self) -> float:
        """One request. Raises what `Chain` raises."""
        chain = self._chain = self._chain or Chain(self.url)
        return chain.block_time_s()

    def __getstate__(self) -> str:
        return self.url

    def __setstate__(self, url: str) -> None:
        self.url, self._chain = url, None
