// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The claims of a PSA token (RFC 9783 §4), and of a CCA platform token, which has most of them.
/// Protocol §18.4.
///
/// @param profile which rules the token follows; empty in tokens older than profiles
/// @param nonce what whoever asked chose
/// @param instanceId which device: 0x01 and the hash of its key
/// @param implementationId which hardware, 32 bytes
/// @param clientId who asked: positive for a secure partition, negative for the normal world
/// @param lifeCycle 0x3000 to 0x30ff: secured
/// @param components digests of the software's components
record PsaClaims(
    String profile,
    Bytes nonce,
    Bytes instanceId,
    Bytes implementationId,
    Optional<Long> clientId,
    long lifeCycle,
    List<Bytes> components) {
  private static final int COMPONENTS_MAX = 32;

  PsaClaims {
    components = List.copyOf(components);
  }

  static PsaClaims of(CborValue payload) throws RefusedException {
    CborValue.Members claims = payload.asMembers();
    List<Bytes> components = new ArrayList<>();
    Optional<CborValue> list = find(claims, 2399, -75006);
    if (list.isPresent()) {
      RefusedException.unless(list.get().asItems().size() <= COMPONENTS_MAX, Reason.TOO_LARGE);
      for (CborValue component : list.get().asItems()) {
        components.add(required(component.asMembers().find(2)).asOctets());
      }
    }
    Optional<CborValue> profile = find(claims, 265, -75000);
    Optional<CborValue> client = find(claims, 2394, -75001);
    return new PsaClaims(
        profile.isPresent() ? profile.get().asText() : "",
        required(find(claims, 10, -75008)).asOctets(),
        required(find(claims, 256, -75009)).asOctets(),
        required(find(claims, 2396, -75003)).asOctets(),
        client.isPresent() ? Optional.of(client.get().asNumber()) : Optional.empty(),
        required(find(claims, 2395, -75002)).asNumber(),
        components);
  }

  static CborValue required(Optional<CborValue> value) throws RefusedException {
    return value.orElseThrow(RefusedException::malformed);
  }

  private static Optional<CborValue> find(CborValue.Members claims, long key, long older) {
    return claims.find(key).or(() -> claims.find(older));
  }

  /// Refuses a device in another life cycle state than "secured".
  void checkLifeCycle() throws RefusedException {
    RefusedException.unless(
        lifeCycle >= 0x3000 && lifeCycle <= 0x30ff, Reason.LIFECYCLE_NOT_SECURED);
  }
}
