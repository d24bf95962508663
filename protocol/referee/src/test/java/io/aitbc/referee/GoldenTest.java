// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Workers;
import io.aitbc.testkit.Seed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The same bits under every way to run Java: interpreted, compiled by either compiler, with
/// vectors of any length or none, on one thread and on two.
class GoldenTest { // Protocol §17.2
  /// Root over the traces below; a change of it is a change of the protocol.
  private static final String GOLDEN =
      "0x3e6a262f3cda9e82d284ff5b257f09200e255d90f7cba19b313ea0549e2ac335";

  private static final List<List<String>> FLAGS =
      List.of(
          List.of("-Xint"),
          List.of("-XX:TieredStopAtLevel=1"),
          List.of("-XX:-UseSuperWord"),
          List.of("-XX:UseAVX=0", "--add-modules", "jdk.incubator.vector"),
          List.of("-XX:UseAVX=1", "--add-modules", "jdk.incubator.vector"),
          List.of("-XX:UseAVX=2", "--add-modules", "jdk.incubator.vector"),
          List.of("-XX:UseAVX=3", "--add-modules", "jdk.incubator.vector"));

  /// Prints the root in a process of its own.
  static final class Run {
    private Run() {}

    public static void main(String[] arguments) throws Exception {
      System.out.println("root " + root(Kernel.fastest(), Workers.NONE));
    }
  }

  /// Traces of every operator, and of two networks in training, under one root.
  static Hash root(Kernel kernel, Workers workers) throws Exception {
    List<Hash> roots = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Seed seed = Seed.of(100 + i);
      Inference engine = new Inference(EveryOperator.model(seed), kernel, workers);
      roots.add(engine.trace(EveryOperator.input(seed)).tree().root());
    }
    Optimizer sgd = new Optimizer.Sgd(0.1f, 0.9f);
    Optimizer adam = new Optimizer.Adam(0.01f, 0.9f, 0.999f, 1e-8f);
    for (TrainingTest.Job job :
        List.of(TrainingTest.images(Seed.of(5), sgd), TrainingTest.sequences(Seed.of(6), adam))) {
      Training training =
          new Training(
              job.prepared().model(),
              job.data().toArray(),
              job.prepared().initial(),
              kernel,
              workers);
      for (int step = 0; step < 5; step++) {
        training.step();
      }
      roots.add(training.stateRoot());
    }
    return MerkleTree.over(roots).root();
  }

  /// Two threads.
  private static final class TwoThreads implements Workers {
    @Override
    public void run(List<? extends Runnable> tasks) {
      tasks.parallelStream().forEach(Runnable::run);
    }

    @Override
    public int width() {
      return 2;
    }
  }

  @Test
  void theRootIsTheGoldenOneWithEitherKernelOnOneThreadAndOnTwo() throws Exception {
    for (Kernel kernel : List.of(Kernel.plain(), Kernel.fastest())) {
      assertEquals(GOLDEN, root(kernel, Workers.NONE).toHex());
      assertEquals(GOLDEN, root(kernel, new TwoThreads()).toHex());
    }
  }

  @Test
  void theRootIsTheGoldenOneUnderEveryFlag() throws Exception {
    for (List<String> flags : FLAGS) {
      List<String> command = new ArrayList<>();
      command.add(System.getProperty("java.home") + "/bin/java");
      command.add("-XX:+IgnoreUnrecognizedVMOptions");
      command.add("-XX:+UseSerialGC");
      command.addAll(flags);
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), Run.class.getName()));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), () -> flags + ": " + printed);
      String last = printed.strip().lines().toList().getLast();
      assertEquals("root " + GOLDEN, last, flags::toString);
    }
  }
}
