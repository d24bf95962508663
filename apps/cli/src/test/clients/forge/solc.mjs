#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
// The compiler of npm's package solc, as forge runs one: --version, or --standard-json over stdin.
import { readFileSync } from "node:fs";
import solc from "solc";

if (process.argv.includes("--version")) {
  const version = solc.version().replace("Emscripten.clang", "Linux.g++");
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${version}`);
} else {
  process.stdout.write(solc.compile(readFileSync(0, "utf8")));
}
