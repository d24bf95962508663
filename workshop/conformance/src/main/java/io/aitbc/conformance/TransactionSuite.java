// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.model.Address;
import io.aitbc.model.Fork;
import io.aitbc.model.IntrinsicGas;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import io.aitbc.model.TransactionRejection;
import io.aitbc.model.UInt256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// TransactionTests of ethereum/tests and of execution-spec-tests: bytes, and per fork either hash,
/// sender and intrinsic gas or an exception. Protocol §11.3, Protocol §14.1.
///
/// Judged under the forks that the chain knows. A file that names none of them is older: its newest
/// result is judged under Cancun's rules.
final class TransactionSuite implements Suite {
  private static final List<String> OLDER_FORKS =
      List.of("Shanghai", "Paris", "Merge", "London", "Berlin");

  @Override
  public String name() {
    return "transaction";
  }

  @Override
  public boolean owns(String path) {
    return (path.contains("/TransactionTests/") || path.contains("/transaction_tests/"))
        && path.endsWith(".json");
  }

  @Override
  public List<Case> cases(VectorFile file) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : Json.cases(file, "txbytes", "result")) {
      String text = entry.getValue().get("txbytes").asText();
      JsonNode results = entry.getValue().get("result");
      String name = file.shortPath(2) + " " + entry.getKey() + type(text);
      int before = cases.size();
      for (Fork fork : Fork.values()) {
        JsonNode expected = results.path(inVectors(fork));
        if (!expected.isMissingNode()) {
          cases.add(
              new Case(name + " [" + inVectors(fork) + "]", () -> check(text, fork, expected)));
        }
      }
      if (cases.size() == before) {
        OLDER_FORKS.stream()
            .filter(results::has)
            .findFirst()
            .ifPresent(older ->
                cases.add(
                    new Case(
                        name + " [" + older + "]",
                        () -> check(text, Fork.CANCUN, results.get(older)))));
      }
    }
    return cases;
  }

  private static String type(String text) {
    return text.startsWith("0x0") && text.length() > 3 ? " [type " + text.charAt(3) + "]" : "";
  }

  private static String inVectors(Fork fork) {
    String name = fork.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  private static Optional<String> check(String text, Fork fork, JsonNode expected) {
    Optional<Bytes> bytes = Json.hex(text);
    if (bytes.isEmpty()) {
      return Optional.of("not hexadecimal");
    }
    boolean valid = !expected.has("exception");
    Transaction transaction;
    try {
      transaction = TransactionCodec.decode(bytes.get());
    } catch (MalformedException refused) {
      return valid ? Optional.of("refused: " + refused.reason()) : Optional.empty();
    }
    Optional<TransactionRejection> rejection = VectorState.RULES.judge(transaction, fork);
    Optional<Address> sender = transaction.sender(Secp256k1.chosen());
    if (!valid) {
      return rejection.isPresent() || sender.isEmpty()
          ? Optional.empty()
          : Optional.of("accepted, expected " + expected.get("exception").asText());
    }
    if (rejection.isPresent()) {
      return Optional.of("rejected: " + rejection.get());
    }
    long gas = IntrinsicGas.of(transaction.unsigned(), fork).charged();
    return Case.compare("hash", expected.get("hash").asText(), transaction.hash().toHex())
        .or(() ->
            Case.compare(
                "sender", Optional.of(Address.fromHex(expected.get("sender").asText())), sender))
        .or(() ->
            Case.compare(
                "intrinsic gas",
                UInt256.parse(expected.get("intrinsicGas").asText()),
                UInt256.of(gas)));
  }
}
