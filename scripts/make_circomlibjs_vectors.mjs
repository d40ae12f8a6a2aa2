// Writes tests/vectors/circomlibjs.json: what circomlibjs says of Poseidon, BLAKE-512 and EdDSA on fixed inputs.
// Run after `npm ci` in contracts/:  node scripts/make_circomlibjs_vectors.mjs
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../contracts/package.json", import.meta.url));
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);
const { buildEddsa, buildPoseidonReference } = await load("circomlibjs");
const createBlakeHash = require("blake-hash");

const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const digest = (text) => createHash("sha256").update(text).digest();
const integer = (text) => BigInt("0x" + digest(text).toString("hex")) % R;
const decimal = (F, values) => values.map((value) => F.toObject(value).toString());

const poseidon = await buildPoseidonReference();
const hashes = [];
for (let arity = 1; arity <= 16; arity++) {
  const draws = {
    zeros: () => 0n,
    counting: (i) => BigInt(i + 1),
    largest: (i) => R - 1n - BigInt(i),
    random: (i) => integer(`poseidon ${arity} ${i}`),
  };
  for (const draw of Object.values(draws)) {
    const inputs = Array.from({ length: arity }, (_, i) => draw(i));
    hashes.push({ inputs: inputs.map(String), hash: poseidon.F.toObject(poseidon(inputs)).toString() });
  }
}

// One sha256 per width t = 2..17, over the constants and then the matrix by rows, in decimal, one a line.
const packageRoot = new URL("../contracts/node_modules/circomlibjs/", import.meta.url);
const published = JSON.parse(readFileSync(new URL("src/poseidon_constants.json", packageRoot)));
const constants = published.C.map((roundConstants, index) => {
  const lines = [...roundConstants, ...published.M[index].flat()].map((value) => BigInt(value).toString());
  return { t: index + 2, sha256: digest(lines.join("\n")).toString("hex") };
});

const blake512 = [0, 1, 63, 64, 110, 111, 112, 113, 127, 128, 129, 239, 240, 255, 256, 300].map((length) => ({
  length,
  byte: 7,
  digest: createBlakeHash("blake512").update(Buffer.alloc(length, 7)).digest("hex"),
}));

const eddsa = await buildEddsa();
const F = eddsa.F;
const signatures = [];
for (let index = 0; index < 16; index++) {
  const key = digest(`key ${index}`);
  const message = [0n, 1n, R - 1n][index] ?? integer(`message ${index}`);
  const publicKey = eddsa.prv2pub(key);
  const { R8, S } = eddsa.signPoseidon(key, F.e(message));
  if (!eddsa.verifyPoseidon(F.e(message), { R8, S }, publicKey)) throw new Error("circomlibjs refuses its own signature");
  signatures.push({
    private_key: key.toString("hex"),
    message: message.toString(),
    public_key: decimal(F, publicKey),
    r: decimal(F, R8),
    s: S.toString(),
  });
}

const out = new URL("../tests/vectors/circomlibjs.json", import.meta.url);
writeFileSync(out, JSON.stringify({ source: "circomlibjs 0.1.7", hashes, constants, blake512, signatures }, null, 1) + "\n");
process.exit(0); // circomlibjs leaves worker threads behind
