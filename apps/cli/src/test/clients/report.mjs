// SPDX-License-Identifier: Apache-2.0
// What the scripts beside this one share: arguments, and a list of what went wrong.
// Usage of each: node CLIENT.mjs RPC_URL PRIVATE_KEY RECIPIENT CONTRACT_JSON
import { readFileSync } from "node:fs";

const [url, key, recipient, artifact] = process.argv.slice(2);
export const given = { url, socket: url.replace("http", "ws"), key, recipient, contract: JSON.parse(readFileSync(artifact, "utf8")) };
export const problems = [];
export const ETHER = 10n ** 18n;

/** Notes a problem if two values differ. */
export function same(what, expected, actual) {
  if (String(expected) !== String(actual)) problems.push(`${what}: expected ${expected}, got ${actual}`);
}

/** Notes a problem unless the call fails, with a message or data that matches. */
export async function fails(what, pattern, call) {
  try {
    await call();
    problems.push(`${what}: did not fail`);
  } catch (error) {
    const said = [error.message, error.shortMessage, error.details, JSON.stringify(error, (_, v) => (typeof v === "bigint" ? String(v) : v))].join(" ");
    if (!pattern.test(said)) problems.push(`${what}: failed otherwise: ${said.slice(0, 400)}`);
  }
}

/** The promise's value, or a problem if it takes longer than half a minute. */
export function soon(what, promise) {
  return Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error(`${what} did not come`)), 30_000))]);
}

/** Runs a script's work, prints what came of it, and ends. */
export async function report(client, work) {
  try {
    await work();
  } catch (error) {
    problems.push(`stopped: ${error.stack}`);
  }
  console.log(JSON.stringify({ client, problems }));
  process.exit(problems.length === 0 ? 0 : 1);
}
