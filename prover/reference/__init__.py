"""The readable twin of each kernel and of Groth16: Python integers, py_ecc and galois, slow and obviously right."""
