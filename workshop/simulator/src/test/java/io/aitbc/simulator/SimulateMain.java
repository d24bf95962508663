// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import picocli.CommandLine;

/// The command in a virtual machine of its own.
final class SimulateMain {
  private SimulateMain() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new SimulateCommand()).execute(arguments));
  }
}
