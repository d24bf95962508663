// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.model.NetworkKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// docs/json-rpc.md is made here, with the answers that the methods give. `-Daitbc.document=write`
/// writes it; without that, it must be as it would be written.
class DocumentTest {
  private static final int ANSWER_CHARACTERS_MAX = 1_500;
  private final Rpc rpc = new Rpc();
  private final Map<String, Entry> entries = new TreeMap<>();

  /// What is said of a method, and the parameters of its example.
  private record Entry(String text, String parameters) {}

  @Test
  void theDocumentShowsWhatTheMethodsAnswer() throws IOException {
    describe();
    assertEquals(rpc.methods.names(), List.copyOf(entries.keySet()));
    String document = document();
    Path file = file();
    if ("write".equals(System.getProperty("aitbc.document"))) {
      Files.writeString(file, document);
    }
    assertEquals(
        document,
        Files.readString(file),
        "docs/json-rpc.md is old: run this test with -Daitbc.document=write");
  }

  private static Path file() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/protocol.md"))) {
      folder = requireNonNull(folder.getParent(), "no docs above");
    }
    return folder.resolve("docs/json-rpc.md");
  }

  private void describe() {
    String sender = "'" + TestChain.SENDER + "'";
    String store = "'" + TestChain.STORE + "'";
    String block = "'" + rpc.blockHash(1).toHex() + "'";
    String transaction = "'" + rpc.transactionHash(2).toHex() + "'";
    String call = "{'to':'" + TestChain.ECHO + "','input':'0xff01'},'latest'";
    put(
        "aitbc_certificate",
        "The encoded commit certificate of a block (Protocol §11.7), or null.",
        "'0x1'");
    put(
        "aitbc_concentration",
        "Who has more of all stake than the parameter STAKE_SHARE_MAX (Protocol §16.6): `total` stake of the candidates in units of 10^12 wei, the limit in millionths, and account, stake and millionths of each `above` it, by the account that withdraws a candidate's own stake. Null in a network without contracts for stake.",
        "");
    put(
        "aitbc_dryRunProposal",
        "What a proposal would do after the last block (Protocol §16.12), given its number, the targets of its calls and their data; number 0 for one that is not made yet. Tried on a copy of the state: the calls, the ends of two epochs in which all validators sign, another proposal, and another execution of the Timelock. `harmless` if nothing fails; `failed` names contracts whose call at an epoch's end does. Advice only. Null in a network without the contract Governor.",
        "'0x0',['" + TestChain.STORE + "'],['0x']");
    put("aitbc_finality", "How a block became final, if this node saw it lately.", "'0x2'");
    put("aitbc_status", "How the node does.", "");
    put(
        "aitbc_validators",
        "The validators of the present epoch; stake in units of 10^12 wei.",
        "");
    put(
        "aitbc_whyStalled",
        "What is missing to decide the next block, a line each; empty if nothing is.",
        "");
    put("eth_accounts", "Always empty: a node signs nothing for callers.", "");
    put("eth_baseFee", "Base fee per unit of gas of the next block.", "");
    put("eth_blobBaseFee", "Always 1 wei: there are no blobs.", "");
    put("eth_blockNumber", "Height of the last final block.", "");
    put(
        "eth_call",
        "What a call returns; nothing is kept. A third parameter changes balance, nonce, code or single slots (`stateDiff`) of accounts for this call. At most 50,000,000 gas. It may be asked of every block whose state is kept, those of the last 128 and the head's; of others the error is NOT_KEPT.",
        call);
    put("eth_chainId", "The chain id.", "");
    put(
        "eth_estimateGas",
        "The least gas limit with which a transaction succeeds in the state of a block.",
        call);
    put(
        "eth_feeHistory",
        "Base fees, use of gas and paid priority fees at percentiles, of up to 1,024 blocks.",
        "'0x2','latest',[50]");
    put("eth_gasPrice", "A gas price that pays the next base fees and 1 wei for the proposer.", "");
    put("eth_getBalance", "Balance of an account in wei.", sender + ",'latest'");
    put(
        "eth_getBlockByHash",
        "A block, with hashes of its transactions (false) or all of them (true).",
        block + ",false");
    put("eth_getBlockByNumber", "The same by height or tag.", "'0x2',false");
    put("eth_getBlockReceipts", "Receipts of all transactions of a block.", "'0x2'");
    put("eth_getBlockTransactionCountByHash", "How many transactions a block has.", block);
    put("eth_getBlockTransactionCountByNumber", "The same by height or tag.", "'0x1'");
    put("eth_getCode", "Code of an account.", store + ",'latest'");
    put(
        "eth_getLogs",
        "Logs by addresses and topics, of at most 10,000 blocks and 20,000 logs.",
        "{'fromBlock':'0x0','toBlock':'latest','address':'" + TestChain.ECHO + "'}");
    put(
        "eth_getProof",
        "An account and slots with the trie nodes that prove them under the block's state root (EIP-1186).",
        store + ",['0x0'],'latest'");
    put(
        "eth_getRawTransactionByHash",
        "The encoding of a transaction, `0x` if it is unknown.",
        transaction);
    put("eth_getStorageAt", "A word of an account's storage.", store + ",'0x0','latest'");
    put("eth_getTransactionByBlockHashAndIndex", "A transaction by its place.", block + ",'0x2'");
    put("eth_getTransactionByBlockNumberAndIndex", "The same by height or tag.", "'0x1','0x2'");
    put(
        "eth_getTransactionByHash",
        "A transaction, final or waiting in this node's pool, or null.",
        transaction);
    put(
        "eth_getTransactionCount",
        "Nonce of an account's next transaction; with `pending`, behind what waits without a gap.",
        sender + ",'pending'");
    put(
        "eth_getTransactionReceipt",
        "What came of a transaction that is final, or null.",
        transaction);
    put("eth_getUncleByBlockHashAndIndex", "Always null: there are no uncles.", block + ",'0x0'");
    put("eth_getUncleByBlockNumberAndIndex", "Always null.", "'0x1','0x0'");
    put("eth_getUncleCountByBlockHash", "Always 0 for a block that is there.", block);
    put("eth_getUncleCountByBlockNumber", "Always 0 for a block that is there.", "'0x1'");
    put("eth_maxPriorityFeePerGas", "A priority fee that is enough while blocks are not full.", "");
    put(
        "eth_sendRawTransaction",
        "Brings a signed transaction to the pool and the peers; returns its hash.",
        "'" + Rpc.raw(4).toHex() + "'");
    put("eth_syncing", "False, or how far the node is.", "");
    put("net_listening", "Always true.", "");
    put("net_peerCount", "How many peers are connected.", "");
    put("net_version", "The chain id in decimal digits.", "");
    put("web3_clientVersion", "The software and its version.", "");
    put("web3_sha3", "Keccak-256 of bytes.", "'0x68656c6c6f'");
  }

  private void put(String method, String text, String parameters) {
    entries.put(method, new Entry(text, parameters));
  }

  /// A call of a network without votes and its answer.
  private static String example(String method, String parameters) {
    String request = Rpc.request(method, parameters);
    return "> "
        + request
        + "\n< "
        + new Rpc(new NetworkKind.Poa(NetworkKind.Poa.SLOT_MILLIS_DEFAULT)).answer(request);
  }

  private String document() throws JsonProcessingException {
    List<String> lines = new ArrayList<>();
    lines.addAll(
        List.of(
            "# JSON-RPC",
            "",
            "This page is made by `DocumentTest` in `runtime/rpc`, which also checks it: every answer below is what the code gives.",
            "",
            "A node answers JSON-RPC 2.0 over HTTP (`POST`) and over WebSocket at the same port, single calls and batches. Quantities are hexadecimal without leading zeros, data is hexadecimal with two digits a byte.",
            "Where votes decide, every block that is served is final. So `latest`, `safe`, `finalized` and `pending` name the same block, the last one; `earliest` is block 0; no log is ever removed. A block may also be named by its height, its hash, or an",
            "object with `blockNumber` or `blockHash` (EIP-1898). A block parameter that is left out means the last block.",
            "",
            "## Networks without votes",
            "",
            "In a network with `CONSENSUS_MODE=poa` (Protocol §10.4) no block is ever final, and every message says so: answers, errors and notifications have a member `finality` beside those of JSON-RPC, which clients ignore that do not know it.",
            "There is no `safe` and no `finalized` block. `aitbc_finality` counts confirmations instead: the blocks from a block to the head, itself included. Blocks more than 10 below the highest head that the node ever had are not taken back by it.",
            "Over WebSocket, `newHeads` tells the blocks of the chain that counts from where it left the other, and `logs` first tells the logs of the blocks that were taken back once more, with `removed` true.",
            "",
            "```",
            example("aitbc_finality", "'0x1'"),
            example("eth_getBlockByNumber", "'finalized',false"),
            "```",
            "",
            "## Limits",
            "",
            "| limit | value |",
            "|---|---|",
            row("bytes of a request", RpcServer.REQUEST_BYTES_MAX),
            row("bytes of an answer, of a batch together", Dispatcher.ANSWER_BYTES_MAX),
            row("calls in a batch", Dispatcher.BATCH_CALLS_MAX),
            row("requests that are worked on at one time", RpcServer.REQUESTS_MAX),
            row("connections", RpcServer.CONNECTIONS_MAX),
            row("WebSocket connections", WebSockets.CONNECTIONS_MAX),
            row("subscriptions of a connection", Subscriptions.PER_CONNECTION_MAX),
            row("gas of eth_call", Simulation.GAS_MAX),
            row("blocks of eth_getLogs", BlockMethods.LOG_BLOCKS_MAX),
            row("logs in an answer", BlockMethods.LOGS_MAX),
            row("blocks of eth_feeHistory", Methods.FEE_HISTORY_BLOCKS_MAX),
            row("slots of eth_getProof", Methods.PROOF_SLOTS_MAX),
            "",
            "Requests must name a host that the node was configured with (by default this machine's own names), which keeps web pages from reaching a node under a name of their own. Web pages are answered if their origin is configured.",
            "",
            "## Errors",
            "",
            "| code | name | who acts | meaning |",
            "|---|---|---|---|"));
    for (RpcError.Code code : RpcError.Code.values()) {
      lines.add("| %d | %s | %s |".formatted(code.number(), code.name(), meaning(code)));
    }
    lines.addAll(
        List.of(
            "",
            "Numbers are never used again for something else. Messages of refused transactions and failed calls use the words that client libraries look for: `nonce too low`, `already known`, `replacement transaction underpriced`,",
            "`insufficient funds for gas * price + value`, `intrinsic gas too low`, `execution reverted`, `gas required exceeds allowance`.",
            "",
            "## Subscriptions",
            "",
            "Over WebSocket, `eth_subscribe` takes `newHeads`, `logs` with a filter as in eth_getLogs, or `newPendingTransactions`, and returns an id; `eth_unsubscribe` takes it back. Where votes decide, every block is told once and in order; a node that",
            "catches up tells only the last "
                + Subscriptions.BLOCKS_BEHIND_MAX
                + ". A connection that reads more slowly than it is told things is closed with code 1008.",
            "",
            "## Methods"));
    for (Map.Entry<String, Entry> each : entries.entrySet()) {
      lines.addAll(
          List.of(
              "",
              "### " + each.getKey(),
              "",
              each.getValue().text(),
              "",
              "```",
              "> " + Rpc.request(each.getKey(), each.getValue().parameters()),
              "< " + answer(each.getKey(), each.getValue().parameters()),
              "```"));
    }
    return String.join("\n", lines) + "\n";
  }

  private String answer(String method, String parameters) throws JsonProcessingException {
    JsonNode answer = rpc.call(method, parameters);
    assertEquals(false, answer.has("error"), method + ": " + answer);
    String text = Rpc.JSON.writeValueAsString(answer).replaceAll("0x0{512}", "0x00…00");
    return text.length() <= ANSWER_CHARACTERS_MAX
        ? text
        : text.substring(0, ANSWER_CHARACTERS_MAX) + "…";
  }

  private static String row(String limit, long value) {
    return String.format(Locale.ROOT, "| %s | %,d |", limit, value);
  }

  private static String meaning(RpcError.Code code) {
    return switch (code) {
      case PARSE -> "caller | the request is no JSON";
      case INVALID_REQUEST -> "caller | the JSON is no request";
      case METHOD_NOT_FOUND -> "caller | no such method is served";
      case INVALID_PARAMS -> "caller | a parameter is missing or malformed";
      case INTERNAL -> "developer | the node broke a promise of its own; its log says more";
      case REFUSED -> "caller | it cannot be done as asked; the message says why";
      case NOT_KEPT -> "operator | not found, or not kept by this node";
      case TRANSACTION_REFUSED -> "caller | the pool refuses the transaction; the message says why";
      case LIMIT_EXCEEDED -> "caller | more than a limit of this page";
      case BUSY -> "caller | too much to do now; come back later";
      case REVERTED -> "caller | the contract reverted; `data` is what it returned";
    };
  }
}
