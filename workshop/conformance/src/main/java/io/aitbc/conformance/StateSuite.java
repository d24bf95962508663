// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.FeeRule;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Fork;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import io.aitbc.model.TransactionRejection;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateTrie;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// GeneralStateTests and state_tests: one transaction on a given state in a given block; `post` has
/// the state root and the hash of the logs for each fork, or why the transaction is refused.
/// Protocol §14.6.
final class StateSuite implements Suite {
  @Override
  public String name() {
    return "state";
  }

  @Override
  public boolean owns(String path) {
    return path.endsWith(".json")
        && (path.contains("/GeneralStateTests/")
            || path.contains("/state_tests/")
            || path.matches(".*/eest-[^/]*-state-.*"));
  }

  @Override
  public List<Case> cases(VectorFile file) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : Json.cases(file, "env", "pre", "post")) {
      JsonNode vector = entry.getValue();
      VectorState before = new VectorState(vector.get("pre"));
      String name = file.shortPath(2) + " " + entry.getKey();
      for (Fork fork : Fork.values()) {
        String inVectors = VectorState.nameOf(fork);
        BlockEnvironment block = VectorState.block(vector, fork);
        for (JsonNode expected : vector.get("post").path(inVectors)) {
          String circumstances = circumstances(expected) + " [" + inVectors + "]";
          cases.add(new Case(name + circumstances, () -> check(before, block, expected)));
        }
      }
    }
    return cases;
  }

  private static String circumstances(JsonNode expected) {
    JsonNode indexes = expected.path("indexes");
    String text = expected.get("txbytes").asText();
    String type =
        text.startsWith("0x0") && text.length() > 3 ? " [type " + text.charAt(3) + "]" : "";
    return " [d"
        + indexes.path("data").asInt()
        + " g"
        + indexes.path("gas").asInt()
        + " v"
        + indexes.path("value").asInt()
        + "]"
        + type;
  }

  private static Optional<String> check(
      VectorState before, BlockEnvironment block, JsonNode expected) {
    MemoryState state = before.state();
    Overlay changes = new Overlay(state);
    Ran ran = run(expected.get("txbytes").asText(), block, changes);
    Hash root = StateTrie.diff(state, changes, Workers.NONE).rootAfter();
    if (expected.has("expectException")) {
      Optional<String> refusal =
          ran instanceof Ran.Refused(var reason) ? Optional.of(reason) : Optional.empty();
      return ExpectedRefusals.difference(expected.get("expectException").asText(), refusal)
          .or(() -> Case.compare("root of the untouched state", state.root(), root))
          .or(() -> Case.compare("root", expected.get("hash").asText(), root.toHex()));
    }
    return switch (ran) {
      case Ran.Refused(var reason) -> Optional.of("refused: " + reason);
      case Ran.Executed(var outcome) ->
          Case.compare("logs", expected.get("logs").asText(), logsHash(outcome).toHex())
              .or(() -> Case.compare("root", expected.get("hash").asText(), root.toHex()))
              .map(difference -> difference + " " + describe(outcome));
    };
  }

  /// What became of a transaction.
  private sealed interface Ran {
    record Refused(String reason) implements Ran {}

    record Executed(TransactionOutcome.Executed outcome) implements Ran {}
  }

  private static Ran run(String text, BlockEnvironment block, Overlay changes) {
    Transaction transaction;
    try {
      transaction = TransactionCodec.decode(Json.hex(text).orElseThrow());
    } catch (MalformedException refused) {
      return new Ran.Refused("Malformed");
    }
    Optional<TransactionRejection> rejection = VectorState.RULES.judge(transaction, block.fork());
    if (rejection.isPresent()) {
      return new Ran.Refused(rejection.get().getClass().getSimpleName());
    }
    Optional<RecoveredTransaction> recovered =
        RecoveredTransaction.of(transaction, Secp256k1.chosen());
    if (recovered.isEmpty()) {
      return new Ran.Refused("NoSender");
    }
    FeeRule fees = FeeRule.priorityTo(block.coinbase());
    return switch (Machines.ofThread().execute(recovered.get(), block, fees, changes)) {
      case TransactionOutcome.Refused(var reason) ->
          new Ran.Refused(reason.getClass().getSimpleName());
      case TransactionOutcome.Executed executed -> new Ran.Executed(executed);
    };
  }

  private static Hash logsHash(TransactionOutcome.Executed outcome) {
    RlpWriter writer = new RlpWriter();
    writer.list(outcome.logs(), (inner, log) -> log.write(inner));
    return Keccak256.hash(writer.toBytes());
  }

  private static String describe(TransactionOutcome.Executed outcome) {
    return "(" + outcome.result().getClass().getSimpleName() + ", gas " + outcome.gasUsed() + ")";
  }
}
