"""What spec, circuits and prover share: the scalar field, Poseidon, BabyJubjub and EdDSA, on plain integers."""
