// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devnet;

import io.aitbc.node.GenesisWishes;
import io.aitbc.node.NodeProgram;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A node in a process of its own, or several that share one. The child's standard input is a pipe
/// from this process: it ends when the pipe closes, so no child outlives its parent, however that
/// ends.
public final class NodeProcess implements AutoCloseable {
  /// Time that a node has for an orderly end before it is killed.
  private static final long STOP_MILLIS_MAX = 8_000;

  /// What Java gives as the status of a process that SIGKILL ended.
  private static final int KILLED_STATUS = 128 + 9;

  private static final int LOG_TAIL_LINES = 15;
  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  /// Heap of a node, and of each further one in the same process: caches are as large as what they
  /// hold, and a network of many on one machine holds little.
  private static final int HEAP_MIB = 256;

  private static final int FURTHER_HEAP_MIB = 128;

  private final String name;
  private final List<Path> configurations;
  private final Path log;
  private Process process;

  private NodeProcess(String name, List<Path> configurations, Path log, Process process) {
    this.name = name;
    this.configurations = configurations;
    this.log = log;
    this.process = process;
  }

  /// Starts the node whose configuration file is `configuration`; what it prints is appended to
  /// `log`.
  ///
  /// @throws IOException if the process cannot be started
  public static NodeProcess start(String name, Path configuration, Path log) throws IOException {
    return start(name, List.of(configuration), log);
  }

  /// Starts the nodes of all these configuration files in one process; when one ends, all do.
  ///
  /// @throws IOException if the process cannot be started
  public static NodeProcess start(String name, List<Path> configurations, Path log)
      throws IOException {
    List<Path> copy = List.copyOf(configurations);
    return new NodeProcess(name, copy, log, launch(copy, log));
  }

  /// The node's name.
  public String name() {
    return name;
  }

  /// The file with what it printed.
  public Path log() {
    return log;
  }

  /// The process's number.
  public long pid() {
    return process.pid();
  }

  /// Whether it runs.
  public boolean isAlive() {
    return process.isAlive();
  }

  /// Waits until it ends by itself.
  ///
  /// @return the status it ended with; empty if it still runs after `millisMax`
  public OptionalInt awaitEnd(long millisMax) throws InterruptedException {
    return process.waitFor(millisMax, TimeUnit.MILLISECONDS)
        ? OptionalInt.of(process.exitValue())
        : OptionalInt.empty();
  }

  /// Whether it has ended because it was killed (SIGKILL), not by itself nor on request.
  public boolean wasKilled() {
    return !process.isAlive() && process.exitValue() == KILLED_STATUS;
  }

  /// Kills it at once, as a power failure of its machine would (SIGKILL), and waits for its end.
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// Starts it again after it ended.
  ///
  /// @throws IOException if the process cannot be started
  /// @throws IllegalStateException if it still runs
  public void startAgain() throws IOException {
    if (isAlive()) {
      throw new IllegalStateException(name + " still runs");
    }
    process = launch(configurations, log);
  }

  /// The last lines of its log: what to show when it ended by itself.
  public String logTail() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(
          "\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// Asks it to end, by closing its standard input, and kills it if it does not in time.
  @Override
  public void close() {
    requestStop();
    awaitStop();
  }

  /// Asks it to end, without waiting.
  void requestStop() {
    try (OutputStream pipe = process.getOutputStream()) {
      pipe.flush();
    } catch (IOException alreadyClosed) {
      // The process has ended and taken its end of the pipe along: nothing is left to ask for.
      process.destroy();
    }
  }

  /// Waits for its end, and kills it if that does not come in time.
  void awaitStop() {
    try {
      if (!process.waitFor(STOP_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
        kill();
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /// What makes a child process load the module of the referee's fast kernel: that it is there, and
  /// that Java warns of it, was decided for this process.
  public static List<String> vectorModule() {
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()
        ? List.of("--add-modules", VECTOR_MODULE)
        : List.of();
  }

  private static Process launch(List<Path> configurations, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:-UseJumpTables", // The virtual machine's loop is faster by a tree of tests.
            "-Xmx" + (HEAP_MIB + (configurations.size() - 1) * FURTHER_HEAP_MIB) + "m",
            "-XX:+ExitOnOutOfMemoryError"));
    command.addAll(vectorModule());
    command.add(NodeProgram.class.getName());
    configurations.forEach(each -> command.add(each.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    // The variable, not -cp: a long command line would be cut in process listings and crashes
    // ONNX Runtime.
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    // Threads beyond the processors share memory that the system's allocator would keep for each.
    builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
    // Whoever made the network has read these; its nodes need not be told again.
    builder
        .environment()
        .keySet()
        .removeAll(Stream.of(GenesisWishes.Name.values()).map(Enum::name).toList());
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }
}
