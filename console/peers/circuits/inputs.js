// Valid inputs for the circuits beside this file. Reads {"circuit", "depth", "withdrawals"} as JSON, prints JSON.
const fs = require("fs");
const { buildEddsa, buildPoseidon } = require("circomlibjs");

async function main() {
    const request = JSON.parse(fs.readFileSync(0, "utf8"));
    const eddsa = await buildEddsa();
    const poseidon = await buildPoseidon();
    const F = poseidon.F;
    const hash = (values) => F.toObject(poseidon(values));
    const text = (value) => (Array.isArray(value) ? value.map(text) : value.toString());

    const privateKey = Buffer.alloc(32, 7);
    const [ax, ay] = eddsa.prv2pub(privateKey).map((x) => F.toObject(x));
    const sign = (message) => {
        const signature = eddsa.signPoseidon(privateKey, F.e(message));
        return { r8x: F.toObject(signature.R8[0]), r8y: F.toObject(signature.R8[1]), s: signature.S };
    };

    const siblings = Array.from({ length: request.depth }, (_, i) => hash([BigInt(i), 42n]));
    const bits = Array.from({ length: request.depth }, (_, i) => BigInt((0xb5c3a >> i) & 1));
    const rootOf = (leaf) =>
        siblings.reduce((node, sibling, i) => hash(bits[i] === 1n ? [sibling, node] : [node, sibling]), leaf);

    const circuits = {
        poseidon: () => ({ left: 1n, right: 2n }),
        eddsa: () => {
            const message = 1234567890n;
            return { ax, ay, message, ...sign(message) };
        },
        merkle: () => ({ leaf: 99n, siblings, bits }),
        mixture: () => {
            const balance = 1n << 63n;
            const signatures = [];
            const amounts = [];
            let left = balance;
            for (let nonce = 0; nonce < request.withdrawals; nonce++) {
                const amount = 1_000_003n * BigInt(nonce + 1);
                const root = rootOf(hash([ax, ay, left, BigInt(nonce)]));
                amounts.push(amount);
                signatures.push(sign(hash([amount, BigInt(nonce), root])));
                left -= amount;
            }
            return {
                root: rootOf(hash([ax, ay, balance, 0n])), ax, ay, balance, amounts, siblings, bits,
                s: signatures.map((x) => x.s), r8x: signatures.map((x) => x.r8x), r8y: signatures.map((x) => x.r8y),
            };
        },
    };
    const inputs = Object.entries(circuits[request.circuit]()).map(([name, value]) => [name, text(value)]);
    process.stdout.write(JSON.stringify(Object.fromEntries(inputs)));
}

main().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
