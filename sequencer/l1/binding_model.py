"""From an ABI to names and types of Python: what `binding_text` writes down."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from sequencer.l1.abi import signature
from sequencer.l1.binding import Binding
from sequencer.l1.contract_build import ContractBuild
from sequencer.l1.errors import DuplicateSource, L1Error

RESERVED: Final = frozenset(
    {"self", "cls", "value_wei", *keyword.kwlist, *dir(builtins), *(field.name for field in fields(Binding))}
    | {"at_block", "function_of", "event_of", "deployment", "decode", *dir(BaseException)}
)
TAKEN_CONSTANTS: Final = frozenset(
    {"BYTES32", "UINT256", *(name for name in dir(Binding) if name.isupper() and not name.startswith("_"))}
)
_WORD_STARTS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ELEMENTARY: Final = re.compile(r"(u?int|bytes)(\d+)")
_PLAIN: Final = {"address": ("Address()", "str"), "bool": ("Boolean()", "bool")} | {
    "bytes": ("Bytes()", "bytes"),
    "string": ("Text()", "str"),
    "uint256": ("UINT256", "int"),
    "bytes32": ("BYTES32", "bytes"),
}


class UnsupportedType(L1Error):
    """Solidity has it, but the ABI of no contract here: a function as a value, or a number with a point."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"there is no Python type for {kind}: bindings do not know it")
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter, a field or an output. `kind` is the expression of its ABI type."""

    name: str
    kind: str
    given: str
    """Its type where it is given: `Sequence[int]`."""

    got: str
    """Its type where it comes from the chain: `tuple[int, ...]`."""

    named: bool = True
    indexed: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """A struct, an event, an error, or the named outputs of a function."""

    name: str
    signature: str
    notice: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """A function. `result` is the class of its outputs when there are several and all have names."""

    name: str
    constant: str
    signature: str
    selector: bytes
    notice: str
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    is_view: bool
    is_payable: bool
    result: Fields | None


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as its binding shows it. `constructor` is None when there is nothing to deploy."""

    build: ContractBuild
    methods: tuple[Method, ...]
    events: tuple[Fields, ...]
    errors: tuple[Fields, ...]
    constructor: tuple[Value, ...] | None

    @property
    def name(self) -> str:
        """As in Solidity."""
        return self.build.name


def snake_case(name: str) -> str:
    """`frozenAtS` to `frozen_at_s`, `KEY_DIGEST` to `key_digest`."""
    return _WORD_STARTS.sub("_", name).lower().strip("_")


def python_name(name: str, otherwise: str = "") -> str:
    """A name that Python leaves free: `from` to `from_`."""
    text = snake_case(name) or otherwise
    return text + "_" if text in RESERVED else text


def contract_model(build: ContractBuild) -> Contract:
    """The model of one contract. Raises `DuplicateSource` when two things would get one name."""
    of_kind = {kind: [entry for entry in build.abi if entry["type"] == kind] for kind in ("function", "event", "error")}
    methods = tuple(_methods(build, of_kind["function"]))
    events = tuple(_fields(build, entry) for entry in of_kind["event"])
    errors = tuple(_fields(build, entry) for entry in of_kind["error"])
    results = [method.result.name for method in methods if method.result]
    refuse_repeated(build.name, [build.name, *(one.name for one in (*events, *errors)), *results, *structs_in([build])])
    constructor: list[dict[str, Any]] = next(
        (entry["inputs"] for entry in build.abi if entry["type"] == "constructor"), []
    )
    return Contract(build, methods, events, errors, values_of(constructor) if build.is_deployable else None)


def structs_in(builds: Iterable[ContractBuild]) -> dict[str, Fields]:
    """All structs by name, each after those that it contains. Raises `DuplicateSource` for two of one name."""
    found: dict[str, Fields] = {}
    for build in builds:
        for entry in build.abi:
            for part in (*entry.get("inputs", ()), *entry.get("outputs", ())):
                _collect(part, found)
    return found


def values_of(parts: Iterable[Mapping[str, Any]]) -> tuple[Value, ...]:
    """Parameters, with names for those that have none. Raises `DuplicateSource` for two of one name."""
    found = []
    for index, part in enumerate(parts):
        kind, given, got = _types(part)
        name = python_name(part["name"], f"value_{index}")
        found.append(Value(name, kind, given, got, bool(part["name"]), part.get("indexed", False)))
    refuse_repeated("parameters", [value.name for value in found])
    return tuple(found)


def refuse_repeated(where: str, names: list[str]) -> None:
    """Raises `DuplicateSource`."""
    for name in names:
        if names.count(name) > 1:
            raise DuplicateSource(name, (where,) * names.count(name))


def _methods(build: ContractBuild, entries: list[dict[str, Any]]) -> Iterable[Method]:
    """Overloaded functions have the types of their parameters in their names."""
    names = [entry["name"] for entry in entries]
    for entry in entries:
        text = signature(entry)
        overloaded = names.count(entry["name"]) > 1
        full = re.sub(r"\W+", "_", text.replace("[]", "_array")) if overloaded else entry["name"]
        outputs = values_of(entry["outputs"])
        named = len(outputs) > 1 and all(value.named for value in outputs)
        result = f"{entry['name'][0].upper()}{entry['name'][1:]}Result"
        yield Method(
            name=python_name(full),
            constant=_constant_name(full),
            signature=text,
            selector=build.selectors[text],
            notice=build.notices.get(text, f"`{text}`."),
            inputs=values_of(entry["inputs"]),
            outputs=outputs,
            is_view=entry["stateMutability"] in ("view", "pure"),
            is_payable=entry["stateMutability"] == "payable",
            result=Fields(result, "", f"What `{text}` returns.", outputs) if named else None,
        )


def _constant_name(name: str) -> str:
    """`commitBatch` to `COMMIT_BATCH`; not what a binding's module has under that name for itself."""
    text = snake_case(name).upper()
    return text + "_" if text in TAKEN_CONSTANTS else text


def _fields(build: ContractBuild, entry: Mapping[str, Any]) -> Fields:
    text = signature(entry)
    return Fields(entry["name"], text, build.notices.get(text, f"`{text}`."), values_of(entry["inputs"]))


def _collect(part: Mapping[str, Any], found: dict[str, Fields]) -> None:
    if "components" not in part:
        return
    for inner in part["components"]:
        _collect(inner, found)
    name = _struct_name(part)
    fields_ = Fields(name, "", f"The struct `{name}`.", values_of(part["components"]))
    if found.setdefault(name, fields_) != fields_:
        raise DuplicateSource(name, ("one struct", "another struct"))


def _struct_name(part: Mapping[str, Any]) -> str:
    """`struct ISample.Note[]` to `Note`."""
    return str(part["internalType"]).removeprefix("struct ").split("[", 1)[0].rsplit(".", 1)[-1]


def _types(part: Mapping[str, Any]) -> tuple[str, str, str]:
    """The expression of the ABI type, and the Python types of what is given and got."""
    kind = str(part["type"])
    if kind.endswith("]"):
        inner_kind, length = kind[:-1].rsplit("[", 1)
        inner, given, got = _types({**part, "type": inner_kind})
        return f"Array({inner}, {length or None})", f"Sequence[{given}]", f"tuple[{got}, ...]"
    if kind == "tuple":
        name = _struct_name(part)
        return f"Struct({name})", name, name
    if kind in _PLAIN:
        expression, python = _PLAIN[kind]
        return expression, python, python
    matched = _ELEMENTARY.fullmatch(kind)
    if matched is None:
        raise UnsupportedType(kind)
    family, size = matched[1], matched[2]
    if family == "bytes":
        return f"FixedBytes({size})", "bytes", "bytes"
    return f"Integer({size}, signed=True)" if family == "int" else f"Integer({size})", "int", "int"
