"""Leaving a frozen rollup: one account, its positions, their marks."""
