"""A recovered state as JSON: whole accounts with their positions, and the batch after which they stand so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from prover.formats.atomic import AtomicFile
from rollup.types.accounts import Account
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.recovery import Recovered

FORMAT: Final = 1


def state_as_data(recovered: Recovered, deployment: RollupDeployment) -> dict[str, Any]:
    """Field elements are decimal text, since JSON's readers cut them; all else are integers."""
    return {
        "format": FORMAT,
        "chain_id": deployment.chain_id,
        "clearing_house": deployment.clearing_house,
        "preset": recovered.preset.name,
        "batch": recovered.last.number,
        "state_root": str(recovered.state.root),
        "risk_root": str(recovered.last.risk_root),
        "accounts": [_account(account_id, account) for account_id, account in recovered.state.accounts()],
    }


def write_state(path: Path, recovered: Recovered, deployment: RollupDeployment) -> None:
    """Writes the file, whole or not at all."""
    text = json.dumps(state_as_data(recovered, deployment), indent=1)
    with AtomicFile(path) as file:
        file.write(text.encode() + b"\n")


def _account(account_id: int, account: Account) -> dict[str, Any]:
    return {
        "account": account_id,
        "key": [str(coordinate) for coordinate in account.key],
        "cash_e6": account.cash_e6,
        "positions": [
            {"slot": slot, "series": position.series_id, "size_e4": position.size_e4}
            for slot, position in enumerate(account.positions)
            if position.size_e4
        ],
        "orders": [str(order.packed) for order in account.orders],
    }
