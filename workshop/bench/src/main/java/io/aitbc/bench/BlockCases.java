// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.bench.EvmCase.Group;
import io.aitbc.conformance.VectorFile;
import io.aitbc.conformance.VectorFiles;
import io.aitbc.conformance.VectorState;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.FeeRule;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Fork;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.RlpReader;
import io.aitbc.model.TransactionCodec;
import io.aitbc.model.UInt256;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The public benchmark blocks, those of 30 million gas. Only what the machine does is measured:
/// senders are recovered before, no header is assembled and no root computed. The gas that a block
/// used must be what its header says.
final class BlockCases {
  private static final String SIZE = "benchmark-gas-value_30M";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private BlockCases() {}

  /// The blocks below `folder`.
  static List<EvmCase> of(Path folder) throws IOException {
    List<EvmCase> cases = new ArrayList<>();
    new VectorFiles(folder)
        .forEach(
            path -> path.contains("/benchmark/blockchain_tests/") && path.endsWith(".json"),
            file -> read(file, cases));
    return cases;
  }

  private static void read(VectorFile file, List<EvmCase> cases) {
    try {
      for (Map.Entry<String, JsonNode> entry : MAPPER.readTree(file.content()).properties()) {
        if (entry.getKey().contains(SIZE)) {
          of(entry.getKey(), entry.getValue()).ifPresent(cases::add);
        }
      }
    } catch (IOException | MalformedException unreadable) {
      throw new UncheckedIOException(new IOException(file.path(), unreadable));
    }
  }

  /// A vector as a case; empty if it has no transactions, or some with blobs.
  private static Optional<EvmCase> of(String name, JsonNode vector) throws MalformedException {
    List<MeasuredBlock> blocks = new ArrayList<>();
    for (JsonNode block : vector.get("blocks")) {
      Optional<List<RecoveredTransaction>> transactions =
          transactions(Bytes.fromHex(block.get("rlp").asText()));
      if (transactions.isEmpty()) {
        return Optional.empty();
      }
      JsonNode header = block.get("blockHeader");
      blocks.add(
          new MeasuredBlock(
              environment(header), transactions.get(), number(header, "gasUsed").low()));
    }
    if (blocks.getLast().transactions.isEmpty()) {
      return Optional.empty();
    }
    MemoryState state = new VectorState(vector.get("pre")).state();
    String shown =
        name.substring(name.indexOf("::test_") + 7)
            .replace("fork_Osaka-blockchain_test-", "")
            .replace("-" + SIZE, "")
            .replace("[" + SIZE + "]", "");
    return Optional.of(
        new EvmCase(
            shown,
            Group.BLOCK,
            () -> {
              Overlay changes = new Overlay(state);
              return blocks.stream().mapToLong(block -> block.execute(changes)).sum();
            }));
  }

  private record MeasuredBlock(
      BlockEnvironment environment, List<RecoveredTransaction> transactions, long gasUsed) {
    long execute(Overlay changes) {
      long gas = 0;
      FeeRule fees = FeeRule.priorityTo(environment.coinbase());
      for (RecoveredTransaction transaction : transactions) {
        TransactionOutcome outcome = EvmScene.EVM.execute(transaction, environment, fees, changes);
        if (outcome instanceof TransactionOutcome.Executed executed) {
          gas += executed.gasUsed();
        } else {
          throw new IllegalStateException("refused: " + outcome);
        }
      }
      if (gas != gasUsed) {
        throw new IllegalStateException("used " + gas + " gas instead of " + gasUsed);
      }
      return gas;
    }
  }

  private static Optional<List<RecoveredTransaction>> transactions(Bytes encoded)
      throws MalformedException {
    RlpReader block = RlpReader.of(encoded).list();
    block.skip();
    RlpReader list = block.list();
    List<RecoveredTransaction> transactions = new ArrayList<>();
    while (list.hasNext()) {
      try {
        transactions.add(
            RecoveredTransaction.of(TransactionCodec.read(list), Secp256k1.chosen()).orElseThrow());
      } catch (MalformedException refused) {
        return Optional.empty(); // With blobs, which this chain does not have.
      }
    }
    return Optional.of(transactions);
  }

  private static BlockEnvironment environment(JsonNode header) {
    return new BlockEnvironment(
        Fork.OSAKA,
        UInt256.ONE,
        Address.fromHex(header.get("coinbase").asText()),
        number(header, "number").low(),
        number(header, "timestamp").low(),
        number(header, "gasLimit").low(),
        Hash.fromHex(header.get("mixHash").asText()),
        new Amount(number(header, "baseFeePerGas")),
        Amount.wei(1),
        _ -> Hash.ZERO);
  }

  private static UInt256 number(JsonNode header, String field) {
    return UInt256.parse(header.get(field).asText());
  }
}
