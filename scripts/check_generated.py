"""Exit 1 when a generated file is stale. Every generator is a `scripts/generate_*.py` that understands `--check`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    generators = sorted(Path(__file__).parent.glob("generate_*.py"))
    stale = [
        path.name for path in generators if subprocess.run([sys.executable, path, "--check"], check=False).returncode
    ]
    print(f"{len(generators) - len(stale)} of {len(generators)} generators agree with the committed files")
    sys.exit(f"stale: {', '.join(stale)}" if stale else 0)
