"""Checklist B28 to B40, J126, J127: bugs of the past in small circuits of ours, and the same circuits without them."""

from __future__ import annotations

import pytest

from tests.adversarial.circuits.historical.bug import Bug
from tests.adversarial.circuits.historical.checks import require_all, require_that_a_plant_is_seen
from tests.adversarial.circuits.historical.registry import bugs_of


def of(item: str) -> pytest.MarkDecorator:
    """A test for each bug of an item."""
    return pytest.mark.parametrize("bug", [pytest.param(bug, id=bug.identifier) for bug in bugs_of(item)])


@of("B28")
def test_b28_fills_stay_below_the_order(bug: Bug) -> None:
    require_all(bug)


@of("B28")
def test_b28_fills_stay_below_the_order_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B29")
def test_b29_the_makers_leaf_is_bound(bug: Bug) -> None:
    require_all(bug)


@of("B29")
def test_b29_the_makers_leaf_is_bound_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B30")
def test_b30_prices_lie_in_both_limits(bug: Bug) -> None:
    require_all(bug)


@of("B30")
def test_b30_prices_lie_in_both_limits_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B31")
def test_b31_updates_are_chained(bug: Bug) -> None:
    require_all(bug)


@of("B31")
def test_b31_updates_are_chained_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B32")
def test_b32_sums_are_conserved(bug: Bug) -> None:
    require_all(bug)


@of("B32")
def test_b32_sums_are_conserved_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B33")
def test_b33_public_inputs_are_bound(bug: Bug) -> None:
    require_all(bug)


@of("B33")
def test_b33_public_inputs_are_bound_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B34")
def test_b34_masked_bits_are_zero(bug: Bug) -> None:
    require_all(bug)


@of("B34")
def test_b34_masked_bits_are_zero_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B35")
def test_b35_packed_parts_are_in_range(bug: Bug) -> None:
    require_all(bug)


@of("B35")
def test_b35_packed_parts_are_in_range_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B36")
def test_b36_indices_are_inside(bug: Bug) -> None:
    require_all(bug)


@of("B36")
def test_b36_indices_are_inside_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B37")
def test_b37_what_is_right_is_provable(bug: Bug) -> None:
    require_all(bug)


@of("B37")
def test_b37_what_is_right_is_provable_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B38")
def test_b38_circuit_and_reference_agree(bug: Bug) -> None:
    require_all(bug)


@of("B38")
def test_b38_circuit_and_reference_agree_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B39")
def test_b39_signatures_bind_the_message(bug: Bug) -> None:
    require_all(bug)


@of("B39")
def test_b39_signatures_bind_the_message_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B40")
def test_b40_points_are_checked(bug: Bug) -> None:
    require_all(bug)


@of("B40")
def test_b40_points_are_checked_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("J126")
def test_j126_malformed_signatures(bug: Bug) -> None:
    require_all(bug)


@of("J126")
def test_j126_malformed_signatures_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("J127")
def test_j127_the_challenge_binds_everything(bug: Bug) -> None:
    require_all(bug)


@of("J127")
def test_j127_the_challenge_binds_everything_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)
