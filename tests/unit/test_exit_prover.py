"""Exits from a state and a table to verified proofs; development keys on disk."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from circuits.settlement.sample import sample
from prover.groth16.verify import verify
from rollup.errors import UnknownAccount
from rollup.exits import trace_exit
from rollup.presets import TINY
from sequencer.development_keys import exit_key
from sequencer.exit_prover import ExitProver
from tests.support.kernels import fastest
from tests.support.settlement import venue_of


def test_an_exit_is_proven_under_a_key_from_disk(tmp_path: Path) -> None:
    found = sample(venue_of(Random(3)))
    key = exit_key(TINY, fastest(), tmp_path)
    (path,) = tmp_path.iterdir()
    written = path.stat().st_mtime_ns
    prover = ExitProver(TINY, exit_key(TINY, fastest(), tmp_path), fastest())
    assert path.stat().st_mtime_ns == written
    assert (key.ic == exit_key(TINY, fastest(), tmp_path).ic).all()
    for account in (0, 2, 3):
        proven = prover.prove_exit(trace_exit(found.state, found.table, account, TINY))
        claim = proven.claim
        assert proven.public_signals == (claim.state_root, claim.risk_root, claim.account_id, claim.amount_e6)
        for i in range(4):
            wrong = [value + (i == place) for place, value in enumerate(proven.public_signals)]
            assert not verify(prover.verification_key, wrong, proven.proof, fastest())


def test_nobody_leaves_who_is_not_there() -> None:
    found = sample(venue_of(Random(3)))
    with pytest.raises(UnknownAccount):
        trace_exit(found.state, found.table, 60, TINY)
