"""Write tests/golden/tui anew: `python scripts/write_tui_snapshots.py [NAME …]`; all without names."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.tui_snapshots import GOLDEN, SNAPSHOTS, taken, the_run


def main(names: list[str]) -> int:
    GOLDEN.mkdir(parents=True, exist_ok=True)
    chosen = [one for one in SNAPSHOTS if not names or one.name in names or one.screen in names]
    with the_run():
        for snapshot in chosen:
            snapshot.path.write_text(taken(snapshot))
            print(snapshot.path)
    if not names:
        for path in set(GOLDEN.glob("*.svg")) - {one.path for one in SNAPSHOTS}:
            path.unlink()
    return 0 if chosen else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
