// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Why a path of the older platform is not answered, and which method of JSON-RPC to use instead.
final class RestRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private static final int PATH_MAX = 80;

  /// What to ask for what is not served, by how the path begins; the first that fits.
  private static final List<Map.Entry<String, String>> USES =
      List.of(
          Map.entry("block", "eth_getBlockByNumber"),
          Map.entry("chain/", "eth_getBlockByNumber"),
          Map.entry("chains", "eth_chainId"),
          Map.entry("proposer", "aitbc_validators"),
          Map.entry("sync/", "eth_syncing"),
          Map.entry("state/", "eth_getProof"),
          Map.entry("export-chain", "eth_getBlockByNumber"),
          Map.entry("islands", "aitbc_status"),
          Map.entry("transactions/marketplace", "aitbc_jobs"),
          Map.entry("governance/", "aitbc_proposals"),
          Map.entry("escrow/", "aitbc_job"),
          Map.entry("disputes", "aitbc_claim"),
          Map.entry("ai/", "aitbc_jobs"),
          Map.entry("bridge", "aitbc_lightBlock"),
          Map.entry("cross-chain", "aitbc_lightBlock"),
          Map.entry("account", "eth_getBalance"),
          Map.entry("balance", "eth_getBalance"),
          Map.entry("staking", "aitbc_rewards"),
          Map.entry("consensus", "aitbc_mode"));

  /// The same of what was posted; everything else was a change, and changes are transactions.
  private static final List<Map.Entry<String, String>> USES_OF_POST =
      List.of(
          Map.entry("eth_getLogs", "eth_getLogs"),
          Map.entry("subscribe", "eth_subscribe"),
          Map.entry("heartbeat", "eth_subscribe"),
          Map.entry("import", "eth_syncing"),
          Map.entry("force-sync", "eth_syncing"),
          Map.entry("islands", "aitbc_status"));

  private final int status;
  private final String use;

  /// @param use a method, named as it is called
  RestRefusal(int status, String detail, String use) {
    super(detail, null, false, false);
    this.status = status;
    this.use = use;
  }

  /// The path is none of those that are served.
  static RestRefusal notServed(String path, String use) {
    String shown = path.length() <= PATH_MAX ? path : path.substring(0, PATH_MAX) + "…";
    return new RestRefusal(404, "/rpc/" + shown + " is not served here: docs/rest.md", use);
  }

  /// All accounts are nowhere in one list.
  static RestRefusal noList() {
    return new RestRefusal(
        501,
        "the accounts of the genesis are in the genesis file, which every operator has; a node"
            + " tells of accounts one by one",
        "eth_getBalance");
  }

  /// A transaction of the older form says nothing that this network's rules know.
  static RestRefusal olderSignature(String chainId) {
    return new RestRefusal(
        400,
        ("transactions with the older platform's JSON signature are not taken: sign an Ethereum"
                + " transaction (EIP-1559) for chain id %s with the same key, which has the same"
                + " address, and post {\"raw\":\"0x…\"}; `aitbc wallet send` and every Ethereum"
                + " wallet do it")
            .formatted(chainId),
        "eth_sendRawTransaction");
  }

  /// The method that tells what a path told.
  static String use(String path) {
    return first(USES, path, "aitbc_status");
  }

  /// The method that does what a path did.
  static String useInPlaceOfPost(String path) {
    return first(USES_OF_POST, path, "eth_sendRawTransaction");
  }

  /// All methods that are named.
  static List<String> uses() {
    return Stream.concat(USES.stream(), USES_OF_POST.stream())
        .map(Map.Entry::getValue)
        .distinct()
        .toList();
  }

  private static String first(List<Map.Entry<String, String>> uses, String path, String otherwise) {
    return uses.stream()
        .filter(each -> path.startsWith(each.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(otherwise);
  }

  /// The status of HTTP that says who must act, as far as it has one.
  static int status(RpcError.Code code) {
    return switch (code) {
      case NOT_KEPT, METHOD_NOT_FOUND -> 404;
      case BUSY -> 503;
      case INTERNAL -> 500;
      default -> 400;
    };
  }

  int status() {
    return status;
  }

  /// The body of the answer.
  ObjectNode toJson() {
    return JsonNodeFactory.instance.objectNode().put("detail", getMessage()).put("use", use);
  }
}
