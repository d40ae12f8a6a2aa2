"""No file says where on one machine, or from which server, something comes."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.source_tree import name_of, project_files

MACHINE_PATH = re.compile(rb"(?<![\w.}])/(?:work|root|home|opt|Users|tmp)/[\w.]")
REGISTRY = re.compile(
    rb"pypi[.]org|pythonhosted[.]org|npmjs[.](?:org|com)|debian[.]org|--(?:extra-)?index-url\s", re.IGNORECASE
)
THIS_FILE = Path(__file__).resolve()


def addresses_in(content: bytes) -> list[str]:
    """What in a file names a machine's path or a registry."""
    return [found.group().decode() for pattern in (MACHINE_PATH, REGISTRY) for found in pattern.finditer(content)]


def test_no_file_names_a_machine_path_or_a_registry() -> None:
    found = {
        name_of(path): addresses
        for path in project_files()
        if path != THIS_FILE and (addresses := addresses_in(path.read_bytes()))
    }
    assert found == {}


def test_no_file_names_a_machine_path_or_a_registry_twin() -> None:
    assert addresses_in(b'"resolved": "https://registry.npm' + b'js.org/solc"')
    assert addresses_in(b"open('/" + b"root/key')")
    assert addresses_in(b"--index-" + b"url somewhere")
    assert addresses_in(b"see the docs; a/work/b is a relative path, as is ./tmp/x") == []
