// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.attestation.CollateralItem;
import io.aitbc.attestation.Inquiry;
import io.aitbc.attestation.Platform;
import io.aitbc.attestation.Reason;
import io.aitbc.attestation.TcbStatus;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import io.aitbc.evm.Precompile;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Precompile 0x0a06 by itself; what it says of genuine evidence is tested over the public vectors.
/// Protocol §14.6, §18.8.
class AttestationPrecompileTest {
  private static final Precompile ATTESTATION =
      Objects.requireNonNull(
          ChainPrecompiles.bare(Hash.ZERO, new BlsScheme())
              .functions()
              .get(Address.fromHex("0x0000000000000000000000000000000000000a06")));

  static TrustPolicy policy() {
    return new TrustPolicy(
        true,
        new TreeSet<>(List.of(Platform.SGX)),
        new TreeSet<>(List.of(Hash.fromHex("11".repeat(32)))),
        new TreeSet<>(),
        new TreeSet<>(List.of(TcbStatus.UP_TO_DATE)),
        0,
        new TreeMap<>(),
        0,
        true,
        List.of(),
        List.of(),
        List.of(),
        new TreeSet<>(),
        new TreeSet<>(),
        256,
        Hash.ZERO);
  }

  @Test
  void aPolicySaysWhatItIs() {
    TrustPolicy policy = policy();
    byte[] words = ATTESTATION.run(new Inquiry.OfPolicy(policy).encoded()).orElseThrow().toArray();
    assertEquals(Sha256.hash(policy.encoded()), Hash.of(words, 0));
    assertEquals(UInt256.ONE, UInt256.of(words, 32, 32));
    assertEquals(UInt256.ZERO, UInt256.of(words, 64, 32));
  }

  @Test
  void whatIsNoInquiryFailsTheCall() {
    assertEquals(Optional.empty(), ATTESTATION.run(Bytes.EMPTY));
    assertEquals(Optional.empty(), ATTESTATION.run(Bytes.of((byte) 1, (byte) 1)));
    assertEquals(Optional.empty(), ATTESTATION.run(Bytes.wrap(new byte[Inquiry.BYTES_MAX + 1])));
  }

  @Test
  void anItemWithoutACertificateIsRefusedByAnAnswer() {
    Inquiry asked =
        new Inquiry.OfItem(1, policy(), new CollateralItem.Authorities("no certificates"));
    byte[] words = ATTESTATION.run(asked.encoded()).orElseThrow().toArray();
    assertEquals(UInt256.of(Reason.MALFORMED.code()), UInt256.of(words, 0, 32));
    assertEquals(Hash.ZERO, Hash.of(words, 32));
  }

  @Test
  void markersThatShareTheirDashesAreRefusedByAnAnswer() {
    String text = "-----BEGIN CERTIFICATE-----END CERTIFICATE-----";
    for (CollateralItem item :
        List.of(
            new CollateralItem.Revocations(text, Bytes.EMPTY),
            new CollateralItem.Levels(text, "", Bytes.EMPTY),
            new CollateralItem.QuotingEnclave(text, "", Bytes.EMPTY),
            new CollateralItem.Authorities(text))) {
      Bytes asked = new Inquiry.OfItem(1, policy(), item).encoded();
      byte[] words = ATTESTATION.run(asked).orElseThrow().toArray();
      assertEquals(UInt256.of(Reason.MALFORMED.code()), UInt256.of(words, 0, 32));
    }
  }

  @Test
  void aTextThatIsNotUtf8IsNoInquiry() {
    byte[] asked =
        new Inquiry.OfItem(1, policy(), new CollateralItem.Authorities("x")).encoded().toArray();
    asked[asked.length - 1] = (byte) 0xff;
    assertEquals(Optional.empty(), ATTESTATION.run(Bytes.of(asked)));
  }

  @Test
  void thePriceIsKnownFromTheFirstThreeBytesAndTheLength() {
    long base = ChainPrecompiles.ATTESTATION_GAS + 3 * ChainPrecompiles.ATTESTATION_BYTE_GAS;
    long unit = ChainPrecompiles.ATTESTATION_SIGNATURE_GAS;
    assertEquals(ChainPrecompiles.ATTESTATION_GAS, ATTESTATION.gas(Bytes.EMPTY));
    assertEquals(base + 25 * unit, gas(1, 1, 0));
    assertEquals(base + 25 * unit, gas(1, 2, 0));
    assertEquals(base + (22 + 2 * 48) * unit, gas(1, 3, 2));
    assertEquals(base + 12 * unit, gas(1, 4, 0));
    assertEquals(base + 18 * unit, gas(1, 5, 0));
    assertEquals(base + 30 * unit, gas(2, 1, 0));
    assertEquals(base, gas(2, 5, 0));
    assertEquals(base, gas(3, 0, 0));
  }

  private static long gas(int... bytes) {
    return ATTESTATION.gas(Bytes.of((byte) bytes[0], (byte) bytes[1], (byte) bytes[2]));
  }
}
