// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

// The same seed is the same run, whatever the virtual machine does with hash codes, compilation,
// locale, time zone and processors.
class DeterminismTest {
  private static final int SEED = 8;

  private static final List<List<String>> CONFIGURATIONS =
      List.of(
          List.of("-XX:+UseSerialGC"),
          List.of("-XX:+UnlockExperimentalVMOptions", "-XX:hashCode=1", "-XX:+UseParallelGC"),
          List.of("-XX:+UnlockExperimentalVMOptions", "-XX:hashCode=2", "-XX:TieredStopAtLevel=1"),
          List.of(
              "-Xint",
              "-XX:ActiveProcessorCount=1",
              "-Duser.language=tr",
              "-Duser.timezone=Asia/Kathmandu",
              "-Dfile.encoding=ISO-8859-1"));

  @Test
  void theSameSeedHasTheSameTraceInFourConfigurations() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (List<String> options : CONFIGURATIONS) {
      processes.add(start(options));
    }
    TreeSet<String> traces = new TreeSet<>();
    for (Process process : processes) {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), output);
      traces.add(
          output
              .lines()
              .filter(line -> line.contains("\"trace\""))
              .map(line -> line.replaceAll(".*\"trace\":\"([0-9a-f]+)\".*", "$1"))
              .findFirst()
              .orElseThrow());
    }
    assertEquals(1, traces.size(), traces.toString());
  }

  @Test
  void anotherSeedHasAnotherTrace() {
    Outcome one = Simulation.run(OptionsDraw.of(SEED, Profile.SWARM));
    Outcome other = Simulation.run(OptionsDraw.of(SEED + 1, Profile.SWARM));
    assertNotEquals(one.traceHash(), other.traceHash());
  }

  private static Process start(List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(options);
    command.add("-Xmx512m");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add(SimulateMain.class.getName());
    command.addAll(List.of("--seed", String.valueOf(SEED), "--json"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return builder.start();
  }
}
