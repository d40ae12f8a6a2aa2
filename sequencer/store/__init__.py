"""What the node must not forget: the log of accepted messages, and beside it what other rooms keep, in one file."""

from sequencer.store.backup import back_up, restore_backup
from sequencer.store.chain import LogEntry, LogHead, row_checksum
from sequencer.store.database import Database, SqliteDatabase
from sequencer.store.errors import (
    BackupRefused,
    ConstraintBroken,
    DiskFailed,
    DiskFull,
    DiskReadOnly,
    FencedOff,
    LockHeld,
    LogBroken,
    LogCorrupt,
    NotAStore,
    SchemaTooNew,
    StatementFailed,
    StoreBusy,
    StoreError,
    TransactionMisuse,
)
from sequencer.store.event_log import EventLog
from sequencer.store.fence import Fence
from sequencer.store.opening import open_database
from sequencer.store.proof_cache import ProofCache
from sequencer.store.schema import apply_schema
from sequencer.store.verification import Verified, verify

__all__ = [
    "BackupRefused",
    "ConstraintBroken",
    "Database",
    "DiskFailed",
    "DiskFull",
    "DiskReadOnly",
    "EventLog",
    "Fence",
    "FencedOff",
    "LockHeld",
    "LogBroken",
    "LogCorrupt",
    "LogEntry",
    "LogHead",
    "NotAStore",
    "ProofCache",
    "SchemaTooNew",
    "SqliteDatabase",
    "StatementFailed",
    "StoreBusy",
    "StoreError",
    "TransactionMisuse",
    "Verified",
    "apply_schema",
    "back_up",
    "open_database",
    "restore_backup",
    "row_checksum",
    "verify",
]
