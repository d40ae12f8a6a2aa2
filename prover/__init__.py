"""Groth16 over BN254 on native kernels. It takes a relation and an assignment, never a circuit."""
