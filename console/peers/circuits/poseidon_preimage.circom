pragma circom 2.1.6;

include "poseidon.circom";

// The preimage of a hash: 240 constraints and some.
template PoseidonPreimage() {
    signal input left;
    signal input right;
    signal output hash;

    hash <== Poseidon(2)([left, right]);
}

component main = PoseidonPreimage();
