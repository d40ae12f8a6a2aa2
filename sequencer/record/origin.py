"""Whether a record is of the log beside it: a backup that was put back, or another run, makes it another's."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sequencer.store.errors import StoreError
from sequencer.store.reading import open_reader

LOG_NAME: Final = "node.db"
ENTRY: Final = "SELECT digest FROM log WHERE sequence = ?"


def is_of_log(path: Path, sequence: int, digest: bytes) -> bool:
    """Whether the log beside a record has this digest after this entry; true where nobody can say."""
    log = path.with_name(LOG_NAME)
    if not digest or not log.is_file():
        return True
    try:
        with open_reader(log) as reader:
            return reader.execute(ENTRY, (sequence,)) == [(digest,)]
    except StoreError:
        return True  # whoever opens the log says what is wrong with it
