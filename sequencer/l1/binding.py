"""What generated bindings are made of: functions, calls, events, and a contract at an address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Generic, Literal, Protocol, Self, TypeAlias, TypeVar

from sequencer.l1.abi_codec import decode, encode
from sequencer.l1.abi_types import BYTES32, AbiType, Address, Array, Bytes, Struct, Text, check_value
from sequencer.l1.contract_build import SELECTOR_BYTES, ContractBuild
from sequencer.l1.errors import BadEncoding, UnknownContract
from sequencer.l1.reverts import ContractReverted

T = TypeVar("T")
BlockId: TypeAlias = int | Literal["latest", "pending", "safe", "finalized", "earliest"]


@dataclass(frozen=True, slots=True)
class Function(Generic[T]):
    """A function of a contract. `result` makes the Python value of the decoded outputs."""

    signature: str
    selector: bytes
    names: tuple[str, ...]
    inputs: tuple[AbiType, ...]
    outputs: tuple[AbiType, ...]
    result: Callable[..., T]

    def encode(self, *arguments: object) -> bytes:
        """Calldata. Raises `BadArgument`."""
        return self.selector + encode(self.inputs, arguments, self.names)

    def decode_result(self, data: bytes) -> T:
        """What the function returned. Raises `BadEncoding`."""
        return self.result(*decode(self.outputs, data))

    def decode_arguments(self, calldata: bytes) -> dict[str, Any]:
        """The arguments of a call by name, from its calldata. Raises `BadEncoding`."""
        if calldata[:SELECTOR_BYTES] != self.selector:
            raise BadEncoding(0, f"no call of {self.signature}")
        return dict(zip(self.names, decode(self.inputs, calldata[SELECTOR_BYTES:]), strict=True))


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A call of a contract, ready to be tried or signed and sent; `T` is what it returns."""

    to: str
    data: bytes
    value_wei: int
    function: Function[T]
    errors: tuple[type[ContractReverted], ...] = field(repr=False)


class Reader(Protocol):
    """Who answers views: `client.Chain`."""

    def read(self, call: Call[T], block: BlockId) -> T:
        """What the call returns at a block. Raises `ContractReverted`."""


class Event:
    """A kind of log. Fields of a dynamic type that are indexed are there as their hash."""

    __slots__ = ()
    SIGNATURE: ClassVar[str]
    TOPIC: ClassVar[bytes]
    MEMBERS: ClassVar[tuple[AbiType, ...]]
    INDEXED: ClassVar[tuple[bool, ...]]

    @classmethod
    def decode(cls, topics: Sequence[bytes], data: bytes) -> Self:
        """From a log. Raises `BadEncoding` when it is another event, or not as the interface says."""
        indexed = [_topic_type(kind) for kind, is_topic in zip(cls.MEMBERS, cls.INDEXED, strict=True) if is_topic]
        if not topics or topics[0] != cls.TOPIC or len(topics) != 1 + len(indexed):
            raise BadEncoding(0, f"no log of {cls.SIGNATURE}")
        from_topics = iter(decode(indexed, b"".join(topics[1:])))
        from_data = iter(
            decode([k for k, is_topic in zip(cls.MEMBERS, cls.INDEXED, strict=True) if not is_topic], data)
        )
        return cls(*(next(from_topics if is_topic else from_data) for is_topic in cls.INDEXED))


@dataclass(frozen=True, slots=True)
class Binding:
    """A contract at an address, as of a block."""

    chain: Reader = field(repr=False)
    address: str
    block: BlockId = "latest"

    NAME: ClassVar[str] = ""
    RUNTIME_SHA256: ClassVar[str] = ""
    """Of the runtime code with zeros for immutables, in hexadecimal; empty for an interface."""

    FUNCTIONS: ClassVar[tuple[Function[Any], ...]] = ()
    EVENTS: ClassVar[tuple[type[Event], ...]] = ()
    ERRORS: ClassVar[tuple[type[ContractReverted], ...]] = ()

    def __post_init__(self) -> None:
        check_value("address", Address(), self.address)

    def at_block(self, block: BlockId) -> Self:
        """The same contract, whose views answer as of another block."""
        return replace(self, block=block)

    @classmethod
    def function_of(cls, calldata: bytes) -> Function[Any] | None:
        """The function that calldata is for."""
        return next((one for one in cls.FUNCTIONS if one.selector == calldata[:SELECTOR_BYTES]), None)

    @classmethod
    def event_of(cls, topics: Sequence[bytes]) -> type[Event] | None:
        """The event that a log with these topics is of."""
        return next((one for one in cls.EVENTS if topics and topics[0] == one.TOPIC), None)

    def _call(self, function: Function[T], *arguments: object, value_wei: int = 0) -> Call[T]:
        return Call(self.address, function.encode(*arguments), value_wei, function, self.ERRORS)

    def _read(self, function: Function[T], *arguments: object) -> T:
        return self.chain.read(self._call(function, *arguments), self.block)


B = TypeVar("B", bound=Binding)


@dataclass(frozen=True, slots=True)
class Deployment(Generic[B]):
    """The creation of a contract, ready to be signed and sent."""

    binding: type[B]
    data: bytes = field(repr=False)

    @property
    def errors(self) -> tuple[type[ContractReverted], ...]:
        """With which the constructor may refuse."""
        return self.binding.ERRORS

    @classmethod
    def of(
        cls,
        binding: type[B],
        build: ContractBuild,
        names: Sequence[str],
        kinds: Sequence[AbiType],
        values: Sequence[Any],
    ) -> Self:
        """With the arguments of the constructor. Raises `UnknownContract` for the build of another contract, or of
        other sources than those the binding was generated from, `NotDeployable`, and `BadArgument`.
        """
        digest = build.runtime_digest()
        if binding.RUNTIME_SHA256 and (build.name, digest) != (binding.NAME, binding.RUNTIME_SHA256):
            raise UnknownContract(f"{build.name} ({digest[:16]})", (f"{binding.NAME} ({binding.RUNTIME_SHA256[:16]})",))
        return cls(binding, build.creation_code + encode(kinds, values, names))


def only(value: T) -> T:
    """The result of a function with one output."""
    return value


def nothing() -> None:
    """The result of a function without outputs."""


def together(*values: Any) -> tuple[Any, ...]:
    """The result of a function with several outputs that are not all named."""
    return values


def _topic_type(kind: AbiType) -> AbiType:
    """What does not fit into a word by its type is in a topic as its hash."""
    return BYTES32 if isinstance(kind, Bytes | Text | Array | Struct) else kind
