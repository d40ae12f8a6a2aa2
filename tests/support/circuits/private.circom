pragma circom 2.1.0;

// Nothing public: the constant 1 is the only wire that a verifier sees.
template Private() {
    signal input a;
    signal input b;
    signal s;
    s <== a * a;
    s === b * b;
}

component main = Private();
