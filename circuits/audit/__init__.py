"""Attacks on circuits: lies, mutants, and the proof that every signal is determined."""
