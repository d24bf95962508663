// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import java.util.List;
import java.util.Optional;

/// What authentic evidence says, in the same words for every platform. Protocol §18.2.
///
/// @param platform what made it
/// @param hardwareId which machine, as {@link #hardwareId(Platform, Bytes)}
/// @param measurement which code: MRENCLAVE; MRTD, RTMR1 and RTMR2; MEASUREMENT; the digests of a
///   PSA token's components; a realm's initial measurement
/// @param extra further measurements, in the order of §18.2
/// @param version security version that the code gave itself; 0 where a platform has none
/// @param userData the bytes that the code chose, 64 or fewer
/// @param tcbStatus the vendor's rating, where it rates
/// @param tcbDate of the rating, in seconds; 0 where there is none
/// @param advisories what is known against the rating
/// @param evidenceVersion of the evidence's format
/// @param trustRoot SHA-256 of the root certificate, or of the endorsed key
/// @param developmentRoot whether that root is worth nothing
/// @param validUntil last second in which everything that was used is valid
public record NormalisedClaims(
    Platform platform,
    Hash hardwareId,
    Bytes measurement,
    List<Bytes> extra,
    int version,
    Bytes userData,
    Optional<TcbStatus> tcbStatus,
    long tcbDate,
    List<String> advisories,
    int evidenceVersion,
    Hash trustRoot,
    boolean developmentRoot,
    long validUntil) {
  /// Copies what it is given.
  public NormalisedClaims {
    extra = List.copyOf(extra);
    advisories = List.copyOf(advisories);
  }

  /// The id of a machine: SHA-256 of the platform's code and what the vendor numbers it by.
  static Hash hardwareId(Platform platform, Bytes vendorId) {
    byte[] named = new byte[1 + vendorId.length()];
    named[0] = (byte) platform.code();
    vendorId.copyTo(named, 1);
    return Sha256.hash(named);
  }
}
