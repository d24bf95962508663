// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.attestation.CollateralItem;
import io.aitbc.attestation.Platform;
import io.aitbc.attestation.TcbStatus;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.devtee.DevelopmentMachine;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.model.UInt256;
import io.aitbc.node.ConfigurationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What needs no node: policies, vendors' files, development roots. Protocol §18.5, §18.6.
class AttestationCommandTest {
  private static final String ROOT = "ab".repeat(32);
  private static final String SEED = "5e".repeat(32);

  @TempDir private Path folder;

  private final StringWriter printed = new StringWriter();

  private int run(String... arguments) {
    printed.getBuffer().setLength(0);
    CommandLine command = AitbcCommand.commandLine(arguments);
    PrintWriter out = new PrintWriter(printed);
    command.setOut(out).setErr(out);
    int status = command.execute(arguments);
    out.flush();
    return status;
  }

  @Test // Protocol §18.6
  void aPolicyIsMadeAsItIsMeant() {
    int status =
        run(
            "attestation",
            "make-policy",
            "--platform",
            "TDX",
            "--platform",
            "SEV_SNP",
            "--root",
            ROOT,
            "--accept",
            "UpToDate",
            "--accept",
            "SWHardeningNeeded",
            "--floor",
            "Milan=0x0300000000000e73",
            "--anchor-blocks",
            "64");
    assertEquals(0, status, printed.toString());
    TrustPolicy policy =
        TrustPolicy.decode(Bytes.fromHex(printed.toString().strip())).orElseThrow();
    assertTrue(policy.production());
    assertEquals(Set.of(Platform.TDX, Platform.SEV_SNP), policy.platforms());
    assertEquals(Set.of(Hash.fromHex(ROOT)), policy.roots());
    assertEquals(Set.of(TcbStatus.UP_TO_DATE, TcbStatus.SW_HARDENING_NEEDED), policy.accepted());
    assertEquals(Bytes.fromHex("0300000000000e73"), policy.floors().get("Milan"));
    assertEquals(64, policy.anchorBlocksMax());
    assertTrue(PolicyText.lines(policy).contains("root         0x" + ROOT));
    assertEquals("0x" + ROOT, PolicyText.json(policy).path("roots").path(0).asText());
    assertEquals(2, run("attestation", "make-policy", "--development-root", ROOT));
    assertTrue(printed.toString().contains("no development roots"), printed.toString());
    assertEquals(2, run("attestation", "make-policy", "--accept", "Fine"));
    assertEquals(2, run("attestation", "make-policy", "--floor", "Milan=12"));
    assertEquals(2, run("attestation", "make-policy", "--privilege", "4"));
  }

  @Test // Protocol §18.5: signatures are over the exact text.
  void filesAsVendorsPublishThemAreRead() throws Exception {
    DevelopmentMachine machine =
        new DevelopmentMachine(Platform.SGX, Hash.fromHex(SEED).toBytes(), "a");
    for (CollateralItem item : machine.collateral(Instant.parse("2026-11-01T00:00:00Z"))) {
      Path own = Files.write(folder.resolve("item"), item.encoded().toArray());
      assertEquals(item, VendorFiles.item(own));
      switch (item) {
        case CollateralItem.Revocations(String chain, Bytes list) -> {
          Path der = Files.write(folder.resolve("der"), list.toArray());
          assertEquals(item, VendorFiles.revocations(text("chain", chain), der));
          String pem =
              "-----BEGIN X509 CRL-----\n%s\n-----END X509 CRL-----\n"
                  .formatted(Base64.getMimeEncoder().encodeToString(list.toArray()));
          assertEquals(item, VendorFiles.revocations(text("chain", chain), text("pem", pem)));
        }
        case CollateralItem.Levels(String chain, String text, Bytes signature) ->
            assertEquals(
                item, VendorFiles.levels(text("chain", chain), answer("tcbInfo", text, signature)));
        case CollateralItem.QuotingEnclave(String chain, String text, Bytes signature) -> {
          Path answer = answer("enclaveIdentity", text, signature);
          assertEquals(item, VendorFiles.quotingEnclave(text("chain", chain), answer));
          assertThrows(
              IOException.class, () -> VendorFiles.levels(folder.resolve("chain"), answer));
        }
        case CollateralItem.Authorities _, CollateralItem.Endorsement _ ->
            throw new AssertionError("not Intel's");
      }
    }
    Path none = text("none", "{}");
    assertThrows(IOException.class, () -> VendorFiles.item(none));
    assertThrows(IOException.class, () -> VendorFiles.levels(none, none));
  }

  private Path text(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Path answer(String name, String text, Bytes signature) throws IOException {
    return text(
        "answer",
        "{\"other\":{\"%s\":{}},\"signature\":\"%s\",\n \"%s\":%s}"
            .formatted(name, signature.toHex().substring(2), name, text));
  }

  @Test // Protocol §18.6: for trials alone.
  void aProductionGenesisTakesNoDevelopmentRoot() throws Exception {
    UInt256 chain = UInt256.of(7);
    List<Hash> roots = List.of(Hash.fromHex(ROOT));
    TrustPolicy trials =
        TrustPolicy.decode(GenesisCommand.rules(GenesisPreset.DEV, chain, roots).attestation())
            .orElseThrow();
    assertEquals(Set.of(Hash.fromHex(ROOT)), trials.developmentRoots());
    assertEquals(Set.of(Platform.SGX, Platform.TDX), trials.platforms());
    for (GenesisPreset production : List.of(GenesisPreset.HYBRID, GenesisPreset.CLASSIC)) {
      ConfigurationException refused =
          assertThrows(
              ConfigurationException.class, () -> GenesisCommand.rules(production, chain, roots));
      assertTrue(String.valueOf(refused.getMessage()).contains("--development-root"));
    }
    assertEquals(
        GenesisPreset.HYBRID.rules(chain), GenesisCommand.rules(GenesisPreset.HYBRID, chain, null));
  }

  @Test
  void whatIsProposedAboutHardwareIsCheckedBeforeItIsSent() {
    for (List<String> wrong :
        List.of(
            List.of("--approve-code", ROOT),
            List.of("--approve-code", ROOT + ":NVIDIA_GPU:0:12"),
            List.of("--approve-code", ROOT + ":VAX:0:12"),
            List.of("--approve-code", ROOT + ":SGX:9999999999:12"),
            List.of("--strike-off-code", ROOT),
            List.of("--attestation-policy", "12"),
            List.of("--deny-machine", "12"))) {
      assertEquals(
          2,
          run("governance", "propose", "absent.json", wrong.getFirst(), wrong.getLast()),
          wrong + " " + printed);
    }
    assertEquals(2, run("attestation", "submit", "--account", "absent.json"));
    assertEquals(
        2, run("attestation", "submit", "--account", "absent.json", "--revocations", "absent.crl"));
  }
}
