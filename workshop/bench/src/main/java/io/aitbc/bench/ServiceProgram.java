// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.List;

/// Runs commands of `aitbc` in a process that ends when its standard input does, so that it does
/// not outlive whoever started it, and when one of them ends.
final class ServiceProgram {
  /// Whoever runs this bench runs it by this program, which this room does not see.
  private static final String AITBC = "io.aitbc.cli.Aitbc";

  /// Stands between the arguments of two commands.
  static final String AND = "--and";

  private ServiceProgram() {}

  /// Runs the commands that the arguments name, each on a thread of its own.
  public static void main(String[] arguments) throws ReflectiveOperationException {
    Thread _ = Thread.ofPlatform().name("parent").daemon().start(ServiceProgram::endWithParent);
    Method main = Class.forName(AITBC).getMethod("main", String[].class);
    List<String> all = List.of(arguments);
    for (List<String> rest = all; !rest.isEmpty(); ) {
      int end = rest.indexOf(AND);
      List<String> command = end < 0 ? rest : rest.subList(0, end);
      rest = end < 0 ? List.of() : rest.subList(end + 1, rest.size());
      Thread _ = Thread.ofPlatform().name("command").start(() -> run(main, command));
    }
  }

  private static void run(Method main, List<String> command) {
    try {
      var _ = main.invoke(null, (Object) command.toArray(String[]::new));
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is said, only its end.
      }
    } catch (IOException closed) {
      // Its end too.
    }
    System.exit(0);
  }
}
