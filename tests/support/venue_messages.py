"""Any message at all, for hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from primitives.eddsa import Signature
from primitives.field import FR
from rollup.types.orders import Cancel, Order, SignedOperation, SignedOrder, Transfer, Withdrawal
from rollup.types.series import OptionKind, Series, SeriesRow
from rollup.types.transactions import Deposit, ForcedCloseOut, ForcedWithdrawal, Registration
from rollup.units import COLUMNS, MAX_ORDER_SIZE_E4
from sequencer.matching import OrderRequest, QuoteLeg, TimeInForce
from sequencer.messages import (
    AllowSession,
    CancelOrder,
    EndBatch,
    EndSession,
    NewTable,
    Operate,
    PlaceOrder,
    ReceiveQueue,
    SetStress,
    TakeQuote,
)


def below(bits: int, minimum: int = 0) -> st.SearchStrategy[int]:
    """All integers of so many bits, the corners often."""
    most = (1 << bits) - 1
    return st.one_of(st.integers(minimum, most), st.sampled_from((minimum, most)))


ANY_32 = st.one_of(below(256), st.sampled_from((0, 1, FR - 1, FR)))
SIGNATURES = st.builds(Signature, st.tuples(ANY_32, ANY_32), ANY_32)
KEYS = st.tuples(st.integers(0, FR - 1), st.integers(0, FR - 1))
ACCOUNTS, TIMES, PRICES, SLOTS, NONCES = below(24), below(32), below(40), below(3), below(32, 1)
ORDERS = st.builds(
    Order,
    ACCOUNTS,
    below(24, 1),
    st.booleans(),
    PRICES,
    st.integers(1, MAX_ORDER_SIZE_E4),
    below(20),
    TIMES,
    SLOTS,
    NONCES,
)
SIGNED = st.builds(SignedOrder, ORDERS, SIGNATURES)
REQUESTS = st.one_of(
    st.builds(OrderRequest, SIGNED, st.sampled_from(TimeInForce), st.just(value=False), st.booleans()),
    st.builds(OrderRequest, SIGNED, st.just(TimeInForce.GOOD_TILL_EXPIRY), st.booleans(), st.booleans()),
)
OPERATIONS = st.one_of(
    st.builds(Cancel, ACCOUNTS, SLOTS, NONCES),
    st.builds(Transfer, ACCOUNTS, SLOTS, NONCES, ACCOUNTS, below(63, 1)),
    st.builds(Withdrawal, ACCOUNTS, SLOTS, NONCES, below(63, 1)),
)
ENTRIES = st.one_of(
    st.builds(Registration, ACCOUNTS, below(63), KEYS),
    st.builds(Deposit, ACCOUNTS, below(63)),
    st.builds(ForcedWithdrawal, ACCOUNTS, below(63)),
    st.builds(ForcedCloseOut, ACCOUNTS, below(4), below(24, 1)),
)
SERIES = st.builds(Series, below(24, 1), below(16), TIMES, PRICES, st.sampled_from(OptionKind))
ROWS = st.builds(SeriesRow, SERIES, st.booleans(), st.lists(PRICES, min_size=COLUMNS, max_size=COLUMNS).map(tuple))
LEGS = st.builds(QuoteLeg, SIGNED, SIGNED, PRICES, below(40, 1))
SPOTS = st.tuples(below(16), PRICES)


def some(strategy: st.SearchStrategy[Any], least: int, most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    """A few of them."""
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


MESSAGES: dict[str, st.SearchStrategy[Any]] = {
    "PlaceOrder": st.builds(PlaceOrder, REQUESTS),
    "CancelOrder": st.builds(CancelOrder, ACCOUNTS, SLOTS, NONCES),
    "Operate": st.builds(Operate, st.builds(SignedOperation, OPERATIONS, SIGNATURES)),
    "TakeQuote": st.builds(TakeQuote, some(LEGS, 1)),
    "ReceiveQueue": st.builds(ReceiveQueue, below(40), some(ENTRIES, 1)),
    "NewTable": st.builds(NewTable, TIMES, some(ROWS, 0), some(SPOTS, 0)),
    "SetStress": st.builds(SetStress, st.booleans()),
    "EndBatch": st.builds(EndBatch, TIMES),
    "AllowSession": st.builds(AllowSession, ACCOUNTS, KEYS, TIMES),
    "EndSession": st.builds(EndSession, ACCOUNTS, KEYS),
}
ANY_MESSAGE = st.one_of(*MESSAGES.values())
