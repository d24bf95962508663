// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
  @TempDir Path folder;

  private String processor(String described) throws IOException {
    return Machine.processor(Files.writeString(folder.resolve("cpuinfo"), described));
  }

  @Test
  void theFirstProcessorIsNamed() throws IOException {
    assertEquals(
        "AMD EPYC (family 25 model 1)",
        processor(
            """
            processor\t: 0
            vendor_id\t: AuthenticAMD
            cpu family\t: 25
            model\t\t: 1
            model name\t: AMD EPYC
            flags\t\t: fpu vme

            processor\t: 1
            cpu family\t: 6
            model\t\t: 207
            model name\t: another
            """));
    assertEquals("only: a name", processor("model name : only: a name\n"));
  }

  @Test
  void whereNothingIsSaidItHasNoName() throws IOException {
    assertEquals("", processor("processor : 0\nBogoMIPS : 50.00\n"));
    assertEquals("", Machine.processor(folder.resolve("absent")));
  }

  @Test
  void theMachineOfThisTestIsDescribed() {
    assertEquals(
        Runtime.getRuntime().availableProcessors(), Machine.json().path("processors").asInt());
    assertEquals(
        Machine.processor(Path.of("/proc/cpuinfo")), Machine.json().path("processor").asText());
  }
}
