"""Whole rollups on a local chain, with traders and oracles of their own: for demos, drills, benches and tests."""
