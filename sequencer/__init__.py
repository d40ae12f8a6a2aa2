"""The node: what an operator runs."""
