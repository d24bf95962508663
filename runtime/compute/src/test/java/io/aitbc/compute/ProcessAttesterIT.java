// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.attestation.Binding;
import io.aitbc.attestation.Evidence;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A program that stands before the hardware. Protocol §18.2.
class ProcessAttesterIT {
  private static final Binding BINDING =
      new Binding(Hash.ZERO, Hash.ZERO, Hash.ZERO, 7, Hash.ZERO, Hash.ZERO, Hash.ZERO, Hash.ZERO);

  @TempDir Path folder;

  private Map<String, String> settings(String platform, String script) throws IOException {
    Path file = Files.writeString(folder.resolve("quote.sh"), script);
    return Map.of("command", "/bin/sh " + file, "platform", platform);
  }

  private static List<Evidence> attested(Map<String, String> settings)
      throws EngineRefusedException {
    try (Attester attester = AttesterProvider.named("process").orElseThrow().open(settings)) {
      return attester.attest(BINDING);
    }
  }

  private static EngineRefusal refusal(Map<String, String> settings) {
    return assertThrows(EngineRefusedException.class, () -> attested(settings)).refusal();
  }

  @Test
  void theProgramGetsTheUserDataAndItsAnswerIsTheEvidence() throws Exception {
    Bytes userData = BINDING.userData(Hash.ZERO);
    assertEquals(
        List.of(new Evidence.Dcap(userData)), attested(settings("TDX", "exec cat")), "as it came");
    assertEquals(List.of(new Evidence.Psa(userData)), attested(settings("PSA", "exec cat")));
    Path key = Files.write(folder.resolve("vcek"), new byte[] {1, 2});
    assertEquals(
        List.of(new Evidence.Snp(userData, Bytes.of((byte) 1, (byte) 2))),
        attested(Map.of("command", "cat", "platform", "SEV_SNP", "key", key.toString())));
  }

  @Test
  void whatIsNoEvidenceIsRefused() throws Exception {
    assertInstanceOf(EngineRefusal.Malformed.class, refusal(settings("SGX", "exit 0")));
    assertEquals(
        new EngineRefusal.Failed("it ended with status 3"),
        refusal(settings("SGX", "cat; exit 3")));
    assertInstanceOf(
        EngineRefusal.TooMuch.class, refusal(settings("SGX", "head -c 20000 /dev/zero")));
    assertInstanceOf(
        EngineRefusal.Failed.class,
        refusal(Map.of("command", folder + "/absent", "platform", "SGX")));
  }

  @Test
  void settingsThatDoNotFitAreRefused() {
    for (Map<String, String> wrong :
        List.of(
            Map.of("platform", "SGX"),
            Map.of("command", "cat"),
            Map.of("command", "cat", "platform", "NVIDIA_GPU"),
            Map.of("command", "cat", "platform", "SEV_SNP"),
            Map.of("command", "cat", "platform", "SGX", "key", "x"),
            Map.of("command", "cat", "platform", "SGX", "seed", "x"),
            Map.of("command", "cat", "platform", "SEV_SNP", "key", folder + "/absent"))) {
      assertInstanceOf(EngineRefusal.Failed.class, refusal(wrong), wrong.toString());
    }
    assertTrue(AttesterProvider.names().contains("process"));
  }
}
