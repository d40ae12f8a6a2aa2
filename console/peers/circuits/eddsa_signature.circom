pragma circom 2.1.6;

include "eddsaposeidon.circom";

// A signature of a public message under a public key: 4,217 constraints.
template Signed() {
    signal input ax;
    signal input ay;
    signal input message;
    signal input s;
    signal input r8x;
    signal input r8y;

    EdDSAPoseidonVerifier()(1, ax, ay, s, r8x, r8y, message);
}

component main { public [ax, ay, message] } = Signed();
