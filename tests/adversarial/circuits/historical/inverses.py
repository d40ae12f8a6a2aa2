"""Inverses and the test for zero, where 0 * anything leaves the other factor open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, public
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.parts import is_zero


def _quotient_circuit(*, inverse_bound: bool) -> Circuit:
    """a / d in the field."""

    def define(c: Builder, a: Wire, d: Wire) -> Wire:
        if inverse_bound:
            with c.rule("DivisionByZero"):
                c.assert_product(d, c.witness(c.advice(d).inverse(), "inverse"), 1)
        result = c.witness(c.advice(a) / d, "result")
        c.assert_product(result, d, a)
        return result

    return Circuit("quotient", define, {"a": public(), "d": public()})


def _field_quotient(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    return {"out": inputs["a"] * pow(inputs["d"], -1, FR) % FR} if inputs["d"] else None


MUL_BY_INVERSE = Bug(
    "arkworks-mul-by-inverse",
    ("B21",),
    "0 / 0 is whatever the prover says",
    "ZB arkworks r1cs-std: mul_by_inverse",
    _quotient_circuit(inverse_bound=False),
    _quotient_circuit(inverse_bound=True),
    _field_quotient,
    Attack({"a": 0, "d": 0}, {"result": 42}),
    "DivisionByZero",
    ({"a": 6, "d": 3}, {"a": 0, "d": 5}),
    (Tool.DIFFERENTIAL, Tool.UNIQUENESS),
)


def _is_zero_without(c: Builder, x: Wire) -> Wire:
    inverse = c.witness(c.advice(x).inverse(), "inverse")
    return 1 - x * inverse


def _is_zero_honest(c: Builder, x: Wire) -> Wire:
    with c.rule("NotTheInverse"):
        return is_zero(c, x)


IS_ZERO = Bug(
    "is-zero",
    ("B21",),
    "any number is zero if the prover gives 0 for its inverse",
    "checklist B21: IsZero with a free inverse",
    Circuit("is_zero", _is_zero_without, {"x": public()}),
    Circuit("is_zero", _is_zero_honest, {"x": public()}),
    lambda x: {"out": int(x["x"] == 0)},
    Attack({"x": 5}, {"inverse": 0}),
    "NotTheInverse",
    ({"x": 5}, {"x": 0}, {"x": FR - 1}),
    (Tool.LIES,),
    refused=Attack({"x": 5}, {"is_zero[0]/inverse": 0}),
)

BUGS: Final = (MUL_BY_INVERSE, IS_ZERO)
