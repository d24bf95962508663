// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.execution.CallData;
import io.aitbc.execution.EconomyContract;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.StringJoiner;

/// Names the custom errors of the chain's contracts, from the ABIs that the program carries.
public final class ContractErrors {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Characters of `0x` and a selector.
  private static final int SELECTOR_CHARACTERS = 2 + 2 * CallData.SELECTOR_BYTES;

  private ContractErrors() {}

  /// The error that a contract reverted with, with its types: its own, or that of another of the
  /// chain's contracts, which it asked; empty if they have none such.
  ///
  /// @param contract which was called
  /// @param data what the contract answered, hexadecimal
  /// @throws IOException if the program's own files cannot be read
  public static Optional<String> signature(EconomyContract contract, String data)
      throws IOException {
    if (data.length() < SELECTOR_CHARACTERS) {
      return Optional.empty();
    }
    String selector = data.substring(0, SELECTOR_CHARACTERS);
    Optional<String> own = named(contract.artifact(), selector);
    if (own.isPresent()) {
      return own;
    }
    for (EconomyContract each : EconomyContract.values()) {
      Optional<String> others = named(each.artifact(), selector);
      if (others.isPresent()) {
        return others.map(error -> each.artifact() + " says " + error);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> named(String contract, String selector) throws IOException {
    try (InputStream in =
        ContractErrors.class.getResourceAsStream("/io/aitbc/contracts/" + contract + ".abi")) {
      if (in == null) {
        throw new IllegalArgumentException("no contract: " + contract);
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode entry = JSON.readTree(line);
        if (entry.path("type").asText().equals("error")) {
          String signature = signature(entry);
          if (CallData.selector(signature).toHex().equals(selector)) {
            return Optional.of(signature);
          }
        }
      }
    }
    return Optional.empty();
  }

  private static String signature(JsonNode entry) {
    StringJoiner types = new StringJoiner(",", entry.path("name").asText() + "(", ")");
    entry.path("inputs").forEach(each -> types.add(each.path("type").asText()));
    return types.toString();
  }
}
