"""Settings files of oracles whose exchanges are a server of this machine, and keys of a committee."""

from __future__ import annotations

from pathlib import Path

from sequencer.oracles.listings import ListingRules, expiries
from sequencer.oracles.settings_example import EXAMPLE
from tests.support.exchange_answers import Exchange, series_of
from tests.support.markets_oracles import keys

EXAMPLE_BASES = {
    'kind = "deribit"\n': "/api/v2",
    'kind = "okx-options"\n': "",
    'kind = "exchange"\n': "",
}


def example_at(url: str, **changes: str) -> str:
    """The example that `zkclear node init` writes, with all its exchanges at one address, and a few lines changed."""
    text = EXAMPLE
    for line, path in EXAMPLE_BASES.items():
        text = text.replace(line, f'{line}base = "{url}{path}"\n')
    for name, value in changes.items():
        lines = text.splitlines()
        place = next(number for number, line in enumerate(lines) if line.startswith(f"{name} ="))
        text = "\n".join([*lines[:place], f"{name} = {value}", *lines[place + 1 :]]) + "\n"
    return text


def exchange_at(now_s: int) -> Exchange:
    """All that the example lists is traded there."""
    rules = ListingRules(strikes=7, step_e2=200_000, days=2, fridays=4)
    return Exchange(now_s=now_s, series=series_of(*expiries(rules, now_s), strikes=9))


def write_keys(folder: Path, count: int, of: int = 3) -> list[str]:
    """Files of bare keys of the first members; their names."""
    names = []
    for number, account in enumerate(keys(of)[:count]):
        path = folder / f"oracle-{number}.key"
        path.write_text(account.key.hex() + "\n", encoding="ascii")
        path.chmod(0o600)
        names.append(path.name)
    return names
