// SPDX-License-Identifier: Apache-2.0
// Sends a transfer with ethers 6 through a node's JSON-RPC and reads its receipt.
// Usage: node transfer.mjs RPC_URL PRIVATE_KEY RECIPIENT
import { ethers } from "ethers";

const [url, key, recipient] = process.argv.slice(2);
// An answer is not kept for a quarter of a second: blocks come faster than that.
const provider = new ethers.JsonRpcProvider(url, undefined, { staticNetwork: true, cacheTimeout: -1 });
const wallet = new ethers.Wallet(key, provider);

const before = await provider.getBalance(recipient);
const sent = await wallet.sendTransaction({ to: recipient, value: ethers.parseEther("1.5") });
const receipt = await sent.wait(1, 30_000);
const after = await provider.getBalance(recipient);

const block = await provider.getBlock(receipt.blockNumber);
const problems = [];
if (receipt.status !== 1) problems.push(`status ${receipt.status}`);
if (receipt.gasUsed !== 21000n) problems.push(`gas used ${receipt.gasUsed}`);
if (after - before !== ethers.parseEther("1.5")) problems.push(`balance moved by ${after - before}`);
if (block.hash !== receipt.blockHash) problems.push(`block ${block.hash}, receipt ${receipt.blockHash}`);
if (!block.transactions.includes(sent.hash)) problems.push("the block does not list the transaction");
const found = await provider.getTransaction(sent.hash);
if (found?.from !== wallet.address) problems.push(`sender ${found?.from}`);
try {
  await wallet.sendTransaction({ to: recipient, value: (await provider.getBalance(wallet.address)) * 2n, gasLimit: 21000n });
  problems.push("a transfer above the balance was accepted");
} catch (error) {
  if (error.code !== "INSUFFICIENT_FUNDS") problems.push(`above the balance: ${error.code}`);
}
provider.destroy();
console.log(JSON.stringify({ ethers: ethers.version, block: receipt.blockNumber, transaction: sent.hash, problems }));
process.exit(problems.length === 0 ? 0 : 1);
