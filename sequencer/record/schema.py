"""Tables of the record. All of it is derived: an older version is thrown away, never brought up."""

from __future__ import annotations

from typing import Final

RECORD_NAME: Final = "record.db"
APPLICATION_ID: Final = 0x7A6B7265
"""`zkre`, in the header of the file."""
VERSION: Final = 1

# Stages are apart from batches: whoever proves and submits may be another process than the one that seals, and come
# first. Trades have numbers of the record's own, since liquidations have none.
TABLES: Final = (
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE counts (kind TEXT, name TEXT, value INTEGER NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID",
    """CREATE TABLE batches (
        number INTEGER PRIMARY KEY, time_s INTEGER NOT NULL, table_time_s INTEGER NOT NULL, sequence INTEGER NOT NULL,
        sealed_ms INTEGER NOT NULL, root_before BLOB NOT NULL, root_after BLOB NOT NULL, risk_root BLOB NOT NULL,
        trades INTEGER NOT NULL, operations INTEGER NOT NULL, liquidations INTEGER NOT NULL,
        settlements INTEGER NOT NULL, queue INTEGER NOT NULL, registrations INTEGER NOT NULL,
        deposits INTEGER NOT NULL, accounts INTEGER NOT NULL, words INTEGER NOT NULL)""",
    """CREATE TABLE stages (
        number INTEGER PRIMARY KEY, proved_ms INTEGER, committed_ms INTEGER, proven_ms INTEGER, executed_ms INTEGER,
        is_final INTEGER NOT NULL DEFAULT 0, gas INTEGER, proving_us INTEGER, is_mock INTEGER)""",
    """CREATE TABLE details (
        number INTEGER PRIMARY KEY, words BLOB NOT NULL, body BLOB NOT NULL)""",
    "CREATE TABLE commitments (number INTEGER PRIMARY KEY, digest BLOB NOT NULL, point BLOB NOT NULL)",
    """CREATE TABLE proofs (
        number INTEGER PRIMARY KEY, made_ms INTEGER NOT NULL, calldata BLOB NOT NULL, signals BLOB NOT NULL,
        seconds TEXT NOT NULL, tries INTEGER NOT NULL, worker TEXT NOT NULL, is_mock INTEGER NOT NULL)""",
    """CREATE TABLE trades (
        id INTEGER PRIMARY KEY, number INTEGER, sequence INTEGER NOT NULL, message INTEGER NOT NULL,
        time_ms INTEGER NOT NULL, series_id INTEGER NOT NULL, price_e2 INTEGER NOT NULL, size_e4 INTEGER NOT NULL,
        taker_buys INTEGER NOT NULL, maker INTEGER NOT NULL, taker INTEGER NOT NULL, batch INTEGER,
        liquidated INTEGER, penalty_e6 INTEGER NOT NULL, subsidy_e6 INTEGER NOT NULL, is_dropped INTEGER NOT NULL)""",
    "CREATE INDEX trades_number ON trades (number)",
    "CREATE INDEX trades_batch ON trades (batch)",
    "CREATE INDEX trades_series ON trades (series_id)",
    "CREATE INDEX trades_maker ON trades (maker)",
    "CREATE INDEX trades_taker ON trades (taker)",
    "CREATE INDEX trades_liquidated ON trades (message) WHERE liquidated IS NOT NULL",
    "CREATE INDEX trades_liquidations ON trades (id) WHERE liquidated IS NOT NULL",
    """CREATE TABLE refusals (
        id INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, what TEXT NOT NULL, account INTEGER, rule TEXT NOT NULL,
        reason TEXT NOT NULL)""",
    """CREATE TABLE dropped (
        id INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, message INTEGER NOT NULL, batch INTEGER NOT NULL,
        rule TEXT NOT NULL, reason TEXT NOT NULL, accounts TEXT NOT NULL, trades INTEGER NOT NULL,
        operations INTEGER NOT NULL, liquidations INTEGER NOT NULL)""",
    "CREATE INDEX dropped_batch ON dropped (batch)",
    """CREATE TABLE operations (
        id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, kind TEXT NOT NULL, account INTEGER NOT NULL,
        slot INTEGER NOT NULL, nonce INTEGER NOT NULL, amount_e6 INTEGER NOT NULL, receiver INTEGER,
        time_s INTEGER NOT NULL)""",
    "CREATE INDEX operations_batch ON operations (batch)",
    "CREATE INDEX operations_account ON operations (account)",
    """CREATE TABLE settlements (
        id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, account INTEGER NOT NULL, series_id INTEGER NOT NULL,
        size_e4 INTEGER NOT NULL, payoff_e2 INTEGER NOT NULL, cash_e6 INTEGER NOT NULL)""",
    "CREATE INDEX settlements_batch ON settlements (batch)",
    """CREATE TABLE accounts (
        account INTEGER PRIMARY KEY, batch INTEGER NOT NULL, time_ms INTEGER NOT NULL, account_key BLOB NOT NULL,
        cash_e6 INTEGER NOT NULL, positions TEXT NOT NULL, nonces TEXT NOT NULL, is_liquidated INTEGER NOT NULL,
        is_subsidised INTEGER NOT NULL)""",
    """CREATE TABLE history (
        account INTEGER, batch INTEGER, time_ms INTEGER NOT NULL, cash_e6 INTEGER NOT NULL, positions TEXT NOT NULL,
        nonces TEXT NOT NULL, scenarios BLOB NOT NULL, is_liquidated INTEGER NOT NULL, is_subsidised INTEGER NOT NULL,
        PRIMARY KEY (account, batch)) WITHOUT ROWID""",
    """CREATE TABLE tables (
        time_s INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, series INTEGER NOT NULL, spots TEXT NOT NULL,
        body BLOB NOT NULL)""",
    """CREATE TABLE spots (
        underlying INTEGER, time_ms INTEGER, price_e2 INTEGER NOT NULL, PRIMARY KEY (underlying, time_ms))
        WITHOUT ROWID""",
    """CREATE TABLE settlement_prices (
        underlying INTEGER, expiry_s INTEGER, price_e2 INTEGER NOT NULL, time_ms INTEGER NOT NULL,
        PRIMARY KEY (underlying, expiry_s)) WITHOUT ROWID""",
    """CREATE TABLE queue (
        place INTEGER PRIMARY KEY, kind TEXT NOT NULL, account INTEGER NOT NULL, amount_e6 INTEGER NOT NULL,
        series_id INTEGER, position_slot INTEGER, received_ms INTEGER NOT NULL, batch INTEGER, is_served INTEGER)""",
    "CREATE INDEX queue_batch ON queue (batch)",
    """CREATE TABLE transactions (
        nonce INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, state TEXT NOT NULL, hash BLOB NOT NULL,
        attempts INTEGER NOT NULL, answer TEXT NOT NULL, data_bytes INTEGER NOT NULL, sent_ms INTEGER NOT NULL,
        settled_ms INTEGER, block_number INTEGER, gas_used INTEGER, gas_price_wei INTEGER, first_batch INTEGER,
        last_batch INTEGER)""",
    "CREATE TABLE transaction_batches (batch INTEGER, nonce INTEGER, PRIMARY KEY (batch, nonce)) WITHOUT ROWID",
    """CREATE TABLE workers (
        name TEXT PRIMARY KEY, time_ms INTEGER NOT NULL, state TEXT NOT NULL, phase TEXT NOT NULL, number INTEGER,
        for_s REAL NOT NULL, process_id INTEGER, proofs INTEGER NOT NULL, failures INTEGER NOT NULL,
        last_failure TEXT NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE books (
        series_id INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, bids TEXT NOT NULL, asks TEXT NOT NULL)""",
    """CREATE TABLE log (
        id INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, level TEXT NOT NULL, source TEXT NOT NULL,
        text TEXT NOT NULL, fields TEXT NOT NULL)""",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {VERSION}",
)
