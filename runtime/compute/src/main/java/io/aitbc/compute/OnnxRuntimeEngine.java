// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import io.aitbc.crypto.Bytes;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// ONNX Runtime in a process of its own, started for each call: a crash of native code ends that
/// process alone. Its sums have no fixed order, so its bits are not the referee's: never for claims
/// of class EXACT. Protocol §17.2.
public final class OnnxRuntimeEngine implements Engine {
  private final ProcessEngine process;

  /// An engine for a model.
  ///
  /// @param library the jar of ONNX Runtime for Java, which is no part of the distribution
  /// @param model a file of ONNX with one input and one output of fixed sizes
  public OnnxRuntimeEngine(Path library, Path model) {
    // By the variable, as ONNX Runtime 1.29.0 crashes when the command line is longer than 4 KiB.
    String classPath =
        System.getProperty("java.class.path") + File.pathSeparator + library.toAbsolutePath();
    process =
        new ProcessEngine(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                OnnxRuntimeProgram.class.getName(),
                model.toAbsolutePath().toString()),
            Map.of("CLASSPATH", classPath));
  }

  @Override
  public String name() {
    return "onnxruntime";
  }

  @Override
  public List<Bytes> run(List<Bytes> items, Duration timeMax) throws EngineRefusedException {
    return process.run(items, timeMax);
  }

  @Override
  public void close() {
    process.close();
  }
}
