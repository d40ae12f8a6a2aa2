"""Checklist B14 to B27: bugs of the past in small circuits of ours, and the same circuits without them."""

from __future__ import annotations

import pytest

from tests.adversarial.circuits.historical.bug import Bug
from tests.adversarial.circuits.historical.checks import require_all, require_that_a_plant_is_seen
from tests.adversarial.circuits.historical.registry import bugs_of


def of(item: str) -> pytest.MarkDecorator:
    """A test for each bug of an item."""
    return pytest.mark.parametrize("bug", [pytest.param(bug, id=bug.identifier) for bug in bugs_of(item)])


@of("B14")
def test_b14_removed_rows(bug: Bug) -> None:
    require_all(bug)


@of("B14")
def test_b14_removed_rows_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B15")
def test_b15_changed_constants(bug: Bug) -> None:
    require_all(bug)


@of("B15")
def test_b15_changed_constants_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B16")
def test_b16_hints_are_constrained(bug: Bug) -> None:
    require_all(bug)


@of("B16")
def test_b16_hints_are_constrained_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B17")
def test_b17_no_aliases_of_bits(bug: Bug) -> None:
    require_all(bug)


@of("B17")
def test_b17_no_aliases_of_bits_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B18")
def test_b18_both_sides_of_a_comparison_are_in_range(bug: Bug) -> None:
    require_all(bug)


@of("B18")
def test_b18_both_sides_of_a_comparison_are_in_range_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B19")
def test_b19_selectors_are_bits(bug: Bug) -> None:
    require_all(bug)


@of("B19")
def test_b19_selectors_are_bits_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B20")
def test_b20_floor_division(bug: Bug) -> None:
    require_all(bug)


@of("B20")
def test_b20_floor_division_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B21")
def test_b21_division_by_zero(bug: Bug) -> None:
    require_all(bug)


@of("B21")
def test_b21_division_by_zero_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B22")
def test_b22_signs_and_sums_of_extremes(bug: Bug) -> None:
    require_all(bug)


@of("B22")
def test_b22_signs_and_sums_of_extremes_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B23")
def test_b23_fixed_point_limbs(bug: Bug) -> None:
    require_all(bug)


@of("B23")
def test_b23_fixed_point_limbs_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B24")
def test_b24_nothing_switches_a_check_off(bug: Bug) -> None:
    require_all(bug)


@of("B24")
def test_b24_nothing_switches_a_check_off_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B25")
def test_b25_padding_and_types(bug: Bug) -> None:
    require_all(bug)


@of("B25")
def test_b25_padding_and_types_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B26")
def test_b26_nonces(bug: Bug) -> None:
    require_all(bug)


@of("B26")
def test_b26_nonces_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)


@of("B27")
def test_b27_nullifiers_are_determined(bug: Bug) -> None:
    require_all(bug)


@of("B27")
def test_b27_nullifiers_are_determined_twin(bug: Bug) -> None:
    require_that_a_plant_is_seen(bug)
