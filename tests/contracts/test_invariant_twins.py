"""The invariants in Solidity can fail: each of these defects, planted alone, breaks one of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.support.forge import needs_forge
from tests.support.forge_copies import add_switches, copy_project, replace_once, run_copy

pytestmark = [needs_forge, pytest.mark.deep]


@dataclass(frozen=True, slots=True)
class Defect:
    """A change of one place in one source; `ON` in it stands for "this defect is switched on"."""

    name: str
    file: str
    old: str
    new: str


HOUSE: Final = "ClearingHouse.sol"
DEFECTS: Final = [
    Defect(
        "e66_served_deposits_are_refunded",
        "Queue.sol",
        "|| index < _served()) revert NothingToRefund",
        "|| (!ON && index < _served())) revert NothingToRefund",
    ),
    Defect("e66_refunds_are_paid_twice", "Queue.sol", "delete _payers[index];", "if (!ON) delete _payers[index];"),
    Defect(
        "e66_deposits_do_not_add_up",
        "Queue.sol",
        "uint64(depositedE6 + amountE6)",
        "uint64(ON ? amountE6 : depositedE6 + amountE6)",
    ),
    Defect(
        "e69_two_requests_of_one_account",
        "Queue.sol",
        "_requests[account] = queueLength + 1;",
        "if (!ON) _requests[account] = queueLength + 1;",
    ),
    Defect("e70_debts_are_collected_twice", "Queue.sol", "owedE6[owner] = 0;", "if (!ON) owedE6[owner] = 0;"),
    Defect("e70_debts_are_not_added_up", "Queue.sol", "totalOwedE6 -= amountE6;", "if (!ON) totalOwedE6 -= amountE6;"),
    Defect(
        "e68_accounts_claim_twice",
        "ExitHatch.sol",
        "hasClaimed[account] = true;",
        "if (!ON) hasClaimed[account] = true;",
    ),
    Defect(
        "e68_exits_are_paid_twice", "ExitHatch.sol", "delete claimE6[account];", "if (!ON) delete claimE6[account];"
    ),
    Defect(
        "e68_the_first_gets_more",
        "ExitHatch.sol",
        "amountE6 * poolE6 / totalClaimsE6 : amountE6",
        "(ON ? (amountE6 < reserveE6() ? amountE6 : reserveE6()) : amountE6 * poolE6 / totalClaimsE6) : amountE6",
    ),
    Defect(
        "e68_late_claims_take_what_is_left_again",
        "ExitHatch.sol",
        "leftE6 -= paidE6;",
        "if (!ON) leftE6 -= paidE6;",
    ),
    Defect(
        "e68_paid_before_proven_payouts",
        "ExitHatch.sol",
        "        _requireAllExecuted();\n",
        "        if (!ON) _requireAllExecuted();\n",
    ),
    Defect(
        "e67_frozen_and_still_unproven",
        HOUSE,
        "if (proven < progress.committed) _dropAfter",
        "if (!ON && proven < progress.committed) _dropAfter",
    ),
    Defect(
        "e63_false_proofs_are_accepted",
        HOUSE,
        "if (!BATCH_VERIFIER.verifyMany(proofs, inputs)) revert",
        "if (!ON && !BATCH_VERIFIER.verifyMany(proofs, inputs)) revert",
    ),
    Defect(
        "e77_proven_batches_are_taken_back",
        HOUSE,
        "if (last < counts.proven || last",
        "if ((!ON && last < counts.proven) || last",
    ),
    Defect(
        "e77_unproven_batches_pay_out",
        HOUSE,
        "|| batch.number > counts.proven) {",
        "|| (!ON && batch.number > counts.proven)) {",
    ),
    Defect(
        "e77_batches_pay_out_twice",
        HOUSE,
        "progress.executed = counts.executed + 1;",
        "if (!ON) progress.executed = counts.executed + 1;",
    ),
    Defect(
        "e77_anybody_takes_batches_back",
        HOUSE,
        "if (block.timestamp <= overdue.committedAtS + PROOF",
        "if (!ON && block.timestamp <= overdue.committedAtS + PROOF",
    ),
    Defect(
        "e66_served_entries_are_not_counted",
        HOUSE,
        "counts.served = uint40(last.queueEnd);",
        "if (!ON) counts.served = uint40(last.queueEnd);",
    ),
    Defect(
        "e67_anybody_commits_at_once",
        HOUSE,
        "if (msg.sender != operator && block",
        "if (!ON && msg.sender != operator && block",
    ),
    Defect(
        "e66_requests_that_were_not_served_are_paid",
        HOUSE,
        "bool isServed = header >> (Layout.HEADER_SERVED_AT + i) & 1 == 1;",
        "bool isServed = ON || header >> (Layout.HEADER_SERVED_AT + i) & 1 == 1;",
    ),
    Defect(
        "j130_anybody_becomes_the_operator",
        HOUSE,
        "if (msg.sender != proposedOperator) revert",
        "if (!ON && msg.sender != proposedOperator) revert",
    ),
    Defect(
        "f84_reports_go_back_in_time", "Oracle.sol", "if (timeS <= last) revert", "if (!ON && timeS <= last) revert"
    ),
    Defect("f85_prices_are_settled_again", "Oracle.sol", "if (before != 0) revert", "if (!ON && before != 0) revert"),
    Defect(
        "j132_liars_move_the_price",
        "Oracle.sol",
        "        _requireNear(prices[0]",
        "        if (!ON) _requireNear(prices[0]",
    ),
]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with all defects in it, switched off."""
    folder = copy_project(tmp_path_factory.mktemp("twins"))
    for number, defect in enumerate(DEFECTS, start=1):
        replace_once(folder / "src" / defect.file, defect.old, defect.new.replace("ON", f"isMutant({number})"))
    add_switches(folder, sorted({folder / "src" / defect.file for defect in DEFECTS}))
    return folder


def test_g10_invariants_hold_over_a_million_calls(tmp_path: Path) -> None:
    """12 x 256 sequences of 500 calls, all of them different, all sixteen statements after each. Some minutes."""
    run = run_copy(copy_project(tmp_path), ["--match-contract", "HouseInvariantTest"], INVARIANT_RUNS=12 * 256)
    assert run.passed, run.output
    assert f"(runs: {12 * 256}, calls: {12 * 256 * 500}, reverts: 0)" in run.output


def holds(folder: Path, mutant: int) -> bool:
    arguments = ["--match-contract", "InvariantTest"]
    return run_copy(folder, arguments, mutant, INVARIANT_RUNS=64, INVARIANT_SHRINK_RUN_LIMIT=0).passed


def test_invariants_hold_when_no_defect_is_on(planted: Path) -> None:
    assert holds(planted, 0)


@pytest.mark.parametrize("number", range(1, len(DEFECTS) + 1), ids=[defect.name for defect in DEFECTS])
def test_planted_defect_breaks_an_invariant_twin(planted: Path, number: int) -> None:
    assert not holds(planted, number)
