#!/usr/bin/env node
// The compiler from npm for programs that start a native one: answers `--version` and `--standard-json`.
"use strict";

const solc = require("solc");

if (process.argv.includes("--version")) {
  // "Linux" instead of "Emscripten": forge reads the platform too
  const version = solc.version().replace("Emscripten.clang", "Linux.g++");
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`);
} else if (process.argv.includes("--standard-json")) {
  const chunks = [];
  process.stdin.on("data", (chunk) => chunks.push(chunk));
  process.stdin.on("end", () => process.stdout.write(solc.compile(Buffer.concat(chunks).toString("utf8"))));
} else {
  process.stderr.write("only --version and --standard-json are understood\n");
  process.exit(2);
}
