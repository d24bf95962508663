// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Fork;
import io.aitbc.model.ForkSchedule;
import io.aitbc.model.UInt256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// BlockchainTests and blockchain_tests: a genesis, blocks to import one after the other, each
/// valid or refused for a given reason, and the hash of the last valid one. Headers are judged by
/// Ethereum's rules. Protocol §14.2, §14.3.
final class BlockSuite implements Suite {
  private static final List<String> EXECUTION_REQUESTS =
      List.of("INVALID_REQUESTS", "INVALID_DEPOSIT_EVENT_LAYOUT", "SYSTEM_CONTRACT_CALL_FAILED");

  @Override
  public String name() {
    return "blocks";
  }

  @Override
  public boolean owns(String path) {
    return path.endsWith(".json")
        && (path.contains("/BlockchainTests/")
            || path.contains("/blockchain_tests/")
            || path.matches(".*/eest-[^/]*-blockchain-.*"));
  }

  @Override
  public List<Case> cases(VectorFile file) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry :
        Json.cases(file, "network", "pre", "genesisRLP", "blocks", "lastblockhash")) {
      JsonNode vector = entry.getValue();
      String name = file.shortPath(2) + " " + entry.getKey() + circumstances(vector);
      cases.add(new Case(name, () -> check(vector)));
    }
    return cases;
  }

  private static Optional<String> check(JsonNode vector) throws Exception {
    ForkSchedule forks =
        forks(vector.get("network").asText())
            .orElseThrow(() -> new IllegalArgumentException("an unknown network"));
    VectorChain chain = VectorChain.of(vector, forks);
    int number = 0;
    for (JsonNode block : vector.get("blocks")) {
      number++;
      Bytes encoded = Json.hex(block.get("rlp").asText()).orElseThrow();
      Optional<String> refusal = chain.append(encoded);
      Optional<String> difference =
          block.has("expectException")
              ? ExpectedRefusals.difference(block.get("expectException").asText(), refusal)
              : refusal.map(why -> "refused: " + why);
      if (difference.isPresent()) {
        return Optional.of("block " + number + " of the case: " + difference.get());
      }
    }
    return Case.compare(
        "last block", Hash.fromHex(vector.get("lastblockhash").asText()), chain.head().hash());
  }

  /// Which forks a network of the vectors follows; empty if it has others than the chain knows.
  private static Optional<ForkSchedule> forks(String network) {
    return switch (network) {
      case "Cancun" -> Optional.of(always(Fork.CANCUN));
      case "Prague" -> Optional.of(always(Fork.PRAGUE));
      case "Osaka" -> Optional.of(always(Fork.OSAKA));
      case "CancunToPragueAtTime15k" -> Optional.of(changing(Fork.CANCUN, Fork.PRAGUE));
      case "PragueToOsakaAtTime15k" -> Optional.of(changing(Fork.PRAGUE, Fork.OSAKA));
      default -> Optional.empty();
    };
  }

  private static ForkSchedule always(Fork fork) {
    return new ForkSchedule(List.of(new ForkSchedule.Activation(0, fork)));
  }

  private static ForkSchedule changing(Fork before, Fork after) {
    return new ForkSchedule(
        List.of(
            new ForkSchedule.Activation(0, before), new ForkSchedule.Activation(15_000, after)));
  }

  /// The network, and what the case needs that the chain has not: names for the skip rules.
  private static String circumstances(JsonNode vector) {
    StringBuilder text = new StringBuilder(" [" + vector.get("network").asText() + "]");
    boolean blobs = hasBlobs(vector.path("genesisBlockHeader"), vector);
    boolean withdrawals = false;
    boolean requests = false;
    for (JsonNode block : vector.get("blocks")) {
      JsonNode content = block.has("rlp_decoded") ? block.get("rlp_decoded") : block;
      JsonNode header = content.path("blockHeader");
      String exception = block.path("expectException").asText();
      blobs |= hasBlobs(header, content) || exception.contains("BLOB");
      withdrawals |=
          !content.path("withdrawals").isEmpty() || exception.contains("INVALID_WITHDRAWALS");
      requests |=
          EXECUTION_REQUESTS.stream().anyMatch(exception::contains)
              || (header.has("requestsHash")
                  && !header
                      .get("requestsHash")
                      .asText()
                      .equals(BlockHeader.NO_REQUESTS_HASH.toHex()));
    }
    text.append(blobs ? " [blobs]" : "");
    text.append(withdrawals ? " [withdrawals]" : "");
    text.append(requests ? " [requests]" : "");
    return text.toString();
  }

  private static boolean hasBlobs(JsonNode header, JsonNode content) {
    for (JsonNode transaction : content.path("transactions")) {
      if (transaction.has("blobVersionedHashes")) {
        return true;
      }
    }
    return isPositive(header.path("blobGasUsed")) || isPositive(header.path("excessBlobGas"));
  }

  private static boolean isPositive(JsonNode quantity) {
    return !quantity.isMissingNode() && !UInt256.parse(quantity.asText()).isZero();
  }
}
