"""What can go wrong on the way to Solidity."""

from __future__ import annotations

from prover.errors import ProverError


class SolidityError(ProverError):
    """Any failure of this package."""


class UnrenderableKey(SolidityError, ValueError):
    """The verification key cannot become a contract. The message says why and what to do."""


class NodeUnavailable(SolidityError):
    """Node or one of its packages is not installed, or did not run."""


class CompilationFailed(SolidityError):
    """The compiler refused the source; `messages` are its own, formatted."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages
