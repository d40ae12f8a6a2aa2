"""The circom world beside us, as child processes: its compiler, its witness calculators, snarkjs and other provers.

For benchmarks and interoperability tests; nothing of the prover needs it.
"""
