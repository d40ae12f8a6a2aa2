"""What the node must not forget: the log of accepted messages, and beside it what other rooms keep, in one SQLite file."""

from sequencer.store.database import Database
from sequencer.store.opening import open_database
from sequencer.store.schema import apply_schema

__all__ = ["Database", "apply_schema", "open_database"]
