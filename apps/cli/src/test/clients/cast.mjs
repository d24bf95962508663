// SPDX-License-Identifier: Apache-2.0
// Foundry's cast against a node: see report.mjs.
import { spawnSync } from "node:child_process";
import { ETHER, fails, given, report, same } from "./report.mjs";

function cast(command, ...words) {
  const all = [command, "--rpc-url", given.url, ...words];
  const ran = spawnSync("node_modules/.bin/cast", all, { encoding: "utf8" });
  // The package's starter ends with 0 whatever cast ended with.
  if (ran.status !== 0 || /^Error/m.test(ran.stderr)) {
    throw new Error(`cast ${command}: ${ran.stderr}`);
  }
  return ran.stdout.trim();
}

const send = (...words) => JSON.parse(cast("send", "--json", "--private-key", given.key, ...words));

await report("cast", async () => {
  const before = BigInt(cast("balance", given.recipient));
  const receipt = send(given.recipient, "--value", String(ETHER));
  same("status", "0x1", receipt.status);
  same("balance moved", ETHER, BigInt(cast("balance", given.recipient)) - before);
  same("receipt", receipt.blockHash, JSON.parse(cast("receipt", "--json", receipt.transactionHash)).blockHash);
  const token = send("--create", given.contract.bytecode).contractAddress;
  same("name", '"Wrapped AITBC"', cast("call", token, "name()(string)"));
  const owner = receipt.from;
  same("estimate", true, Number(cast("estimate", token, "deposit()", "--value", "5", "--from", owner)) > 21000);
  const deposit = send(token, "deposit()", "--value", "5");
  same("deposited", 5, cast("call", token, "balanceOf(address)(uint256)", owner));
  const at = String(Number(deposit.blockNumber));
  const logs = JSON.parse(cast("logs", "--json", "--address", token, "--from-block", at, "--to-block", at));
  same("events", true, logs.some((log) => log.transactionHash === deposit.transactionHash));
  await fails("withdraw too much", /revert/i, async () => cast("call", token, "withdraw(uint256)", "6", "--from", owner));
  await fails("more than there is", /insufficient funds/i, async () => send(given.recipient, "--value", String(BigInt(cast("balance", owner)) * 2n)));
  same("base fee", true, Number(cast("base-fee")) >= 0);
});
