// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.devnet.DevnetFiles;
import io.aitbc.model.Address;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// The library ethers against a node. Skipped with a notice where npm or the package is missing.
///
/// @param folder where it is installed
record Ethers(Path folder) {
  private static final String PACKAGE = "ethers@6.16.0";
  private static final Address RECIPIENT =
      Address.fromHex("0x00000000000000000000000000000000000a17bc");

  /// Sends a transfer through the node at `endpoint` and reads its receipt.
  void sendATransferAndReadItsReceipt(URI endpoint) throws Exception {
    Path script = Path.of("src/test/ethers/transfer.mjs").toAbsolutePath();
    Assumptions.assumeTrue(install(), "npm or the package ethers is missing: skipped");
    Files.copy(script, folder.resolve("transfer.mjs"));
    Process process =
        new ProcessBuilder(
                "node",
                "transfer.mjs",
                endpoint.toString(),
                DevnetFiles.developmentKey(),
                RECIPIENT.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("\"problems\":[]"), output);
  }

  private boolean install() throws InterruptedException {
    try {
      Process install =
          new ProcessBuilder(
                  "npm",
                  "install",
                  "--no-save",
                  "--no-package-lock",
                  "--no-audit",
                  "--no-fund",
                  PACKAGE)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(new File(folder.toFile(), "npm.log"))
              .start();
      return install.waitFor() == 0;
    } catch (IOException noNpm) {
      System.out.println("skipped with a notice: npm is missing, ethers is not tried");
      return false;
    }
  }
}
