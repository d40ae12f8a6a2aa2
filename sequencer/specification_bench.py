"""How fast the specification applies batches on native hashes and signatures, on one core.

`python -m sequencer.specification_bench`: full batches of each preset, with something of every kind; what is timed is
`apply_batch`: signatures, rules, margin, leaves and paths of the tree, words.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from time import process_time

from circuits.settlement.sample import Venue, sample
from prover.kernels import load_kernels
from rollup.batch_application import apply_batch
from rollup.crypto import Claim
from rollup.presets import LARGE, XL, Preset
from sequencer.native_crypto import NativeCrypto


@dataclass(frozen=True, slots=True)
class Throughput:
    """Trades and batches that were applied, in how many seconds of one core, and how many of these for signatures."""

    preset: str
    trades: int
    batches: int
    seconds: float
    signatures_s: float

    @property
    def trades_per_s(self) -> float:
        """All else that the batches hold counts as part of their trades."""
        return self.trades / self.seconds

    def __str__(self) -> str:
        return (
            f"{self.preset}: {self.trades_per_s:,.0f} trades/s applied; {self.trades:,} trades in {self.batches} "
            f"batches, {1e3 * self.seconds / self.batches:.1f} ms each, {1e3 * self.signatures_s / self.batches:.1f} "
            "of them for signatures"
        )


class TimedSignatures(NativeCrypto):
    """Native crypto that knows how long it verified."""

    seconds = 0.0

    def verify_many(self, claims: Sequence[Claim]) -> list[bool]:
        """Whether each claim is true."""
        start = process_time()
        verdicts = super().verify_many(claims)
        self.seconds += process_time() - start
        return verdicts


def measure(preset: Preset, batches: int, seed: int = 1) -> Throughput:
    """Each batch on a state of its own, all of them made beforehand. Raises `RuleBroken` if one is refused."""
    crypto = TimedSignatures(load_kernels(threads=1))
    made = [
        sample(Venue(preset, Random(seed + number), crypto, crypto.sign, crypto.public_key))
        for number in range(batches)
    ]
    start = process_time()
    trades = sum(len(apply_batch(one.state, one.table, one.batch, preset).outcome.batch.trades) for one in made)
    return Throughput(preset.name, trades, batches, process_time() - start, crypto.seconds)


def main(arguments: Sequence[str]) -> None:
    """Prints a line for each preset; the argument is the number of trades."""
    count = int(arguments[0]) if arguments else 5_000
    for preset in (LARGE, XL):
        sys.stdout.write(f"{measure(preset, -(-count // preset.trades))}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
