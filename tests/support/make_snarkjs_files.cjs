// Makes one real file of every kind with snarkjs: node make_snarkjs_files.cjs NODE_MODULES_PARENT DIRECTORY CIRCUIT...
// Each CIRCUIT has been compiled to DIRECTORY/CIRCUIT.r1cs and CIRCUIT_js/CIRCUIT.wasm, its inputs are in CIRCUIT.input.json.
"use strict";

const { createRequire } = require("module");
const fs = require("fs");
const path = require("path");

const [, , modulesParent, directory, ...circuits] = process.argv;
const snarkjs = createRequire(path.join(modulesParent, "package.json"))("snarkjs");
const POWER = 4;
const BEACON = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
const at = (name) => path.join(directory, name);
const writeJson = (name, value) => fs.writeFileSync(at(name), JSON.stringify(value, null, 1));

async function powersOfTau() {
    const curve = await snarkjs.curves.getCurveFromName("bn128");
    await snarkjs.powersOfTau.newAccumulator(curve, POWER, at("new.ptau"));
    await snarkjs.powersOfTau.contribute(at("new.ptau"), at("contributed.ptau"), "first, with an é", "entropy");
    await snarkjs.powersOfTau.beacon(at("contributed.ptau"), at("beacon.ptau"), "last", BEACON, 10);
    await snarkjs.powersOfTau.preparePhase2(at("beacon.ptau"), at("prepared.ptau"));
}

async function circuitFiles(name) {
    const input = JSON.parse(fs.readFileSync(at(`${name}.input.json`), "utf8"));
    await snarkjs.wtns.calculate(input, at(`${name}_js/${name}.wasm`), at(`${name}.wtns`));
    await snarkjs.zKey.newZKey(at(`${name}.r1cs`), at("prepared.ptau"), at(`${name}.new.zkey`));
    await snarkjs.zKey.contribute(at(`${name}.new.zkey`), at(`${name}.contributed.zkey`), "", "entropy");
    await snarkjs.zKey.beacon(at(`${name}.contributed.zkey`), at(`${name}.zkey`), "the end", BEACON, 10);
    writeJson(`${name}.verification_key.json`, await snarkjs.zKey.exportVerificationKey(at(`${name}.zkey`)));
    const { proof, publicSignals } = await snarkjs.groth16.prove(at(`${name}.zkey`), at(`${name}.wtns`));
    writeJson(`${name}.proof.json`, proof);
    writeJson(`${name}.public.json`, publicSignals);
}

async function main() {
    await powersOfTau();
    for (const name of circuits) await circuitFiles(name);
}

main().then(
    () => process.exit(0),
    (error) => {
        console.error(error);
        process.exit(1);
    },
);
