// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devtee;

import io.aitbc.attestation.CollateralItem;
import io.aitbc.attestation.Evidence;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha2;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERIA5String;

/// A processor of the generation Milan, and whoever would be AMD. Reports have the layout of
/// Protocol §18.4, numbers little-endian.
final class AmdMachine implements DevelopmentMachine.Made {
  private static final String KEY = "1.3.6.1.4.1.3704.1";
  private static final int REPORT_BYTES = 1_184;
  private static final int SIGNED_BYTES = 672;
  private static final int NUMBER_BYTES = 72;

  /// Versions of boot loader, trusted execution environment, SNP firmware and microcode, and where
  /// each stands in the 8 bytes of a report.
  private static final int[] VERSIONS = {4, 0, 24, 219};

  private static final int[] PLACES = {0, 1, 6, 7};
  private static final List<String> EXTENSIONS = List.of(".3.1", ".3.2", ".3.3", ".3.8");

  /// The bit that must be 1, and that threads of a core may run different guests.
  private static final long GUEST_POLICY = 0x30000;

  private final Bytes chipId;
  private final Authority root;
  private final Authority issuer;
  private final Authority chip;
  private final EllipticKey chipKey;

  /// @param seed of the root; machines under one root have different names
  AmdMachine(Bytes seed, String machine) {
    root = Authority.root("Development ARK-Milan", RsaKey.of(seed, "snp root"), 1);
    issuer = root.authority("Development SEV-Milan", RsaKey.of(seed, "snp issuer"));
    chipKey = EllipticKey.of(EllipticKey.P384_BYTES, seed, "snp chip " + machine);
    Bytes name = Bytes.wrap(("snp chip id " + machine).getBytes(StandardCharsets.UTF_8));
    chipId = Sha2.SHA512.hash(seed, name);
    List<Authority.Named> extensions = new ArrayList<>();
    extensions.add(new Authority.Named(KEY + ".1", Authority.encoded(new ASN1Integer(0))));
    extensions.add(
        new Authority.Named(KEY + ".2", Authority.encoded(new DERIA5String("Milan-B0"))));
    for (int i = 0; i < VERSIONS.length; i++) {
      extensions.add(
          new Authority.Named(
              KEY + EXTENSIONS.get(i), Authority.encoded(new ASN1Integer(VERSIONS[i]))));
    }
    extensions.add(new Authority.Named(KEY + ".4", chipId));
    chip = issuer.leaf("Development SEV-VCEK", chipKey, extensions);
  }

  @Override
  public Hash root() {
    return root.fingerprint();
  }

  /// The authorities, and the root's list.
  @Override
  public List<CollateralItem> collateral(Instant issued) {
    return List.of(
        new CollateralItem.Authorities(issuer.text() + root.text()),
        new CollateralItem.Revocations(root.text(), root.revocations(issued)));
  }

  /// A report of version 3: a guest of this measurement chose this data.
  @Override
  public Evidence.Snp evidence(Bytes measurement, Bytes data) {
    ByteBuffer report = ByteBuffer.allocate(REPORT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    report.putInt(0, 3);
    report.putInt(4, 1);
    report.putLong(8, GUEST_POLICY);
    report.putInt(52, 1); // ECDSA over P-384 with SHA-384.
    report.put(80, data.toArray());
    report.put(144, measurement.toArray());
    report.put(392, (byte) 0x19).put(393, (byte) 0x01).put(394, (byte) 0x01);
    report.put(416, chipId.toArray());
    for (int versionsAt : new int[] {56, 384, 480, 496}) {
      for (int i = 0; i < VERSIONS.length; i++) {
        report.put(versionsAt + PLACES[i], (byte) VERSIONS[i]);
      }
    }
    Bytes signature = chipKey.sign(Bytes.of(report.array(), 0, SIGNED_BYTES));
    for (int number = 0; number < 2; number++) {
      for (int i = 0; i < EllipticKey.P384_BYTES; i++) {
        int last = (number + 1) * EllipticKey.P384_BYTES - 1;
        report.put(SIGNED_BYTES + number * NUMBER_BYTES + i, signature.at(last - i));
      }
    }
    return new Evidence.Snp(Bytes.wrap(report.array()), chip.certificate());
  }
}
