"""One command that shows it all: a market, a node, proofs, L1, and what came of it, each line checked."""
