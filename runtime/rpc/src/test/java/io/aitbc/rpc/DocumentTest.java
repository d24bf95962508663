// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.model.NetworkKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// docs/json-rpc.md is made here, with the answers that the methods give. `-Daitbc.document=write`
/// writes it; without that, it must be as it would be written.
class DocumentTest {
  private final Rpc rpc = new Rpc();
  private final Map<String, MethodExamples.Entry> entries = MethodExamples.of(rpc);

  @Test
  void theDocumentShowsWhatTheMethodsAnswer() throws IOException {
    assertEquals(rpc.methods.names(), List.copyOf(entries.keySet()));
    MadeDocument.assertMade("json-rpc.md", document());
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
            "Where votes decide, every block that is served is final. So `latest`, `safe`, `finalized` and `pending` name the same block, the last one; `earliest` is block 0; no log is ever removed. `anchored` is the last block behind which more than two thirds of the stake are known to stand (Protocol §10.1): in FAST, where authorities alone decide, some 20 to 40 blocks back, else the last one. A node that is started again in FAST knows only what anchors say, so it may name an earlier block than before, until anchors reach further. A block may also be named by its height, its hash, or an",
            "object with `blockNumber` or `blockHash` (EIP-1898). A block parameter that is left out means the last block.",
            "",
            "## Networks without votes",
            "",
            "In a network with `CONSENSUS_MODE=poa` (Protocol §10.4) no block is ever final, and every message says so: answers, errors and notifications have a member `finality` beside those of JSON-RPC, which clients ignore that do not know it.",
            "There is no `safe`, no `finalized` and no `anchored` block. `aitbc_finality` counts confirmations instead: the blocks from a block to the head, itself included. Blocks more than 10 below the highest head that the node ever had are not taken back by it.",
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
            row("bytes of a message over WebSocket", RpcServer.MESSAGE_BYTES_MAX),
            row("bytes of an answer, of a batch together", Dispatcher.ANSWER_BYTES_MAX),
            row("calls in a batch", Dispatcher.BATCH_CALLS_MAX),
            row("seconds for the calls of a batch", Dispatcher.BATCH_NANOS_MAX / 1_000_000_000),
            row("requests that are worked on at one time", RpcServer.REQUESTS_MAX),
            row("connections", RpcServer.CONNECTIONS_MAX),
            row("WebSocket connections", WebSockets.CONNECTIONS_MAX),
            row("subscriptions of a connection", Subscriptions.PER_CONNECTION_MAX),
            row("gas of eth_call", Simulation.GAS_MAX),
            row("blocks of eth_getLogs", BlockMethods.LOG_BLOCKS_MAX),
            row("logs in an answer", BlockMethods.LOGS_MAX),
            row("blocks of eth_feeHistory", Methods.FEE_HISTORY_BLOCKS_MAX),
            row("percentiles of eth_feeHistory", FeePercentiles.COUNT_MAX),
            row("slots of eth_getProof", Methods.PROOF_SLOTS_MAX),
            row("slots of eth_getStorageValues", Methods.STORAGE_VALUES_MAX),
            row("blocks of eth_simulateV1", BlockRequest.BLOCKS_MAX),
            row("gas of eth_simulateV1, of all calls together", Simulation.GAS_MAX),
            row("filters", FilterMethods.FILTERS_MAX),
            row("steps of debug_trace…", TraceWatch.STEPS_MAX),
            row("bytes of these steps in memory", TraceWatch.STEP_BYTES_MAX),
            row("slots of debug_storageRangeAt", StorageRange.SLOTS_MAX),
            row("transactions of txpool_content and txpool_inspect", PoolMethods.TRANSACTIONS_MAX),
            "",
            "Requests must name a host that the node was configured with (by default this machine's own names), which keeps web pages from reaching a node under a name of their own. Web pages may use a node if their origin is configured; requests with another `Origin`, except those of browsers' extensions over HTTP, get status 403.",
            "A node serves the namespaces that it was configured with, by default `aitbc_`, `eth_`, `net_` and `web3_`; a method of another one does not exist there. Namespaces are switched for all callers alike. No method needs authentication: there are none for the operator alone, and who may see `debug`, `trace` and `txpool` only is told by a proxy (docs/operator.md, \"Who may use JSON-RPC\").",
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
            "Over WebSocket, `eth_subscribe` takes `newHeads`, `logs` with a filter as in eth_getLogs, `aitbc_blocks` with such a filter (for each block one message, with `number`, `hash` and those of its `logs` that match; a block that is taken back is not told), `newPendingTransactions` (hashes; with `true` as second parameter the transactions), or `syncing` (that the node begins to fetch blocks, with how far it is, and `false` when it has ended), and returns an id; `eth_unsubscribe` takes it back. Where votes decide, every block is told once and in order; a node that",
            "catches up tells only the last "
                + Subscriptions.BLOCKS_BEHIND_MAX
                + ". A connection that reads more slowly than it is told things is closed with code 1008. One that sends nothing for 60 s is closed; over WebSocket the node asks for a sign of life every 20 s (a ping, which clients answer by themselves).",
            "",
            "## Methods"));
    for (Map.Entry<String, MethodExamples.Entry> each : entries.entrySet()) {
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
    // The names of filters are random.
    return (String.join("\n", lines) + "\n").replaceAll("0x[89a-f][0-9a-f]{31}\"", "0x9c…5e\"");
  }

  private String answer(String method, String parameters) throws JsonProcessingException {
    JsonNode answer = rpc.call(method, parameters);
    assertEquals(false, answer.has("error"), method + ": " + answer);
    String text = Rpc.JSON.writeValueAsString(answer).replaceAll("0x0{512}", "0x00…00");
    return MadeDocument.shown(text);
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
      case NOT_YET ->
          "caller | taken, but in no block in the time that was given (EIP-7966); `data` is the transaction's hash; ask for its receipt";
      case NOT_KEPT -> "operator | not found, or not kept by this node";
      case TRANSACTION_REFUSED -> "caller | the pool refuses the transaction; the message says why";
      case LIMIT_EXCEEDED -> "caller | more than a limit of this page";
      case BUSY -> "caller | too much to do now; come back later";
      case NONCE_TOO_LOW -> "caller | eth_simulateV1: a nonce is below the sender's";
      case NONCE_TOO_HIGH -> "caller | eth_simulateV1: a nonce is above the sender's";
      case BASE_FEE_NOT_OFFERED ->
          "caller | eth_simulateV1: a transaction offers less than the base fee";
      case INTRINSIC_GAS_TOO_LOW ->
          "caller | eth_simulateV1: a transaction's gas is below what it costs whatever it does";
      case FUNDS_TOO_LOW ->
          "caller | eth_simulateV1: a sender cannot pay what a transaction may cost";
      case BLOCK_GAS_EXCEEDED ->
          "caller | eth_simulateV1: a block has less gas than its transactions need";
      case BLOCK_NUMBERS_OUT_OF_ORDER -> "caller | eth_simulateV1: block numbers do not rise";
      case BLOCK_TIMES_OUT_OF_ORDER -> "caller | eth_simulateV1: times of blocks fall";
      case PRECOMPILE_MOVED_TO_ITSELF ->
          "caller | eth_simulateV1: a precompile is moved to where it is";
      case PRECOMPILES_MOVED_TO_ONE ->
          "caller | eth_simulateV1: two precompiles are moved to one address";
      case SENDER_IS_CONTRACT -> "caller | eth_simulateV1: a sender is a contract (EIP-3607)";
      case INIT_CODE_TOO_LARGE ->
          "caller | eth_simulateV1: code that creates a contract is too long (EIP-3860)";
      case SIMULATION_LIMIT ->
          "caller | eth_simulateV1: more blocks or gas than a limit of this page";
      case CALL_HALTED ->
          "caller | within an answer of eth_simulateV1: a call halted; the message says why";
      case REVERTED -> "caller | the contract reverted; `data` is what it returned";
    };
  }
}
