"""Where things are."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".zkclear"
VENV = ROOT / ".venv"
LOCKS = ROOT / "locks"
CONTRACTS = ROOT / "contracts"
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
PYTHON = VENV / SCRIPTS / ("python.exe" if os.name == "nt" else "python")
UV = STATE / "bootstrap" / "bin" / ("uv.exe" if os.name == "nt" else "uv")
