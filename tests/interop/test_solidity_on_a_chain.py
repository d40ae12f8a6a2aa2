"""The verifier deployed to a real node (anvil), asked over JSON-RPC as an application would."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest
from web3 import Web3
from web3.exceptions import ContractCustomError, ContractLogicError

from prover.solidity import encode_proof
from prover.solidity.node import node_modules
from tests.support.verifiers import compiled_variants, raw_words, samples

ANVIL = node_modules() / "@foundry-rs" / "anvil-linux-amd64" / "bin" / "anvil"


def anvil_program() -> str | None:
    return str(ANVIL) if ANVIL.exists() else shutil.which("anvil")


@pytest.fixture(scope="module")
def chain() -> Iterator[Web3]:
    program = anvil_program()
    if program is None:
        pytest.skip("there is no anvil for this platform; the same calls are tested in the process")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    node = subprocess.Popen([program, "--port", str(port), "--silent"])
    try:
        web3 = Web3(Web3.HTTPProvider(f"http://127.0.0.1:{port}"))
        for _ in range(200):
            if web3.is_connected():
                break
            time.sleep(0.05)
        yield web3
    finally:
        node.terminate()
        node.wait(timeout=10)


def test_deployed_verifier_answers_an_application(chain: Web3) -> None:
    contract = compiled_variants()["sound"]
    sample = samples()[0]
    factory = chain.eth.contract(abi=contract.abi, bytecode=contract.creation_code)
    receipt = chain.eth.wait_for_transaction_receipt(factory.constructor().transact({"from": chain.eth.accounts[0]}))
    verifier = chain.eth.contract(address=receipt["contractAddress"], abi=contract.abi)

    words = raw_words(sample.proof, [])
    a, b, c = words[0:2], [words[2:4], words[4:6]], words[6:8]
    assert verifier.functions.verifyProof(a, b, c, sample.public).call() is True
    assert verifier.functions.verify(encode_proof(sample.proof), sample.public).call() is True
    assert verifier.functions.verifyProof(a, b, c, [6, 0, 1]).call() is False
    assert verifier.functions.verifyProof(a[::-1], b, c, sample.public).call() is False
    assert verifier.functions.INPUT_COUNT().call() == len(sample.public)
    with pytest.raises((ContractCustomError, ContractLogicError)):
        verifier.functions.verify(encode_proof(sample.proof)[:-1], sample.public).call()
    gas = verifier.functions.verifyProof(a, b, c, sample.public).estimate_gas()
    assert gas < 240_000


def test_the_code_on_the_chain_is_the_compilers(chain: Web3) -> None:
    """The constructor only checks; it leaves no trace."""
    contract = compiled_variants()["sound"]
    factory = chain.eth.contract(abi=contract.abi, bytecode=contract.creation_code)
    receipt = chain.eth.wait_for_transaction_receipt(factory.constructor().transact({"from": chain.eth.accounts[0]}))
    address = receipt["contractAddress"]
    assert address is not None
    assert chain.eth.get_code(address) == contract.runtime_code
