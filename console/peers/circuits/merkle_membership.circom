pragma circom 2.1.6;

include "merkle_path.circom";

// Membership in a tree of depth 20: 4,860 constraints and some.
component main = MerkleRoot(20);
