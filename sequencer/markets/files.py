"""Files of market data, row by row, plain or gzipped; what is wrong is named by file and line."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TypeVar

from rollup.errors import RollupError
from sequencer.markets.errors import DataMissing, MalformedRow, MarketDataError

T = TypeVar("T")


def read_rows(path: Path, columns: Sequence[str], convert: Callable[[dict[str, str]], T | None]) -> Iterator[T]:
    """What `convert` makes of each row with these columns, and others; rows for which it returns None are left out.

    Raises `DataMissing`, and `MalformedRow` for a row without a column, with more cells than the header has, or which
    `convert` refuses by `MarketDataError`.
    """
    with open_text(path) as file:
        reader = csv.DictReader(file, restval=None)
        _check_header(path, _guarded(path, reader, lambda: reader.fieldnames), columns)
        while (row := _guarded(path, reader, lambda: next(reader, None))) is not None:
            if None in row or None in row.values():
                raise MalformedRow(path, reader.line_num, f"it must have {len(reader.fieldnames or ())} cells")
            try:
                made = convert(row)
            except (MarketDataError, RollupError) as error:
                raise MalformedRow(path, reader.line_num, str(error)) from error
            if made is not None:
                yield made


def open_text(path: Path) -> IO[str]:
    """A file as text; names that end in `.gz` are unpacked. Raises `DataMissing`."""
    try:
        if path.suffix == ".gz":
            return gzip.open(path, "rt", encoding="utf-8", newline="")
        return path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise DataMissing(path, error.strerror or type(error).__name__) from error


def _check_header(path: Path, found: Sequence[str] | None, columns: Sequence[str]) -> None:
    lacking = [column for column in columns if column not in (found or ())]
    if lacking:
        raise MalformedRow(path, 1, f"the header lacks {', '.join(lacking)}")


def _guarded(path: Path, reader: csv.DictReader[str], read: Callable[[], T]) -> T:
    try:
        return read()
    except (csv.Error, UnicodeDecodeError, EOFError, OSError) as error:
        raise MalformedRow(path, reader.line_num + 1, str(error)) from error
