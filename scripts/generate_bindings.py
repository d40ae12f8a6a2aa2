"""Write the bindings of the contracts and of the tests' sample: `python scripts/generate_bindings.py [--check]`.

Needs Node and the npm packages of contracts/, for the Solidity compiler.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sequencer.l1.binding_generator import BOUND, generate, stale_files, write_files  # noqa: E402
from sequencer.l1.contracts import build_contracts  # noqa: E402

SAMPLE = ROOT / "tests/support/Sample.sol"


def packages() -> dict[Path, dict[str, str]]:
    """Folder to its files."""
    with TemporaryDirectory() as scratch:
        (Path(scratch) / SAMPLE.name).write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
        sample = build_contracts(folder=Path(scratch), cache=Path(scratch))
    return {
        ROOT / "sequencer/l1/bindings": generate(build_contracts(), BOUND),
        ROOT / "tests/support/sample_bindings": generate(sample, ("Child", "Sample"), "tests.support.sample_bindings"),
    }


def main() -> int:
    made = packages()
    stale = [
        (folder / name).relative_to(ROOT).as_posix()
        for folder, texts in made.items()
        for name in stale_files(folder, texts)
    ]
    if "--check" in sys.argv[1:]:
        print(f"stale: {', '.join(stale)}" if stale else "all bindings are fresh")
        return 1 if stale else 0
    for folder, texts in made.items():
        write_files(folder, texts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
