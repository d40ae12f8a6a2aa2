"""Circuits: what the rollup means, restated as constraints, and the frontend that they are written in."""
