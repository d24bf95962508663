// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.model.NetworkKind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Ethereum's client libraries against four validators: each sends, deploys, calls, reads events,
/// estimates, fails and subscribes as its script in `src/test/clients` says. Skipped with a notice
/// where npm or a package is missing.
class ClientsIT {
  /// The package of the client that other networks are tried with too.
  static final String ETHERS = "ethers@6.16.0";

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // Set before all tests.
  private static DevnetRun run;

  @BeforeAll
  static void fourValidators() throws Exception {
    run = new DevnetRun(folder, 4, new NetworkKind.Hybrid());
  }

  @AfterAll
  static void endAll() {
    run.close();
  }

  /// A script and its package each: all with `-Daitbc.clients=all`, else the first.
  private static List<String> clients() {
    List<String> all =
        List.of(
            "ethers " + ETHERS,
            "viem viem@2.56.9",
            "web3 web3@4.16.0",
            "cast @foundry-rs/cast@1.7.1");
    return "all".equals(System.getProperty("aitbc.clients")) ? all : all.subList(0, 1);
  }

  @ParameterizedTest
  @MethodSource("clients")
  void aClientDoesItsWork(String scriptAndPackage) throws Exception {
    String[] words = scriptAndPackage.split(" ", -1);
    new Client(words[0], words[1]).works(folder, run.rpc(1).endpoint());
  }
}
