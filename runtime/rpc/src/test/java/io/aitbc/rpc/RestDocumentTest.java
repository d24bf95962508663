// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// docs/rest.md is made here, with the answers that the paths give: as DocumentTest makes
/// docs/json-rpc.md, and written by the same property.
class RestDocumentTest {
  private final Rpc rpc = new Rpc();

  /// A path, what is said of it, and how its example asks for it.
  private record Entry(String path, String text, String example) {}

  @Test
  void theDocumentShowsWhatThePathsAnswer() throws IOException {
    MadeDocument.assertMade("rest.md", document());
  }

  private List<Entry> entries() {
    String hash = rpc.transactionHash(2).toHex();
    return List.of(
        new Entry("head", "The last block: final where votes decide.", "head"),
        new Entry("height", "Its height.", "height"),
        new Entry(
            "info",
            "Chain and node; `status` answers the same. `total_transactions` and `total_accounts` are null, nobody counts them; `block_time_seconds` is that of the mode in force.",
            "info"),
        new Entry(
            "blocks/{height}",
            "A block. `proposer` is the account of its maker, `signature` the encoded commit certificate (null where there is none), `status` of a transaction `confirmed`, `failed` (it is in the block and was reverted) or `pending`, `type` TRANSFER or, where there is code to run, CONTRACT. `fee` is what it cost. There are no `bridge_state_root`, no `block_metadata`, and no signatures of transactions, which are over other bytes here.",
            "blocks/1"),
        new Entry(
            "blocks-range?start&end&limit&include_tx",
            "Blocks from `start` (0) to `end` (10), or the last `limit`; at most "
                + RestPaths.BLOCKS_MAX
                + " blocks and some "
                + RestPaths.TRANSACTIONS_MAX
                + " transactions, without these with `include_tx=false`.",
            "blocks-range?limit=2&include_tx=false"),
        new Entry(
            "transaction/{hash}",
            "A transaction, also one that waits in this node's pool: then `block_height` and times are null. The hash with or without 0x. There is no `transaction_id`.",
            "transaction/" + hash),
        new Entry(
            "transactions?limit&address&transaction_type",
            "The latest transactions, the latest first, at most `limit` (100), of the last "
                + RestPaths.BLOCKS_MAX
                + " blocks and some "
                + RestPaths.TRANSACTIONS_MAX
                + " transactions: what is older is not found. By `island_id`, `pair`, `status`, `order_id` and `job_id` nothing is kept; asking by them is refused.",
            "transactions?limit=1"),
        new Entry(
            "mempool?limit",
            "What waits in this node's pool, at most `limit` (100); `fee` is what each costs at most. Needs the namespace `txpool`.",
            "mempool"),
        new Entry(
            "account/{address}",
            "Balance and nonce after the last block; `accounts/{address}` answers the same. An account that never had anything is not found.",
            "account/ait1" + TestChain.SENDER.toString().substring(2)),
        new Entry(
            "balance/{address}",
            "The balance, and as `staked` what the account has in its own pool as a candidate; what it delegated to others is told by `aitbc_rewards` for each. Nothing is locked in bridges.",
            "balance/" + TestChain.RECEIVER),
        new Entry(
            "network-info",
            "The node and its network. Where it can be reached is not said: a node does not know its public names.",
            "network-info"),
        new Entry(
            "consensus/status",
            "The mode whose quorum decides (`PoA` without votes), how many present validators may go before its quorum is lost, round, height and epoch that are being decided.",
            "consensus/status"),
        new Entry(
            "consensus/validators",
            "The validators of the present epoch, stake in AITBC.",
            "consensus/validators"),
        new Entry(
            "consensus/slashing-history",
            "Convictions in the last %,d blocks: `convicted`, and `finished` when the penalty has its full size, which is then `slash_rate`; `evidence` is the transaction."
                .formatted(BlockMethods.LOG_BLOCKS_MAX),
            "consensus/slashing-history"),
        new Entry(
            "staking/{address}",
            "What an account has at stake in its own pool as a candidate.",
            "staking/" + TestChain.RECEIVER));
  }

  private String document() {
    List<String> lines = new ArrayList<>();
    lines.addAll(
        List.of(
            "# The older platform's paths",
            "",
            "This page is made by `RestDocumentTest` in `runtime/rpc`, which also checks it: every answer below is what the code gives.",
            "",
            "For programs that were written for the platform before this one, a node answers a part of its paths under `/rpc/`, at the port of JSON-RPC and for the same hosts, web pages and limits, if `rest = true` stands in `[rpc]` of its configuration. It is for reading. New programs use JSON-RPC ([json-rpc.md](json-rpc.md)): each path is answered by its methods, and a path whose methods are not served (`rpc.namespaces`) is not served either.",
            "",
            "- Amounts are compute-seconds, 3,600 of which are one AIT there and one AITBC here, rounded down. The exact amount stands beside each in wei, as a text, under the name with `_wei` behind it.",
            "- An address is `0x`, `ait1` or `aitbc1` and 40 hexadecimal digits; answers have `0x`. Capitals and small letters together must be as EIP-55 has them.",
            "- `chain_id` is the number of Ethereum's transactions, as a text. Who asks with another `?chain_id=` gets 404, so that nobody takes this chain's answer for another's.",
            "- Times are UTC. What this network does not have or count is null or left out, as below.",
            "- A refusal is `detail` with a status: 400 for what is malformed, refused by the pool or beyond a limit, 404 for what is not there or not kept, 501, 503 when the node has too much to do. `code` is that of JSON-RPC; `use` names the method to use instead.",
            "- In a network without votes every object has `\"finality\":\"not final\"` (Protocol §10.4).",
            "",
            "## GET"));
    for (Entry each : entries()) {
      lines.addAll(
          List.of(
              "",
              "### " + each.path(),
              "",
              each.text(),
              "",
              "```",
              "> GET /rpc/" + each.example(),
              "< " + shown(rpc.rest.get(RestPaths.PREFIX + each.example())),
              "```"));
      if (each.path().equals("transaction/{hash}")) {
        // The pool has something from here on.
        RestPaths.Answer _ = posted(raw());
      }
    }
    lines.addAll(
        List.of(
            "",
            "## POST",
            "",
            "### transaction",
            "",
            "Takes a signed Ethereum transaction. The older form, JSON fields with a signature over them, is not taken: its signature covers neither gas nor this chain's id. The same key signs here, and has the same address.",
            "",
            "```",
            "> POST /rpc/transaction " + older(),
            "< " + shown(posted(older())),
            "> POST /rpc/transaction " + raw(),
            "< " + shown(new RestDocumentTest().posted(raw())),
            "> POST /rpc/transaction " + raw(),
            "< " + shown(posted(raw())),
            "```",
            "",
            "## What is not served",
            "",
            "`genesis_allocations`, as the genesis file says it; `escrow/{job_id}`, because a job here has claims of several workers, each with its own fee and end (`aitbc_job`); and everything that changed a node's database beside its blocks (stakes, votes, escrow, faucet, bridges, islands), which is a transaction here.",
            "",
            "```",
            "> GET /rpc/escrow/7",
            "< " + shown(rpc.rest.get("/rpc/escrow/7")),
            "> POST /rpc/staking/stake {}",
            "< " + shown(rpc.rest.post("/rpc/staking/stake", new byte[] {'{', '}'})),
            "> GET /rpc/genesis_allocations",
            "< " + shown(rpc.rest.get("/rpc/genesis_allocations")),
            "```"));
    return String.join("\n", lines) + "\n";
  }

  private static String raw() {
    return "{\"raw\":\"" + Rpc.raw(4).toHex() + "\"}";
  }

  private static String older() {
    return "{\"from\":\"ait1…\",\"to\":\"ait1…\",\"amount\":3600,\"fee\":36,\"nonce\":0,\"signature\":\"…\"}";
  }

  private RestPaths.Answer posted(String body) {
    return rpc.rest.post("/rpc/transaction", body.getBytes(StandardCharsets.UTF_8));
  }

  private static String shown(RestPaths.Answer answer) {
    String text = new String(answer.body().toArray(), StandardCharsets.UTF_8);
    return answer.status() + " " + MadeDocument.shown(text);
  }
}
