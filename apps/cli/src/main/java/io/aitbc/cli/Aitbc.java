// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

/// Entry point of the command line tool. The exit status is the subcommand's: 0 for success, 1 for
/// failure, 2 for wrong usage.
public final class Aitbc {
  private Aitbc() {}

  /// Runs the command that the arguments name and ends the process with its status.
  public static void main(String[] arguments) {
    System.exit(AitbcCommand.commandLine(arguments).execute(arguments));
  }
}
