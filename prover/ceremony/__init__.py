"""Trusted set-up: powers of tau (phase 1) and a circuit's own contributions (phase 2), in snarkjs's formats."""
