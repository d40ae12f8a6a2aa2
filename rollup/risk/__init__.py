"""Prices, Greeks and scenarios. Floats live here and nowhere else in `rollup`; what leaves is integers."""
