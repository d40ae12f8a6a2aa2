"""`zkclear l1 deploy`: puts a rollup on a chain."""

from __future__ import annotations

import json as json_text
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli.l1_options import WHICH_FILE, Keystore, Place, Rpc, StateFolder, preset_of
from console.cli.options import Json, KernelName, PresetName, Threads
from console.cli.output import INVALID, reporting

if TYPE_CHECKING:
    from prover.formats.groth16_types import VerificationKey
    from prover.kernels.interface import Kernels
    from rollup.presets import Preset
    from sequencer.l1.bindings.structs import Terms

ORACLES = (7, 8, 9)
"""Development accounts that sign on a local chain, two of them at least."""

THRESHOLD = 2


def deploy(
    preset: PresetName = "demo",
    rpc: Rpc = None,
    batch_key: Annotated[
        Path | None, typer.Option("--batch-key", help="A .zkey for batches.", show_default="a development key")
    ] = None,
    exit_key: Annotated[
        Path | None, typer.Option("--exit-key", help="A .zkey for exits.", show_default="a development key")
    ] = None,
    signers: Annotated[
        str | None, typer.Option("--signers", help="Addresses of oracles, by commas.", show_default="7, 8, 9 of anvil")
    ] = None,
    threshold: Annotated[
        int | None, typer.Option("--threshold", min=1, max=16, help="How many must sign.", show_default="2 of anvil's")
    ] = None,
    operator: Annotated[
        str | None, typer.Option("--operator", help="Who commits batches.", show_default="the sender")
    ] = None,
    terms: Annotated[Path | None, typer.Option("--terms", help="JSON, name -> seconds.")] = None,
    term: Annotated[
        list[str] | None, typer.Option("--term", help="One of them: queue_deadline_s=604800; may be repeated.")
    ] = None,
    dollar: Annotated[
        str | None, typer.Option("--dollar", help="The token of accounts.", show_default="a new test dollar")
    ] = None,
    local: Annotated[
        bool, typer.Option("--local", help="The chain is one's own: keys and dollars that everybody can make will do.")
    ] = False,
    to: Annotated[Path | None, typer.Option("--to", help="The file to write.", show_default=WHICH_FILE)] = None,
    keystore: Keystore = None,
    state_folder: StateFolder = None,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Deploy a rollup: verifiers of its keys, oracle, dollar, clearing house. Writes what it is to a file."""
    with reporting(as_json=json, refused=INVALID) as output:
        from prover.kernels import load_kernels
        from sequencer.l1.accounts import development_account
        from sequencer.l1.deploying import Plan
        from sequencer.l1.deploying import deploy as deploy_rollup
        from sequencer.native_crypto import NativeCrypto

        chosen, place = preset_of(preset), Place.of(rpc, state_folder, local=local)
        path = place.deployment_path(to)
        sender = place.sender(keystore)
        if place.is_local and signers is None:
            addresses, needed = [str(development_account(i).address) for i in ORACLES], threshold or THRESHOLD
        elif signers is None or threshold is None:
            raise typer.BadParameter("elsewhere than on a local chain --signers and --threshold have to be named")
        else:
            addresses, needed = [address_of("--signers", one.strip()) for one in signers.split(",")], threshold
        plan = Plan(
            chosen,
            addresses,
            needed,
            address_of("--operator", operator) if operator else sender.address,
            terms=terms_of(terms, term or []),
            dollar=address_of("--dollar", dollar) if dollar else None,
            is_local=place.is_local,
        )
        kernels = load_kernels(kernel, threads)
        keys = _keys(chosen, batch_key, exit_key, kernels, is_local=place.is_local)
        deployment = deploy_rollup(
            sender,
            plan,
            *keys,
            NativeCrypto(kernels),
            kernels=kernels,
            report=lambda what, address: output.note(f"{what:<15} {address}"),
        )
        deployment.save(path)
        lines = [f"{chosen.name} is on chain {deployment.chain_id}: clearing house {deployment.clearing_house}"]
        if deployment.is_development:
            lines.append("its keys are development keys: everybody can forge proofs for it")
        output.result({**asdict(deployment), "file": str(path)}, [*lines, f"{path} says what it is"])


def terms_of(path: Path | None, single: list[str]) -> Terms:
    """The standard ones but for what is said. Raises `BadParameter`."""
    from sequencer.l1.deployment import STANDARD_TERMS

    said: dict[str, Any] = {}
    if path is not None:
        try:
            said = json_text.loads(path.read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            raise typer.BadParameter(f"{path} is no JSON that can be read: {error}") from error
        if not isinstance(said, dict):
            raise typer.BadParameter(f"{path} is no object of names and seconds")
    for one in single:
        name, _, value = one.partition("=")
        said[name] = int(value) if value.isdecimal() else value
    known = asdict(STANDARD_TERMS)
    for name, value in said.items():
        if name not in known or type(value) is not int or not 0 <= value < 1 << 40:
            raise typer.BadParameter(f"{name}={value}: terms are whole seconds, and called {', '.join(known)}")
    return replace(STANDARD_TERMS, **said)


def address_of(option: str, text: str) -> str:
    """With checksum. Raises `BadParameter`."""
    from sequencer.l1.address import is_address, with_checksum

    if not is_address(text):
        raise typer.BadParameter(f"{option}: {text} is no address, or one digit of it is wrong")
    return with_checksum(bytes.fromhex(text[2:]))


def _keys(
    preset: Preset, batch_key: Path | None, exit_key: Path | None, kernels: Kernels, *, is_local: bool
) -> tuple[VerificationKey, VerificationKey]:
    """Raises `KeyRefused` before development keys are made for a chain where they are not taken."""
    from circuits.exit.statement import exit_circuit
    from circuits.settlement.statement import settlement_circuit
    from prover.errors import KeyRefused
    from prover.formats.zkey import read_zkey
    from sequencer import development_keys
    from sequencer.l1.expected_keys import refuse_key_of_another_preset

    if not is_local and (batch_key is None or exit_key is None):
        raise KeyRefused(
            ["a development key's secrets are published: name the keys of a ceremony by --batch-key and --exit-key"]
        )
    batches = development_keys.settlement_key(preset, kernels) if batch_key is None else read_zkey(batch_key)
    leaving = development_keys.exit_key(preset, kernels) if exit_key is None else read_zkey(exit_key)
    for key, file, circuit in (
        (batches, batch_key, settlement_circuit(preset)),
        (leaving, exit_key, exit_circuit(preset)),
    ):
        if file is not None:
            refuse_key_of_another_preset(key, circuit, str(file))
    return batches.verification_key(), leaving.verification_key()
