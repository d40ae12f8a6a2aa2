"""One call that checks a circuit in four depths: integers, constraints, proof, Solidity."""
