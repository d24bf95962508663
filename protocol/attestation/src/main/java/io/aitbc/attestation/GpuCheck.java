// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.NistCurve;
import io.aitbc.crypto.Sha2;
import io.aitbc.crypto.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Judges reports of NVIDIA's GPUs: an SPDM 1.1 request for measurements and its response, one
/// after the other. What is found by its place from the front, the signature included, cannot be
/// moved. Protocol §18.4.
final class GpuCheck {
  private static final int REQUEST_BYTES = 37;
  private static final int NONCE_AT = 4;
  private static final int SIGNATURE_BYTES = 96;
  private static final int BLOCKS_MAX = 255;
  private static final int OPAQUE_FIRMWARE = 20;
  private static final int FIRMWARE_ID_BYTES = 48;
  private static final List<String> TCB_INFO = List.of("2.23.133.5.4.1", "2.23.133.5.4.1.1");
  private static final int FIRMWARE_IDS = 0xa6;

  private GpuCheck() {}

  static NormalisedClaims check(Evidence.Gpu evidence, TrustPolicy policy, long seconds)
      throws RefusedException {
    Bytes bytes = evidence.report();
    ByteCursor cursor = new ByteCursor(bytes);
    Bytes request = cursor.take(REQUEST_BYTES);
    RefusedException.unless(
        request.at(0) == 0x11 && (request.at(1) & 0xff) == 0xe0, Reason.MALFORMED);
    Bytes response = cursor.take(4);
    RefusedException.unless(response.at(0) == 0x11 && response.at(1) == 0x60, Reason.MALFORMED);
    int blocks = cursor.u8();
    RefusedException.unless(blocks <= BLOCKS_MAX, Reason.MALFORMED);
    Bytes measurements = cursor.take(cursor.u24Little());
    checkBlocks(measurements, blocks);
    cursor.skip(32); // The responder's nonce.
    Bytes opaque = cursor.take(cursor.u16Little());
    Bytes signed = bytes.slice(0, cursor.position());
    Bytes signature = cursor.take(SIGNATURE_BYTES);
    RefusedException.unless(cursor.remaining() == 0, Reason.TRAILING_DATA);

    CertificateChain chain = new CertificateChain(Pem.certificates(evidence.chain()));
    boolean development = policy.checkRoot(chain.root());
    RefusedException.unless(chain.certificates().size() == 5, Reason.CHAIN_INVALID);
    chain.checkLinks();
    chain.checkTimes(seconds);
    RefusedException.unless(
        chain.leaf().key() instanceof SubjectKey.Elliptic key
            && key.curve() == NistCurve.P384
            && key.curve().verify(key.point(), Sha2.SHA384.hash(signed), signature),
        Reason.EVIDENCE_SIGNATURE_INVALID);
    SortedMap<Integer, Bytes> fields = fields(opaque);
    Bytes firmware = fields.get(OPAQUE_FIRMWARE);
    RefusedException.unless(
        firmware != null
            && firmware.length() == FIRMWARE_ID_BYTES
            && !ByteCursor.isZero(firmware)
            && firmwareIds(chain.leaf()).contains(firmware),
        Reason.ATTESTATION_KEY_BINDING_INVALID);
    Hash set = Sha256.hash(measurements);
    return new NormalisedClaims(
        Platform.NVIDIA_GPU,
        NormalisedClaims.hardwareId(Platform.NVIDIA_GPU, chain.leaf().serial()),
        set.toBytes(),
        List.of(firmware),
        0,
        request.slice(NONCE_AT, 32),
        Optional.empty(),
        0,
        List.of(),
        1,
        chain.root().fingerprint(),
        development,
        chain.validUntil());
  }

  /// The measurement record is `count` blocks, each with its length, numbered from 1 on.
  private static void checkBlocks(Bytes measurements, int count) throws RefusedException {
    ByteCursor cursor = new ByteCursor(measurements);
    for (int i = 1; i <= count; i++) {
      RefusedException.unless(cursor.u8() == i && cursor.u8() == 1, Reason.MALFORMED);
      cursor.skip(cursor.u16Little());
    }
    RefusedException.unless(cursor.remaining() == 0, Reason.MALFORMED);
  }

  private static SortedMap<Integer, Bytes> fields(Bytes opaque) throws RefusedException {
    TreeMap<Integer, Bytes> fields = new TreeMap<>();
    ByteCursor cursor = new ByteCursor(opaque);
    while (cursor.remaining() > 0) {
      int type = cursor.u16Little();
      fields.put(type, cursor.take(cursor.u16Little()));
    }
    return fields;
  }

  /// The digests of the firmware that the GPU's key was derived from: in newer GPUs the list
  /// "fwids" of a DiceTcbInfo (DICE Attestation Architecture §6.1.1), in older ones the one beside
  /// the device's key.
  private static List<Bytes> firmwareIds(X509Certificate leaf) throws RefusedException {
    List<Bytes> digests = new ArrayList<>();
    for (String name : TCB_INFO) {
      Optional<Bytes> info = leaf.extension(name);
      if (info.isPresent()) {
        DerReader fields = DerValue.of(info.get()).as(DerValue.SEQUENCE).children();
        while (fields.hasMore()) {
          DerValue field = fields.next();
          if (field.tag() == FIRMWARE_IDS) {
            DerReader ids = field.children();
            while (ids.hasMore()) {
              digest(ids.next()).ifPresent(digests::add);
            }
          } else if (field.tag() == DerValue.SEQUENCE) {
            digest(field).ifPresent(digests::add);
          }
        }
      }
    }
    return digests;
  }

  /// The digest of a pair of algorithm and digest; empty if the sequence is none.
  private static Optional<Bytes> digest(DerValue sequence) throws RefusedException {
    DerReader parts = sequence.as(DerValue.SEQUENCE).children();
    return parts.nextIf(DerValue.OBJECT_IDENTIFIER).isPresent()
        ? parts.nextIf(DerValue.OCTET_STRING).map(DerValue::content)
        : Optional.empty();
  }
}
