pragma circom 2.1.6;

include "poseidon.circom";
include "eddsaposeidon.circom";
include "bitify.circom";
include "merkle_path.circom";

// One withdrawal from an account in a tree: signature, range checks, old path and new path. The sort of thing that a
// rollup proves, and with the mixture of witness values of one: bits, small numbers, hashes, curve points.
template Withdrawal(depth) {
    signal input root;
    signal input ax;
    signal input ay;
    signal input balance;
    signal input nonce;
    signal input amount;
    signal input s;
    signal input r8x;
    signal input r8y;
    signal input siblings[depth];
    signal input bits[depth];
    signal output newRoot;

    signal message <== Poseidon(3)([amount, nonce, root]);
    EdDSAPoseidonVerifier()(1, ax, ay, s, r8x, r8y, message);

    signal newBalance <== balance - amount;
    signal balanceBits[64] <== Num2Bits(64)(balance);
    signal amountBits[64] <== Num2Bits(64)(amount);
    signal newBalanceBits[64] <== Num2Bits(64)(newBalance);
    signal nonceBits[32] <== Num2Bits(32)(nonce);

    signal leaf <== Poseidon(4)([ax, ay, balance, nonce]);
    signal newLeaf <== Poseidon(4)([ax, ay, newBalance, nonce + 1]);
    signal oldRoot <== MerkleRoot(depth)(leaf, siblings, bits);
    oldRoot === root;
    newRoot <== MerkleRoot(depth)(newLeaf, siblings, bits);
}

// A batch of withdrawals of one account, one after the other, then a chain of hashes and one of squarings with which a
// size is met to the constraint.
template Mixture(withdrawals, depth, hashes, squarings) {
    signal input root;
    signal input ax;
    signal input ay;
    signal input balance;
    signal input amounts[withdrawals];
    signal input s[withdrawals];
    signal input r8x[withdrawals];
    signal input r8y[withdrawals];
    signal input siblings[depth];
    signal input bits[depth];
    signal output newRoot;
    signal output digest;

    signal roots[withdrawals + 1];
    signal balances[withdrawals + 1];
    roots[0] <== root;
    balances[0] <== balance;
    for (var i = 0; i < withdrawals; i++) {
        roots[i + 1] <== Withdrawal(depth)(
            roots[i], ax, ay, balances[i], i, amounts[i], s[i], r8x[i], r8y[i], siblings, bits
        );
        balances[i + 1] <== balances[i] - amounts[i];
    }
    newRoot <== roots[withdrawals];

    signal chain[hashes + 1];
    chain[0] <== newRoot;
    for (var i = 0; i < hashes; i++) {
        chain[i + 1] <== Poseidon(2)([chain[i], ax]);
    }

    signal squares[squarings + 1];
    squares[0] <== chain[hashes];
    for (var i = 0; i < squarings; i++) {
        squares[i + 1] <== squares[i] * squares[i] + i;
    }
    digest <== squares[squarings];
}
