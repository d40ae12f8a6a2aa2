"""The terminal screens of a run: batches, proofs, accounts, markets, L1, provers, logs."""
