"""A running node: one thread that sequences, and what carries its batches to L1."""
