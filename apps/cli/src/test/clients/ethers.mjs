// SPDX-License-Identifier: Apache-2.0
// ethers 6 against a node: see report.mjs.
import { ethers } from "ethers";
import { ETHER, fails, given, problems, report, same, soon } from "./report.mjs";

await report(`ethers ${ethers.version}`, async () => {
  // An answer is not kept for a quarter of a second: blocks come faster than that.
  const provider = new ethers.JsonRpcProvider(given.url, undefined, { staticNetwork: true, cacheTimeout: -1 });
  const wallet = new ethers.Wallet(given.key, provider);

  const before = await provider.getBalance(given.recipient);
  const sent = await wallet.sendTransaction({ to: given.recipient, value: (3n * ETHER) / 2n });
  const receipt = await sent.wait(1, 30_000);
  same("status", 1, receipt.status);
  same("gas used", 21000n, receipt.gasUsed);
  same("balance moved", (3n * ETHER) / 2n, (await provider.getBalance(given.recipient)) - before);
  const block = await provider.getBlock(receipt.blockNumber);
  same("block of the receipt", block.hash, receipt.blockHash);
  if (!block.transactions.includes(sent.hash)) problems.push("the block does not list the transaction");
  same("sender", wallet.address, (await provider.getTransaction(sent.hash)).from);
  await fails("more than there is", /INSUFFICIENT_FUNDS/, async () =>
    wallet.sendTransaction({ to: given.recipient, value: (await provider.getBalance(wallet.address)) * 2n, gasLimit: 21000n }));

  const factory = new ethers.ContractFactory(given.contract.abi, given.contract.bytecode, wallet);
  const token = await factory.deploy();
  await token.waitForDeployment();
  same("name", "Wrapped AITBC", await token.name());
  same("estimate", true, (await token.deposit.estimateGas({ value: 5n })) > 21000n);
  const deposit = await (await token.deposit({ value: 5n })).wait(1, 30_000);
  same("deposited", 5n, await token.balanceOf(wallet.address));
  const events = await token.queryFilter("Deposit", deposit.blockNumber, deposit.blockNumber);
  same("events", 1, events.length);
  await fails("withdraw too much", /revert/i, () => token.withdraw.staticCall(6n));

  const fees = await provider.getFeeData();
  // Where the base fee is 0, ethers takes it for absent and tells a gas price alone.
  same("fees", true, (fees.maxFeePerGas ?? fees.gasPrice) > 0n);
  const trace = await provider.send("debug_traceTransaction", [deposit.hash, { tracer: "callTracer" }]);
  same("traced call", "CALL", trace.type);
  same("traced value", "0x5", trace.value);
  const steps = await provider.send("debug_traceTransaction", [deposit.hash]);
  same("steps", true, steps.structLogs.length > 10);

  const socket = new ethers.WebSocketProvider(given.socket);
  const told = new Promise((resolve) => {
    void new ethers.Contract(token.target, given.contract.abi, socket).once("Deposit", (...told) => resolve(told));
  });
  const head = new Promise((resolve) => void socket.once("block", resolve));
  await new Promise((resolve) => setTimeout(resolve, 500));
  await (await token.deposit({ value: 7n })).wait(1, 30_000);
  same("event over the socket", 7n, (await soon("event", told))[1]);
  same("head over the socket", true, (await soon("head", head)) > 0);
  await socket.destroy();
  provider.destroy();
});
