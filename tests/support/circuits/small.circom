pragma circom 2.1.0;

// Two outputs, two public inputs of which one is not used by any constraint, two private inputs.
template Small() {
    signal input a;
    signal input b;
    signal input p;
    signal input unused;
    signal output c;
    signal output d;
    signal t;
    t <== a * b;
    c <== t * p + 7;
    d <== c * c - a + 3 * b;
}

component main { public [p, unused] } = Small();
