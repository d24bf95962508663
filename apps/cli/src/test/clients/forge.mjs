// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
// Foundry's forge against a node: see report.mjs. Its project is the folder forge.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fails, given, report, same } from "./report.mjs";

function forge(...words) {
  const ran = spawnSync("../node_modules/.bin/forge", words, { cwd: "forge", encoding: "utf8" });
  // The package's starter ends with 0 whatever forge ended with.
  if (ran.status !== 0 || /^Error/m.test(ran.stderr)) throw new Error(`forge ${words[0]}: ${ran.stderr}`);
  return ran.stdout;
}

async function rpc(method, ...params) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await fetch(given.url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { result, error } = await answer.json();
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

const account = ["--rpc-url", given.url, "--private-key", given.key];
const count = (to) => rpc("eth_call", { to, input: "0x06661abd" }, "latest");

await report("forge", async () => {
  forge("build");
  const created = JSON.parse(forge("create", "src/Counter.sol:Counter", ...account, "--broadcast", "--json", "--constructor-args", "7"));
  same("created with its argument", 7, BigInt(await count(created.deployedTo)));
  const creation = await rpc("eth_getTransactionReceipt", created.transactionHash);
  same("creation", "0x1", creation.status);
  same("creator", created.deployer.toLowerCase(), creation.from.toLowerCase());

  forge("script", "script/Count.s.sol:Count", ...account, "--broadcast", "--slow");
  const id = Number(await rpc("eth_chainId"));
  const run = JSON.parse(readFileSync(`forge/broadcast/Count.s.sol/${id}/run-latest.json`, "utf8"));
  same("receipts", 2, run.receipts.length);
  same("both succeeded", "0x1,0x1", run.receipts.map((receipt) => receipt.status));
  const counter = run.receipts[0].contractAddress;
  same("counted", 42, BigInt(await count(counter)));
  const { blockHash, logs } = run.receipts[1];
  same("event", 1, logs.length);
  const served = await rpc("eth_getLogs", { address: counter, blockHash });
  same("event as served", logs[0].data, served[0].data);

  const before = await rpc("eth_blockNumber");
  forge("script", "script/Count.s.sol:Count", "--rpc-url", given.url);
  const range = { fromBlock: before, toBlock: "latest", topics: logs[0].topics };
  const since = (await rpc("eth_getLogs", range)).filter((log) => BigInt(log.blockNumber) > BigInt(before));
  same("a rehearsal sends nothing", 0, since.length);
  await fails("no constructor argument", /constructor/i, async () => forge("create", "src/Counter.sol:Counter", ...account, "--broadcast"));
});
