pragma circom 2.1.6;

include "poseidon.circom";

// The root of a binary Poseidon tree from a leaf, its siblings (leaf side first) and the bits of its index.
template MerkleRoot(depth) {
    signal input leaf;
    signal input siblings[depth];
    signal input bits[depth];
    signal output root;

    signal nodes[depth + 1];
    signal left[depth];
    signal right[depth];

    nodes[0] <== leaf;
    for (var i = 0; i < depth; i++) {
        bits[i] * (bits[i] - 1) === 0;
        left[i] <== nodes[i] + bits[i] * (siblings[i] - nodes[i]);
        right[i] <== nodes[i] + siblings[i] - left[i];
        nodes[i + 1] <== Poseidon(2)([left[i], right[i]]);
    }
    root <== nodes[depth];
}
