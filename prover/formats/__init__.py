"""Files and texts of the circom and snarkjs world, read and written: `.r1cs .wtns .zkey .ptau` and three kinds of JSON.

Readers map files and hand out views; nothing of a proving key is copied by reading it. Whatever is malformed raises a
`prover.errors.FormatError` that names file and section. Writers write to a temporary file beside the target and move it
into place when it is complete, so a file is either whole or not there.
"""
