"""Writes docs/*.svg: screens of `zkclear tui` over a run. `python scripts/write_screenshots.py FOLDER`.

FOLDER is that of a node, or what `zkclear demo --out FOLDER` has written. A picture stays text, and loads no font from
anywhere: whoever shows it takes a font of their own.
"""

from __future__ import annotations

import sys
from pathlib import Path

from console.tui.screenshots import screenshots
from sequencer.record.errors import RecordError

DOCS = Path(__file__).resolve().parent.parent / "docs"
NAMES = ("batches", "touched", "proof", "heat", "market")


def main() -> int:
    """Returns the exit code: 2 for a wrong command line."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        written = screenshots(Path(sys.argv[1]), DOCS, names=NAMES, prefix="tui-")
    except RecordError as error:
        print(error, file=sys.stderr)
        return 2
    for path in written:
        print(path.relative_to(DOCS.parent))
    return 0


if __name__ == "__main__":
    sys.exit(main())
