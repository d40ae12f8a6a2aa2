"""Write tests/ratchets/constraints.csv anew: `python scripts/write_constraint_table.py [--check]`."""

from __future__ import annotations

import sys
from pathlib import Path

from circuits.catalogue import constraint_table

TABLE = Path(__file__).parents[1] / "tests/ratchets/constraints.csv"


def main() -> int:
    text = constraint_table()
    if "--check" in sys.argv[1:]:
        return 0 if TABLE.read_text() == text else 1
    TABLE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
