// SPDX-License-Identifier: Apache-2.0
// web3.js 4 against a node: see report.mjs.
import { Web3 } from "web3";
import { ETHER, fails, given, report, same, soon } from "./report.mjs";

await report("web3", async () => {
  const web3 = new Web3(given.url);
  web3.transactionPollingInterval = 100;
  const account = web3.eth.accounts.wallet.add(given.key).get(0);

  const before = BigInt(await web3.eth.getBalance(given.recipient));
  const receipt = await web3.eth.sendTransaction({ from: account.address, to: given.recipient, value: String(ETHER) });
  same("status", 1n, receipt.status);
  same("balance moved", ETHER, BigInt(await web3.eth.getBalance(given.recipient)) - before);
  const block = await web3.eth.getBlock(receipt.blockNumber);
  same("listed", true, block.transactions.includes(receipt.transactionHash));
  await fails("more than there is", /insufficient funds/i, async () =>
    web3.eth.sendTransaction({
      from: account.address,
      to: given.recipient,
      value: String(BigInt(await web3.eth.getBalance(account.address)) * 2n),
      gas: 21000n,
    }));

  const factory = new web3.eth.Contract(given.contract.abi);
  const token = await factory.deploy({ data: given.contract.bytecode }).send({ from: account.address });
  same("name", "Wrapped AITBC", await token.methods.name().call());
  same("estimate", true, (await token.methods.deposit().estimateGas({ from: account.address, value: "5" })) > 21000n);
  const deposit = await token.methods.deposit().send({ from: account.address, value: "5" });
  same("deposited", 5n, await token.methods.balanceOf(account.address).call());
  const range = { fromBlock: deposit.blockNumber, toBlock: deposit.blockNumber };
  same("events", 1, (await token.getPastEvents("Deposit", range)).length);
  await fails("withdraw too much", /revert/i, () => token.methods.withdraw(6n).call({ from: account.address }));
  const history = await web3.eth.getFeeHistory(2, "latest", [50]);
  same("fee history", 3, history.baseFeePerGas.length);

  const socket = new Web3(given.socket);
  const heads = await socket.eth.subscribe("newBlockHeaders");
  const head = new Promise((resolve) => heads.on("data", resolve));
  const logs = await socket.eth.subscribe("logs", { address: token.options.address });
  const told = new Promise((resolve) => logs.on("data", resolve));
  await token.methods.deposit().send({ from: account.address, value: "7" });
  same("event over the socket", token.options.address.toLowerCase(), (await soon("event", told)).address.toLowerCase());
  same("head over the socket", true, BigInt((await soon("head", head)).number) > 0n);
});
