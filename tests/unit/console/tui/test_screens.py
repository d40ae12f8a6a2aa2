"""Every pane, on a small screen and on a large one: what it is for is there."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual.pilot import Pilot

from console.tui.app import ZkclearTui
from console.tui.screenshots import settled
from tests.support.prover_pool import key_file
from tests.support.recorded_run import RecordedRun
from tests.support.tui_runs import PROVEN, pilot_run, press, seen

SMALL, LARGE = (80, 24), (160, 50)
SIZES = [SMALL, LARGE]


def looked_at(
    told: RecordedRun, size: tuple[int, int], keys: Sequence[str], batch: int | None = None, *, light: bool = False
) -> str:
    """What is on the screen after some keys, with the cursor on a batch before."""
    found: list[str] = []

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        if batch is not None:
            tui.go_to_batch(batch)
            await settled(tui, pilot)
        await press(tui, pilot, *keys)
        found.append(seen(tui))

    pilot_run(told.folder, size, scene, key=key_file(), light=light)
    return found[0]


def has(screen: str, *words: str) -> list[str]:
    """Those that are not there."""
    return [word for word in words if word not in screen]


def fits(screen: str, size: tuple[int, int]) -> bool:
    """Nothing is wider or longer than the screen."""
    lines = screen.split("\n")
    return len(lines) == size[1] and all(len(line) <= size[0] for line in lines)


@pytest.mark.parametrize("size", SIZES)
def test_batches(told: RecordedRun, size: tuple[int, int]) -> None:
    screen = looked_at(told, size, ())
    assert fits(screen, size)
    assert not has(screen, "1 Batches", "8 Logs", "batch", "status", "gas", "proving", "state root", "? keys", "q quit")
    assert not has(screen, "○ sealed", "◑ committed", "● executed", f"{told.batches[0].applied.roots.after:#066x}"[:8])
    assert not has(screen, "tiny", "sealed", "proven", "executed", "alarm", "ended")


def test_a_wide_screen_has_times_and_the_batch_beside(told: RecordedRun) -> None:
    screen = looked_at(told, LARGE, (), batch=1)
    assert not has(
        screen, "to commit", "to proven", "proof made", "proven on L1", "root before", "words in use", "final"
    )


@pytest.mark.parametrize("size", SIZES)
def test_the_words_of_a_batch(told: RecordedRun, size: tuple[int, int]) -> None:
    batch = next(one for one in told.batches if one.batch.trades)
    screen = looked_at(told, size, ("enter",), batch.number)
    trade = batch.batch.trades[0]
    buyer = trade.maker.order if trade.maker.order.is_buy else trade.taker.order
    assert fits(screen, size)
    assert not has(
        screen, f"2 Batch {batch.number}", "header", "roots", f"trade 0         {buyer.account} buys", "BTC-"
    )
    assert not has(screen, "proof made", "committed", "executed", "digest", "risk root", "Postings", "Refused")


@pytest.mark.parametrize("size", SIZES)
def test_the_postings_of_a_batch_with_their_sum(told: RecordedRun, size: tuple[int, int]) -> None:
    batch = next(one for one in told.batches if one.batch.trades)
    screen = looked_at(told, size, ("enter", "right_square_bracket"), batch.number)
    assert fits(screen, size)
    assert not has(screen, "asset", "amount (USDC or contracts)", "cash", "sum of cash 0.00")


@pytest.mark.parametrize("size", SIZES)
def test_the_accounts_of_a_batch_before_and_after(told: RecordedRun, size: tuple[int, int]) -> None:
    batch = next(one for one in told.batches if one.batch.liquidations or one.batch.trades)
    screen = looked_at(told, size, ("enter", *["right_square_bracket"] * 2), batch.number)
    touched = batch.applied.outcome.touched[-1]
    assert touched.before is not None
    assert fits(screen, size)
    for account in (touched.before, touched.after):
        assert f"{account.cash_e6 / 1e6:,.2f}" in screen


@pytest.mark.parametrize("size", SIZES)
def test_which_rule_refused_what(told: RecordedRun, size: tuple[int, int]) -> None:
    refused = {type(error).__name__ for _, error in told.refused}
    screens: list[str] = []

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        tui.go_to_batch(1)
        await press(tui, pilot, "enter", *["right_square_bracket"] * 3)
        for _ in told.batches:
            await press(tui, pilot, "n")
            screens.append(seen(tui))

    pilot_run(told.folder, size, scene)
    assert refused
    for rule in refused:
        assert any(rule[:20] in screen and "order" in screen for screen in screens), rule


@pytest.mark.parametrize("size", SIZES)
def test_a_proof_is_checked_here_and_now(told: RecordedRun, size: tuple[int, int]) -> None:
    screen = looked_at(told, size, ("p",), PROVEN)
    assert fits(screen, size)
    assert "valid: every check holds" in screen
    assert not has(
        screen, *(f"✓ {name}" for name in ("A on the curve", "B in the subgroup", "C on the curve", "pairing"))
    )
    assert not has(screen, "✓ digest of the words", "✓ digest on L1", "✓ point", "✓ evaluation", "✓ calldata")
    assert f"{told.proofs[PROVEN - 1].public_signals[0]:#066x}"[:20] in screen


def test_points_and_calldata_stand_below(told: RecordedRun) -> None:
    screen = looked_at(told, LARGE, ("p", "end"), 1)
    proof = told.proofs[0].proof
    assert proof.c is not None
    assert not has(screen, "C.y", f"{proof.c[1]:#066x}", "calldata", f"{proof.c[1]:064x}", "witness")


@pytest.mark.parametrize("size", SIZES)
def test_a_proof_that_does_not_hold_says_which_check_fails(told: RecordedRun, size: tuple[int, int]) -> None:
    screen = looked_at(told, size, ("p",), PROVEN + 1)
    assert not has(screen, "MOCK", "✗ pairing", "✗ evaluation", "NOT VALID: evaluation, pairing", "✓ digest on L1")


@pytest.mark.parametrize("size", SIZES)
def test_accounts(told: RecordedRun, size: tuple[int, int]) -> None:
    screen = looked_at(told, size, ("4",))
    assert fits(screen, size)
    assert not has(screen, "account", "equity USDC", "maintenance", "to liquidation", "0 fees", "1 insurance", " %")


@pytest.mark.parametrize("size", SIZES)
def test_one_account(told: RecordedRun, size: tuple[int, int]) -> None:
    screen = looked_at(told, size, ("4", "enter"))
    assert fits(screen, size)
    assert not has(screen, "Account ", "equity by scenario", "vol. up", "extreme", "vol. down", "positions", "delta")
    assert not has(screen, "distance to liquidation", "if all underlyings", "they move")


def test_an_account_has_a_history(told: RecordedRun) -> None:
    screen = looked_at(told, LARGE, ("4", "enter"))
    liquidated = next(batch for batch in told.batches if batch.batch.liquidations)
    assert "after its last batches" in screen
    assert any(line.endswith("liquidated") and f" {liquidated.number} " in line for line in screen.split("\n"))


@pytest.mark.parametrize("size", SIZES)
def test_the_heat_map(told: RecordedRun, size: tuple[int, int]) -> None:
    screen = looked_at(told, size, ("4", "m"))
    assert fits(screen, size)
    assert not has(screen, "mark", " 16", "all lost", "doubled", "below 0")


@pytest.mark.parametrize("size", SIZES)
def test_the_market(told: RecordedRun, size: tuple[int, int]) -> None:
    screen = looked_at(told, size, ("5", "G", "k"))
    assert fits(screen, size)
    assert not has(screen, "series", "bid USD", "ask USD", "mark USD", "delta", "price USD", "size", "BTC-")
    assert not has(screen, "spread", "orders")


@pytest.mark.parametrize("size", SIZES)
def test_l1_and_the_oracles(told: RecordedRun, size: tuple[int, int]) -> None:
    expected = (
        ("forced withdrawal", "register", "deposit", "250,000.00", "served"),
        ("commit", "prove", "execute", "171,331", "done", "sent"),
        ("signed UTC", "spots USD", "BTC "),
        ("underlying", "since start", "path", "BTC"),
        ("settled at USD", "38,000.00"),
        ("cash USDC", "BTC-"),
    )
    screens: list[str] = []

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        await press(tui, pilot, "6")
        for _ in expected:
            screens.append(seen(tui))
            await press(tui, pilot, "right_square_bracket")
        assert seen(tui) == screens[0]

    pilot_run(told.folder, size, scene)
    for screen, words in zip(screens, expected, strict=True):
        assert fits(screen, size)
        assert not has(screen, "Queue", "Transactions", "Tables", "Spots", "Prices", "Settled", *words)


@pytest.mark.parametrize("size", SIZES)
def test_provers(told: RecordedRun, size: tuple[int, int]) -> None:
    screen = looked_at(told, size, ("7",))
    assert fits(screen, size)
    assert not has(screen, "worker 1", "proving", "witness", "starting", "median of the latest", "a whole proof")


@pytest.mark.parametrize("size", SIZES)
def test_logs(told: RecordedRun, size: tuple[int, int]) -> None:
    screen = looked_at(told, size, ("8",))
    assert fits(screen, size)
    assert not has(screen, "ALARM", "warning", "the node is ready", "port=7070")


@pytest.mark.parametrize("size", SIZES)
def test_the_help(told: RecordedRun, size: tuple[int, int]) -> None:
    screen = looked_at(told, size, ("4", "question_mark"))
    assert fits(screen, size)
    assert not has(screen, "Keys", "Accounts", "equity of every account in every scenario", "Everywhere")


def test_light_and_dark_say_the_same(told: RecordedRun) -> None:
    assert looked_at(told, SMALL, ("4",), light=True) == looked_at(told, SMALL, ("4",))


@pytest.mark.parametrize("size", [(40, 12), (60, 16), (220, 60)])
def test_other_sizes_are_drawn_too(told: RecordedRun, size: tuple[int, int]) -> None:
    screens: list[str] = []

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        for key in ("enter", "p", "4", "enter", "escape", "m", "5", "6", "7", "8"):
            await press(tui, pilot, key)
            screens.append(seen(tui))

    pilot_run(told.folder, size, scene)
    assert all(fits(screen, size) for screen in screens)
