// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.evm.EthereumPrecompiles;
import io.aitbc.evm.Precompile;
import io.aitbc.model.Address;
import io.aitbc.model.Fork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Inputs and outputs of precompiles: lists of objects with `Input` and `Expected`, or
/// `ExpectedError` (EIP assets), and tables `input,result,gas,notes` without a result where the
/// input is refused. The file's name tells the function. Protocol §14.6.
final class PrecompileSuite implements Suite {
  private static final String HEADER = "input,result,gas,notes";

  /// A function: its address, and whether files give its price as the EIP has it in the end.
  private record Function(int address, boolean priced) {}

  @Override
  public String name() {
    return "precompiles";
  }

  @Override
  public boolean owns(String path) {
    return function(path).isPresent();
  }

  private static Optional<Function> function(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1).replaceFirst("^fail-", "");
    return switch (name) {
      case "add_G1_bls.json" -> Optional.of(new Function(0x0b, true));
      case "mul_G1_bls.json", "msm_G1_bls.json", "g1_mul.csv" ->
          Optional.of(new Function(0x0c, true));
      case "add_G2_bls.json" -> Optional.of(new Function(0x0d, true));
      case "mul_G2_bls.json", "msm_G2_bls.json", "g2_multiexp.csv" ->
          Optional.of(new Function(0x0e, true));
      case "pairing_check_bls.json" -> Optional.of(new Function(0x0f, true));
      case "map_fp_to_G1_bls.json", "fp_to_g1.csv" -> Optional.of(new Function(0x10, true));
      case "map_fp2_to_G2_bls.json", "fp2_to_g2.csv" -> Optional.of(new Function(0x11, true));
      // Written for the price of RIP-7212; EIP-7951 doubled it.
      case "p256verify_test_vectors.json" -> Optional.of(new Function(0x100, false));
      case "test-vectors.json" ->
          path.contains("/eip-7951/") ? Optional.of(new Function(0x100, false)) : Optional.empty();
      default -> Optional.empty();
    };
  }

  @Override
  public List<Case> cases(VectorFile file) throws IOException {
    Optional<Function> function = function(file.path());
    if (function.isEmpty()) {
      return List.of();
    }
    return file.path().endsWith(".csv")
        ? table(file, function.get())
        : objects(file, function.get());
  }

  private static List<Case> objects(VectorFile file, Function function) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (JsonNode vector : Json.read(file)) {
      String name = file.shortPath(2) + " " + vector.get("Name").asText();
      Optional<Bytes> output =
          vector.has("Expected") ? Json.hex(vector.get("Expected").asText()) : Optional.empty();
      Bytes input = Json.hex(vector.get("Input").asText()).orElseThrow();
      Optional<Long> gas =
          vector.has("Gas") ? Optional.of(vector.get("Gas").asLong()) : Optional.empty();
      cases.add(new Case(name, () -> check(function, input, output, gas)));
    }
    return cases;
  }

  private static List<Case> table(VectorFile file, Function function) {
    List<Case> cases = new ArrayList<>();
    List<String> lines = new String(file.content(), StandardCharsets.UTF_8).lines().toList();
    if (!lines.getFirst().equals(HEADER)) {
      return cases;
    }
    for (int i = 1; i < lines.size(); i++) {
      String[] fields = lines.get(i).split(",", 4);
      Bytes input = Json.hex(fields[0]).orElseThrow();
      Optional<Bytes> output = fields[1].isEmpty() ? Optional.empty() : Json.hex(fields[1]);
      Optional<Long> gas =
          fields[2].isEmpty() ? Optional.empty() : Optional.of(Long.valueOf(fields[2]));
      String name = file.shortPath(2) + " line " + (i + 1);
      cases.add(new Case(name, () -> check(function, input, output, gas)));
    }
    return cases;
  }

  private static Optional<String> check(
      Function function, Bytes input, Optional<Bytes> output, Optional<Long> gas) {
    byte[] address = new byte[Address.BYTES];
    address[Address.BYTES - 2] = (byte) (function.address >>> 8);
    address[Address.BYTES - 1] = (byte) function.address;
    Precompile precompile =
        EthereumPrecompiles.of(Fork.OSAKA, Secp256k1.chosen())
            .functions()
            .get(new Address(Bytes.wrap(address)));
    if (precompile == null) {
      return Optional.of("no precompile at " + function.address);
    }
    return Case.compare("output", output, precompile.run(input))
        .or(() ->
            gas.filter(_ -> function.priced)
                .flatMap(price -> Case.compare("gas", price, precompile.gas(input))));
  }
}
