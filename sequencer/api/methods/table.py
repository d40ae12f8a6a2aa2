"""All methods by name: the dispatcher, the description and the client's users read this one table."""

from __future__ import annotations

from typing import Final

from sequencer.api.methods import access, account, market, node, order_debug, subscribing, trading
from sequencer.api.methods.method import Method

METHODS: Final[dict[str, Method]] = {
    one.name: one
    for group in (node, market, order_debug, access, trading, account, subscribing)
    for one in group.METHODS
}
