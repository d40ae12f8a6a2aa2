"""Square roots modulo a prime (Tonelli and Shanks), and quadratic equations."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=8)
def _generator_of_two_part(prime: int) -> tuple[int, int, int]:
    """(s, q, z): prime - 1 = 2^s q with q odd, and z of order 2^s."""
    s, q = 0, prime - 1
    while q % 2 == 0:
        s, q = s + 1, q // 2
    candidate = 2
    while pow(candidate, (prime - 1) // 2, prime) != prime - 1:
        candidate += 1
    return s, q, pow(candidate, q, prime)


@lru_cache(maxsize=4096)
def square_root(value: int, prime: int) -> int | None:
    """A root of `value`, or `None` if it has none; `prime` is odd."""
    value %= prime
    if value == 0:
        return 0
    if pow(value, (prime - 1) // 2, prime) != 1:
        return None
    s, q, z = _generator_of_two_part(prime)
    root, rest = pow(value, (q + 1) // 2, prime), pow(value, q, prime)
    while rest != 1:
        order, power = 0, rest
        while power != 1:
            order, power = order + 1, power * power % prime
        factor = pow(z, 1 << (s - order - 1), prime)
        s, z = order, factor * factor % prime
        root, rest = root * factor % prime, rest * z % prime
    return root


def quadratic_roots(square: int, slope: int, constant: int, prime: int) -> list[int]:
    """The roots of square x^2 + slope x + constant; none for a constant that is not zero, and [0] for zero."""
    if square % prime == 0:
        if slope % prime == 0:
            return [] if constant % prime else [0]
        return [-constant * pow(slope, -1, prime) % prime]
    root = square_root(slope * slope - 4 * square * constant, prime)
    if root is None:
        return []
    half = pow(2 * square, -1, prime)
    return sorted({(root - slope) * half % prime, (-root - slope) * half % prime})
