"""Small ceremonies of our own, made once, and the means to damage them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from prover.ceremony import phase2, powers_of_tau, single_party
from prover.ceremony.author import author
from prover.ceremony.beacon import Beacon
from prover.ceremony.chacha import ChaCha
from prover.ceremony.secret import Secret
from prover.formats.proving_key import ProvingKey
from prover.formats.ptau import PowersOfTau
from prover.groth16.setup import set_up
from prover.r1cs import R1CS
from tests.support.groth16 import toy_relation
from tests.support.kernels import fastest

POWER = 4
BEACON = Beacon(bytes(range(1, 33)), 10)


def rng(number: int) -> ChaCha:
    """A known random stream: the secrets of these ceremonies are no secrets."""
    return ChaCha([number, *range(7)])


@cache
def prepared_powers() -> PowersOfTau:
    """By one person and a beacon, prepared."""
    return single_party.made(POWER, rng(1), fastest(), beacon=BEACON)


@cache
def development_powers(power: int = 2) -> PowersOfTau:
    """Of the published secrets, prepared."""
    return single_party.development_powers(power, fastest())


@cache
def chain_of_powers() -> PowersOfTau:
    """By two persons and a beacon, not prepared."""
    ptau = powers_of_tau.without_contributions(POWER)
    for number, name in ((1, "first"), (2, "second")):
        ptau = powers_of_tau.contributed(ptau, rng(number), author(name), fastest())
    return powers_of_tau.contributed(ptau, BEACON.rng(), author("beacon", BEACON), fastest())


@dataclass(frozen=True, slots=True, eq=False)
class CircuitCeremony:
    """A relation and its keys: before anybody contributed, after two persons, and after a beacon."""

    relation: R1CS
    initial: ProvingKey
    contributed: ProvingKey
    final: ProvingKey


@cache
def circuit_ceremony() -> CircuitCeremony:
    relation = toy_relation()
    initial = set_up(relation, prepared_powers(), fastest())
    key = initial
    for number, name in ((11, "first"), (12, "second")):
        key = phase2.contributed(key, rng(number), author(name), fastest())
    final = phase2.contributed(key, BEACON.rng(), author("beacon", BEACON), fastest())
    return CircuitCeremony(relation, initial, key, final)


def contributed_with(key: ProvingKey, secret: int, name: str = "tampered") -> ProvingKey:
    """A contribution whose secret is chosen; an honest one otherwise."""
    drawn = Secret.draw
    try:
        Secret.draw = classmethod(lambda cls, _: cls.from_int(secret))  # type: ignore[method-assign, assignment]
        return phase2.contributed(key, rng(9), author(name), fastest())
    finally:
        Secret.draw = drawn  # type: ignore[method-assign]
