// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a platform's certificate says of the platform (extension 1.2.840.113741.1.13.1). Protocol
/// §18.4.
///
/// @param platformId what identifies the machine: the platform instance id, else the PPID
/// @param components security versions of the 16 components
/// @param pce version of the provisioning enclave
/// @param pceId 2 bytes
/// @param family the FMSPC, 6 bytes
record PckExtension(Bytes platformId, Bytes components, int pce, Bytes pceId, Bytes family) {
  private static final String BASE = "1.2.840.113741.1.13.1";

  static PckExtension of(X509Certificate leaf) throws RefusedException {
    Optional<Bytes> extension = leaf.extension(BASE);
    RefusedException.unless(extension.isPresent(), Reason.MALFORMED);
    SortedMap<String, DerValue> values = entries(DerValue.of(extension.get()));
    SortedMap<String, DerValue> tcb = entries(find(values, BASE + ".2"));
    byte[] components = new byte[16];
    for (int i = 0; i < 16; i++) {
      int version = find(tcb, BASE + ".2." + (i + 1)).small();
      RefusedException.unless(version <= 255, Reason.MALFORMED);
      components[i] = (byte) version;
    }
    Bytes ppid = octets(find(values, BASE + ".1"), 16);
    Bytes platformId =
        values.containsKey(BASE + ".6") ? octets(find(values, BASE + ".6"), 16) : ppid;
    return new PckExtension(
        platformId,
        Bytes.wrap(components),
        find(tcb, BASE + ".2.17").small(),
        octets(find(values, BASE + ".3"), 2),
        octets(find(values, BASE + ".4"), 6));
  }

  private static SortedMap<String, DerValue> entries(DerValue sequence) throws RefusedException {
    TreeMap<String, DerValue> entries = new TreeMap<>();
    DerReader list = sequence.as(DerValue.SEQUENCE).children();
    while (list.hasMore()) {
      DerReader entry = list.next(DerValue.SEQUENCE).children();
      String name = entry.next().objectIdentifier();
      RefusedException.unless(entries.put(name, entry.next()) == null, Reason.MALFORMED);
      entry.end();
    }
    return entries;
  }

  private static DerValue find(SortedMap<String, DerValue> entries, String name)
      throws RefusedException {
    DerValue value = entries.get(name);
    if (value == null) {
      throw RefusedException.malformed();
    }
    return value;
  }

  private static Bytes octets(DerValue value, int length) throws RefusedException {
    Bytes content = value.as(DerValue.OCTET_STRING).content();
    RefusedException.unless(content.length() == length, Reason.MALFORMED);
    return content;
  }
}
