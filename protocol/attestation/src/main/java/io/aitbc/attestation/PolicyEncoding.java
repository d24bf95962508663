// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The one encoding of a policy, as the chain's state holds it. Approved code and denied hardware
/// are not part of it: contracts keep them in tables of their own. Protocol §18.6.
final class PolicyEncoding {
  private static final int VERSION_BYTES = 8;

  /// Most members of a list: its number is one byte.
  private static final int LIST_MAX = 255;

  private PolicyEncoding() {}

  static Bytes encoded(TrustPolicy policy) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(policy.production() ? 1 : 0);
    out.write(policy.strictDomains() ? 1 : 0);
    out.write(policy.privilegeMax());
    out.writeBytes(ByteBuffer.allocate(4).putInt(policy.evaluationMin()).array());
    out.writeBytes(ByteBuffer.allocate(8).putLong(policy.anchorBlocksMax()).array());
    int platforms = 0;
    for (Platform platform : policy.platforms()) {
      platforms |= 1 << platform.code();
    }
    out.write(platforms);
    int accepted = 0;
    for (TcbStatus status : policy.accepted()) {
      accepted |= 1 << status.code();
    }
    out.write(accepted);
    hashes(policy.roots(), out);
    hashes(policy.developmentRoots(), out);
    out.write(count(policy.floors().size()));
    policy
        .floors()
        .forEach((product, floor) -> {
          text(product, out);
          out.writeBytes(floor.toArray());
        });
    texts(policy.psaProfiles(), out);
    texts(policy.ccaProfiles(), out);
    hashes(policy.gpuSets(), out);
    return Bytes.wrap(out.toByteArray());
  }

  /// Reads a policy. Its epoch is the SHA-256 of the encoding.
  static TrustPolicy of(Bytes encoding) throws RefusedException {
    RefusedException.unless(encoding.length() <= TrustPolicy.ENCODED_BYTES_MAX, Reason.TOO_LARGE);
    ByteCursor cursor = new ByteCursor(encoding);
    boolean production = cursor.u8() == 1;
    boolean strictDomains = cursor.u8() == 1;
    int privilegeMax = cursor.u8();
    long evaluationMin = cursor.big(4);
    long anchorBlocksMax = cursor.big64();
    int platformBits = cursor.u8();
    int acceptedBits = cursor.u8();
    SortedSet<Hash> roots = hashes(cursor);
    SortedSet<Hash> developmentRoots = hashes(cursor);
    SortedMap<String, Bytes> floors = new TreeMap<>();
    for (int left = cursor.u8(); left > 0; left--) {
      floors.put(text(cursor), cursor.take(VERSION_BYTES));
    }
    List<String> psaProfiles = texts(cursor);
    List<String> ccaProfiles = texts(cursor);
    SortedSet<Hash> gpuSets = hashes(cursor);
    SortedSet<Platform> platforms = new TreeSet<>();
    for (Platform platform : Platform.values()) {
      if ((platformBits >> platform.code() & 1) != 0) {
        platforms.add(platform);
      }
    }
    SortedSet<TcbStatus> accepted = new TreeSet<>();
    for (TcbStatus status : TcbStatus.values()) {
      if ((acceptedBits >> status.code() & 1) != 0) {
        accepted.add(status);
      }
    }
    RefusedException.unless(
        evaluationMin <= Integer.MAX_VALUE
            && anchorBlocksMax >= 0
            && (developmentRoots.isEmpty() || !production),
        Reason.MALFORMED);
    TrustPolicy policy =
        new TrustPolicy(
            production,
            platforms,
            roots,
            developmentRoots,
            accepted,
            (int) evaluationMin,
            floors,
            privilegeMax,
            strictDomains,
            psaProfiles,
            ccaProfiles,
            List.of(),
            gpuSets,
            new TreeSet<>(),
            anchorBlocksMax,
            Sha256.hash(encoding));
    // Another order, a repetition or a bit without a meaning would say the same again.
    RefusedException.unless(encoded(policy).equals(encoding), Reason.MALFORMED);
    return policy;
  }

  private static int count(int size) {
    if (size > LIST_MAX) {
      throw new IllegalArgumentException("a policy's list of " + size);
    }
    return size;
  }

  private static void hashes(SortedSet<Hash> hashes, ByteArrayOutputStream out) {
    out.write(count(hashes.size()));
    hashes.forEach(hash -> out.writeBytes(hash.toArray()));
  }

  private static SortedSet<Hash> hashes(ByteCursor cursor) throws RefusedException {
    SortedSet<Hash> hashes = new TreeSet<>();
    for (int left = cursor.u8(); left > 0; left--) {
      hashes.add(Hash.of(cursor.take(Hash.BYTES).toArray()));
    }
    return hashes;
  }

  private static void text(String text, ByteArrayOutputStream out) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    out.write(count(ascii.length));
    out.writeBytes(ascii);
  }

  private static String text(ByteCursor cursor) throws RefusedException {
    return new String(cursor.take(cursor.u8()).toArray(), StandardCharsets.US_ASCII);
  }

  private static void texts(List<String> texts, ByteArrayOutputStream out) {
    out.write(count(texts.size()));
    texts.forEach(each -> text(each, out));
  }

  private static List<String> texts(ByteCursor cursor) throws RefusedException {
    List<String> texts = new ArrayList<>();
    for (int left = cursor.u8(); left > 0; left--) {
      texts.add(text(cursor));
    }
    return texts;
  }
}
