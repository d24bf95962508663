// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import java.io.IOException;

/// Runs a command of `aitbc` in a process that ends when its standard input does, so that it does
/// not outlive whoever started it.
final class ServiceProgram {
  /// Whoever runs this bench runs it by this program, which this room does not see.
  private static final String AITBC = "io.aitbc.cli.Aitbc";

  private ServiceProgram() {}

  /// Runs the command that the arguments name.
  public static void main(String[] arguments) throws ReflectiveOperationException {
    Thread _ = Thread.ofPlatform().name("parent").daemon().start(ServiceProgram::endWithParent);
    var _ = Class.forName(AITBC).getMethod("main", String[].class).invoke(null, (Object) arguments);
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
