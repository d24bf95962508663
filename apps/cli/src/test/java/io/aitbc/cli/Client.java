// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.model.Address;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// One of Ethereum's client libraries, and the script that uses it.
///
/// @param script name of its file in `src/test/clients`, without the ending; a folder of the same
///   name goes with it
/// @param packages of npm, with their versions; the library itself is the first
record Client(String script, List<String> packages) {
  /// The client that networks of every kind are tried with.
  static final Client ETHERS = of("ethers", "ethers@6.16.0");

  private static final Path SCRIPTS = Path.of("src/test/clients");

  private static final Address RECIPIENT =
      Address.fromHex("0x00000000000000000000000000000000000a17bc");

  private static final ObjectMapper JSON = new ObjectMapper();

  static Client of(String script, String... packages) {
    return new Client(script, List.of(packages));
  }

  /// Runs the script against a node and fails with what it found wrong. Skipped with a notice where
  /// npm or the package is missing.
  ///
  /// @param folder where the library is installed
  void works(Path folder, URI endpoint) throws Exception {
    Path home = Files.createDirectories(folder.resolve(script));
    if (!install(home)) {
      System.out.println("skipped with a notice: npm or " + packages + " is missing");
      Assumptions.abort(packages + " is missing");
    }
    for (String each : List.of("report.mjs", script + ".mjs")) {
      Files.copy(SCRIPTS.resolve(each), home.resolve(each));
    }
    copyFolder(home);
    Files.writeString(home.resolve("contract.json"), contract());
    String output =
        outputOf(
            home,
            List.of(
                "node",
                script + ".mjs",
                endpoint.toString(),
                DevnetFiles.developmentKey(),
                RECIPIENT.toString(),
                "contract.json"));
    assertTrue(output.contains("\"problems\":[]"), output);
  }

  private void copyFolder(Path home) throws IOException {
    Path folder = SCRIPTS.resolve(script);
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.toList()) {
        Files.copy(
            each,
            home.resolve(SCRIPTS.relativize(each).toString()),
            StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  /// The contract WAITBC, whose artifacts the chain itself uses.
  private static String contract() throws IOException {
    ObjectNode contract = JSON.createObjectNode();
    ArrayNode abi = contract.putArray("abi");
    for (String entry : resource("WAITBC.abi").lines().toList()) {
      abi.add(JSON.readTree(entry));
    }
    contract.put("bytecode", "0x" + resource("WAITBC.init").replace("0x", "").strip());
    return contract.toString();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Client.class.getResourceAsStream("/io/aitbc/contracts/" + name)) {
      if (in == null) {
        throw new IOException("no " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private boolean install(Path home) throws InterruptedException {
    List<String> words = new ArrayList<>(List.of("npm", "install"));
    words.addAll(
        Stream.of("no-save", "no-package-lock", "no-audit", "no-fund").map(w -> "--" + w).toList());
    words.addAll(packages);
    try {
      Files.writeString(home.resolve("package.json"), "{\"type\":\"module\"}");
      return new ProcessBuilder(words)
              .directory(home.toFile())
              .redirectErrorStream(true)
              .redirectOutput(new File(home.toFile(), "npm.log"))
              .start()
              .waitFor()
          == 0;
    } catch (IOException noNpm) {
      return false;
    }
  }

  private static String outputOf(Path home, List<String> words) throws Exception {
    Process process =
        new ProcessBuilder(words).directory(home.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    return code == 0 ? output : "ended with " + code + ": " + output;
  }
}
