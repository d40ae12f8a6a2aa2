"""Properties of the contracts for all values: halmos where bits move, z3's integers where numbers multiply."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import z3  # type: ignore[import-untyped]

from bootstrap.auditors import auditor
from tests.support.forge import CONTRACTS, FORGE, needs_forge
from tests.support.forge_copies import replace_once

deep = pytest.mark.deep

# What the properties are about; the rest would only take time to compile.
SOURCES: Final = ("Queue.sol", "TestDollar.sol", "interfaces", "generated", "libraries", "types")


@dataclass(frozen=True, slots=True)
class Property:
    """A check of halmos, and a defect that it finds: `old` replaced by `new` in a source."""

    contract: str
    name: str
    file: str
    old: str
    new: str


WORDS: Final = "libraries/Words.sol"
PROPERTIES: Final = [
    Property(
        "Word",
        "check_evaluation_is_horners_rule",
        WORDS,
        "mload(place), R)\n                place := sub(place, 0x20)",
        "add(mload(place), 1), R)\n                place := sub(place, 0x20)",
    ),
    Property(
        "Word",
        "check_evaluation_changes_no_word",
        WORDS,
        "                place := sub(place, 0x20)\n",
        "                mstore(place, value)\n                place := sub(place, 0x20)\n",
    ),
    Property("Word", "check_words_go_where_they_belong", WORDS, "shl(5, start)", "shl(4, start)"),
    Property("Word", "check_words_are_below_the_field", WORDS, "shr(8, calldataload(from))", "calldataload(from)"),
    Property(
        "Median",
        "check_prices_ascend",
        "libraries/Medians.sol",
        "prices[count - 1] > price",
        "prices[count - 1] < price",
    ),
    Property(
        "Median",
        "check_half_is_on_each_side_of_the_middle",
        "libraries/Medians.sol",
        "prices[(prices.length - 1) / 2]",
        "prices[prices.length - 1]",
    ),
    Property(
        "Queue",
        "check_deposits_add_up_below_two_to_the_63",
        "Queue.sol",
        "amountE6 >= (1 << Layout.CASH_BITS) - depositedE6",
        "amountE6 >= (1 << Layout.CASH_BITS)",
    ),
    Property(
        "Queue",
        "check_words_hold_their_fields",
        "Queue.sol",
        "account << Layout.QUEUE_ACCOUNT_AT |",
        "account << Layout.QUEUE_AMOUNT_AT |",
    ),
    Property(
        "Queue",
        "check_close_outs_hold_their_fields",
        "Queue.sol",
        "bool fits = positionSlot <",
        "bool fits = true || 1 <",
    ),
    Property(
        "Queue",
        "check_queued_is_what_was_not_served",
        "Queue.sol",
        "_depositedBy(served - 1)) -",
        "_depositedBy(served)) -",
    ),
    Property(
        "Queue",
        "check_refunds_are_what_was_paid",
        "Queue.sol",
        "|| index < _served()",
        "",
    ),
    Property(
        "Queue",
        "check_one_request_at_a_time",
        "Queue.sol",
        "if (last > _served()) revert",
        "if (last > _served() + 1) revert",
    ),
    Property(
        "Dollar",
        "check_transfers_make_nothing",
        "TestDollar.sol",
        "balanceOf[to] += value;\n        emit Transfer(from",
        "balanceOf[to] = balance + value;\n        emit Transfer(from",
    ),
    Property(
        "Dollar",
        "check_nobody_spends_more_than_allowed",
        "TestDollar.sol",
        "allowance[from][msg.sender] = allowed - value;",
        "allowance[from][msg.sender] = allowed;",
    ),
]


def copy_symbolic(folder: Path) -> Path:
    for name in SOURCES:
        source = CONTRACTS / "src" / name
        target = folder / "src" / name
        target.parent.mkdir(exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    shutil.copytree(CONTRACTS / "tools", folder / "tools")
    shutil.copytree(CONTRACTS / "test" / "symbolic", folder / "test")
    for path in (folder / "test").iterdir():
        path.write_text(path.read_text("utf-8").replace("../../src/", "../src/"), "utf-8")
    shutil.copy(CONTRACTS / "foundry.toml", folder)
    replace_once(folder / "foundry.toml", 'out = "build/forge"', 'out = "out"')
    (folder / "node_modules").symlink_to(CONTRACTS / "node_modules")
    return folder


def halmos(folder: Path, contract: str, function: str) -> dict[str, str]:
    """Verdicts by the names of checks: PASS, FAIL, TIMEOUT, ERROR. All loops are unrolled to their end."""
    command: list[str | Path] = [auditor("halmos"), "--contract", f"{contract}Properties", "--function", function]
    finished = subprocess.run(
        [*command, "--loop", "16", "--solver-timeout-assertion", "60000"],
        cwd=folder,
        env={**os.environ, "PATH": f"{FORGE.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    output = re.sub(r"\x1b\[[0-9;]*m", "", finished.stdout + finished.stderr)
    assert "loop unrolling bound" not in output, output
    found = dict(reversed(pair) for pair in re.findall(r"\[(PASS|FAIL|TIMEOUT|ERROR)\] (check_\w+)", output))
    assert found, output
    return found


@needs_forge
@deep
def test_g11_properties_hold_for_all_values(tmp_path: Path) -> None:
    folder = copy_symbolic(tmp_path)
    verdicts: dict[str, str] = {}
    for contract in ("Word", "Median", "Queue", "Dollar"):
        verdicts |= halmos(folder, contract, "check_")
    assert verdicts == {one.name: "PASS" for one in PROPERTIES}


@needs_forge
@deep
@pytest.mark.parametrize("planted", PROPERTIES, ids=[one.name for one in PROPERTIES])
def test_g11_property_fails_when_a_defect_is_planted_twin(tmp_path: Path, planted: Property) -> None:
    folder = copy_symbolic(tmp_path)
    replace_once(folder / "src" / planted.file, planted.old, planted.new)
    assert halmos(folder, planted.contract, planted.name)[planted.name] == "FAIL"


# Products of unknowns: the contract's formulas over integers, where they do not wrap (bounds as in the contract).


def impossible(*statements: Any) -> bool:
    solver = z3.Solver()
    solver.set("timeout", 60_000)
    solver.add(*statements)
    answer = solver.check()
    assert answer != z3.unknown, "z3 gave up"
    return bool(answer == z3.unsat)


def shares(claims: int, *, rounded_up: bool = False) -> tuple[list[Any], Any, Any, list[Any]]:
    """Claims, the pool, their sum, and quotients `q <= claim * pool / total < q + 1`, as facts."""
    amounts = [z3.Int(f"claim{i}") for i in range(claims)]
    quotients = [z3.Int(f"paid{i}") for i in range(claims)]
    pool, total = z3.Int("pool"), z3.Int("total")
    facts = [amount > 0 for amount in amounts] + [total == z3.Sum(amounts), pool >= 0, pool < total]
    for amount, paid in zip(amounts, quotients, strict=True):
        product = amount * pool
        facts += (
            [paid * total >= product, (paid - 1) * total < product]
            if rounded_up
            else [
                paid * total <= product,
                product < (paid + 1) * total,
            ]
        )
    return quotients, pool, total, facts


@pytest.mark.parametrize("claims", [1, 2, 3, 4])
def test_e68_shares_never_exceed_the_pool(claims: int) -> None:
    """Sum of paid * total <= sum of claims * pool = total * pool, so the sum of paid is not above the pool."""
    paid, pool, total, facts = shares(claims)
    added = z3.Sum(paid) * total <= total * pool
    # Each paid * total is at most its product; the sum of products is total * pool by the definition of total.
    assert impossible(*facts, z3.Not(added))
    some, whole, limit = z3.Ints("some whole limit")
    assert impossible(whole > 0, some * whole <= limit * whole, some > limit)


def test_e68_shares_rounded_up_exceed_the_pool_twin() -> None:
    paid, pool, _, facts = shares(2, rounded_up=True)
    assert not impossible(*facts, z3.Sum(paid) > pool)


def test_e68_product_of_claim_and_pool_does_not_wrap() -> None:
    """An exit proof shows less than 2^64, and there are fewer than 2^24 accounts."""
    claim, pool = z3.Ints("claim pool")
    bounds = [claim >= 0, claim < 2**64, pool >= 0, pool < 2**88]
    assert impossible(*bounds, claim * pool >= 2**256)
    assert not impossible(*bounds, claim * pool >= 2**151)


def liars_move(spread_e4: int) -> bool:
    """Whether two of three can settle more than 1 % away from what the third saw."""
    honest, low, middle, high = z3.Ints("honest low middle high")
    near = (high - low) * 10_000 <= low * spread_e4
    is_heard = z3.Or(honest == low, honest == middle, honest == high)
    is_far = z3.Or(middle * 100 > honest * 101, honest * 100 > middle * 101)
    return not impossible(low > 0, low <= middle, middle <= high, high < 2**40, near, is_heard, is_far)


def test_j132_a_price_is_within_one_percent_of_an_honest_one() -> None:
    assert not liars_move(100)


def test_j132_a_wider_spread_lets_liars_move_the_price_twin() -> None:
    assert liars_move(201)
