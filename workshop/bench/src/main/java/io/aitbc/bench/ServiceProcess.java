// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.devnet.NodeProcess;
import io.aitbc.execution.ServiceRole;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process of services of AI work.
///
/// @param name of the first of them
/// @param role of all
/// @param process that runs it
/// @param log what it prints
record ServiceProcess(String name, ServiceRole role, Process process, Path log) {
  private static final long STOP_MILLIS_MAX = 8_000;
  private static final int LOG_TAIL_LINES = 15;

  /// Starts commands of `aitbc`.
  ///
  /// @param heapMib what they may take
  /// @param arguments of all, with {@link ServiceProgram#AND} between two
  static ServiceProcess start(
      String name, ServiceRole role, int heapMib, Path log, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:-UseJumpTables",
            // As ./aitbc starts services.
            "-XX:Tier4InvocationThreshold=20000",
            "-XX:Tier4MinInvocationThreshold=2400",
            "-XX:Tier4CompileThreshold=60000",
            "-XX:Tier4BackEdgeThreshold=160000",
            "-Xmx" + heapMib + "m",
            "-XX:+ExitOnOutOfMemoryError"));
    command.addAll(NodeProcess.vectorModule());
    command.add(ServiceProgram.class.getName());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    String _ = builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return new ServiceProcess(
        name,
        role,
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start(),
        log);
  }

  /// Says what it printed last if it has ended.
  void requireAlive() throws IOException {
    if (!process.isAlive()) {
      List<String> lines = Files.readAllLines(log);
      throw new IOException(
          name
              + " has ended:\n"
              + String.join(
                  "\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size())));
    }
  }

  /// Asks it to end, without waiting.
  void requestStop() {
    try (OutputStream pipe = process.getOutputStream()) {
      pipe.flush();
    } catch (IOException alreadyClosed) {
      process.destroy();
    }
  }

  /// Waits for its end, and kills it if that does not come in time.
  void awaitStop() {
    try {
      if (!process.waitFor(STOP_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
        int _ = process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException interrupted) {
      Process _ = process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
