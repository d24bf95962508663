// SPDX-License-Identifier: Apache-2.0
// viem 2 against a node: see report.mjs.
import { createPublicClient, createWalletClient, defineChain, http, webSocket } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { ETHER, fails, given, report, same, soon } from "./report.mjs";

await report("viem", async () => {
  const account = privateKeyToAccount(given.key);
  const id = Number(await createPublicClient({ transport: http(given.url) }).getChainId());
  const chain = defineChain({
    id,
    name: "AITBC",
    nativeCurrency: { name: "AITBC", symbol: "AITBC", decimals: 18 },
    rpcUrls: { default: { http: [given.url], webSocket: [given.socket] } },
  });
  const reader = createPublicClient({ chain, transport: http(given.url), pollingInterval: 100, cacheTime: 0 });
  const wallet = createWalletClient({ account, chain, transport: http(given.url) });
  const final = (hash) => reader.waitForTransactionReceipt({ hash, timeout: 30_000 });

  const before = await reader.getBalance({ address: given.recipient });
  const sent = await wallet.sendTransaction({ to: given.recipient, value: ETHER });
  const receipt = await final(sent);
  same("status", "success", receipt.status);
  same("balance moved", ETHER, (await reader.getBalance({ address: given.recipient })) - before);
  const block = await reader.getBlock({ blockHash: receipt.blockHash });
  same("listed", true, block.transactions.includes(sent));
  await fails("more than there is", /insufficient funds|exceeds the balance/i, async () =>
    wallet.sendTransaction({ to: given.recipient, value: (await reader.getBalance({ address: account.address })) * 2n }));

  const deployed = await final(await wallet.deployContract(given.contract));
  const token = { address: deployed.contractAddress, abi: given.contract.abi };
  same("name", "Wrapped AITBC", await reader.readContract({ ...token, functionName: "name" }));
  const gas = await reader.estimateContractGas({ ...token, account, functionName: "deposit", value: 5n });
  same("estimate", true, gas > 21000n);

  const filter = await reader.createContractEventFilter({ ...token, eventName: "Deposit" });
  const deposit = await final(await wallet.writeContract({ ...token, functionName: "deposit", value: 5n }));
  same("deposited", 5n, await reader.readContract({ ...token, functionName: "balanceOf", args: [account.address] }));
  same("news of the filter", 1, (await reader.getFilterChanges({ filter })).length);
  const range = { fromBlock: deposit.blockNumber, toBlock: deposit.blockNumber };
  same("events", 1, (await reader.getContractEvents({ ...token, eventName: "Deposit", ...range })).length);
  await fails("withdraw too much", /revert/i, () =>
    reader.simulateContract({ ...token, account, functionName: "withdraw", args: [6n] }));

  const history = await reader.getFeeHistory({ blockCount: 2, rewardPercentiles: [50] });
  same("fee history", 3, history.baseFeePerGas.length);
  const proof = await reader.getProof({ address: token.address, storageKeys: [] });
  same("nonce of the contract", 1, proof.nonce);
  const listed = await reader.createAccessList({ account, to: token.address, data: "0xd0e30db0", value: 1n });
  same("access list", true, listed.gasUsed > 21000n);

  const socket = createPublicClient({ chain, transport: webSocket(given.socket) });
  const told = new Promise((resolve, reject) => {
    socket.watchContractEvent({ ...token, eventName: "Deposit", onLogs: (logs) => resolve(logs[0]), onError: reject });
  });
  const head = new Promise((resolve, reject) => {
    socket.watchBlocks({ onBlock: resolve, onError: reject });
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  await final(await wallet.writeContract({ ...token, functionName: "deposit", value: 7n }));
  same("event over the socket", 7n, Object.values((await soon("event", told)).args)[1]);
  same("head over the socket", true, (await soon("head", head)).number > 0n);
});
