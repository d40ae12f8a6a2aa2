"""Build hook of the wheel: compile the kernels for this platform and put the library in."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import sysconfig
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _load_build_module(root: Path) -> ModuleType:
    """`prover.native.build` by its path: the package around it may need what is not installed yet."""
    spec = importlib.util.spec_from_file_location("zkclear_native_build", root / "prover" / "native" / "build.py")
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{root} is not a zkclear source tree: prover/native/build.py is missing")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class KernelBuildHook(BuildHookInterface[Any]):
    """Adds the shared library to a wheel. An editable install compiles it in place."""

    def dependencies(self) -> list[str]:
        """`ziglang` where there is no C compiler, as a requirement of the build alone."""
        native = _load_build_module(Path(self.root))
        try:
            native.find_compiler(native.compiler_candidates())
        except native.NoCompiler:
            return ["ziglang>=0.13"]
        return []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and mark the wheel as one of this platform, for any Python 3."""
        if version == "editable" and os.environ.get("ZKCLEAR_SKIP_KERNELS"):
            return  # do.py builds them itself, after this
        library: Path = _load_build_module(Path(self.root)).build().library
        if version == "editable":
            return
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-" + sysconfig.get_platform().replace("-", "_").replace(".", "_")
        packed = Path(self.directory) / library.name
        packed.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(library, packed)
        build_data["force_include"][str(packed)] = f"prover/kernels/{library.name}"
