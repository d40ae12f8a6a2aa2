"""What the commands of both ceremonies share: their options, and how they report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.output import Output

if TYPE_CHECKING:
    from prover.ceremony.beacon import Beacon
    from prover.formats.contributions import Author

Name = Annotated[str, typer.Option("--name", "-n", help="Who contributes; it is written into the file.")]
Entropy = Annotated[
    str, typer.Option("--entropy", "-e", help="Something of your own, in addition to the system's randomness.")
]
BeaconValue = Annotated[str, typer.Argument(help="The beacon's value in hexadecimal.", show_default=False)]
Iterations = Annotated[
    int, typer.Argument(min=10, max=63, help="The value is hashed 2^ITERATIONS times.", show_default=False)
]


def beacon_from(value: str, iterations: int) -> Beacon:
    """The beacon of two arguments; a bad one is a wrong command line."""
    from prover.ceremony.beacon import Beacon

    try:
        return Beacon.from_hex(value, iterations)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def check_name(name: str) -> None:
    """Refuses a name that the file formats cannot carry."""
    from prover.ceremony.author import author

    try:
        author(name)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def report_contribution(output: Output, path: Path, contribution: bytes) -> None:
    """Says which hash the contributor is to publish."""
    lines = [f"{path} written; publish this hash of your contribution:", contribution.hex()]
    output.result({"file": str(path), "contribution_hash": contribution.hex()}, lines)


def report_chain(output: Output, data: dict[str, str], contributions: list[tuple[Author, bytes]]) -> None:
    """Says who contributed, in order."""
    from console.cli.inspection import author_in_words

    chain = [{"author": author_in_words(author), "hash": digest.hex()} for author, digest in contributions]
    lines = [f"{index}  {link['author']}\n   {link['hash']}" for index, link in enumerate(chain, start=1)]
    output.result({"valid": True, **data, "contributions": chain}, [*lines, "valid"])
