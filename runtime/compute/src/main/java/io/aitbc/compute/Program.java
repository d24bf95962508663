// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.Map;

/// A program of the operator, started anew for each call. What it writes to its error stream is
/// thrown away.
///
/// @param command the program and its arguments, as the operator has configured them
/// @param variables further ones of its environment
record Program(List<String> command, Map<String, String> variables) {
  /// What of this process's environment the program gets; the rest may be secret.
  private static final List<String> ENVIRONMENT = List.of("PATH", "HOME", "LANG", "TMPDIR");

  Program {
    command = List.copyOf(command);
    variables = Map.copyOf(variables);
  }

  /// Starts it.
  ///
  /// @throws EngineRefusedException if it cannot be started
  Process start() throws EngineRefusedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.DISCARD);
    Map<String, String> environment = builder.environment();
    boolean _ = environment.keySet().retainAll(ENVIRONMENT);
    environment.putAll(variables);
    try {
      return builder.start();
    } catch (IOException absent) {
      throw failed("it cannot be started: " + absent.getMessage());
    }
  }

  /// Kills it, with all that it started.
  static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    Process _ = process.destroyForcibly();
  }

  static EngineRefusedException failed(String why) {
    return new EngineRefusedException(new EngineRefusal.Failed(why));
  }
}
