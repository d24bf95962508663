// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.attestation.Platform;
import io.aitbc.crypto.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What may run on a platform under a code hash, as the contract RuntimeRegistry knows it. Protocol
/// §18.9.
///
/// @param platform on which it is measured so; never a GPU, whose code is the policy's
/// @param versionMin least security version that the code gives itself, of 32 bits
/// @param measurement Protocol §18.2, at most {@link #MEASUREMENT_BYTES_MAX}
public record ApprovedCode(Platform platform, long versionMin, Bytes measurement) {
  /// Bytes of a measurement, as the contract bounds them.
  public static final int MEASUREMENT_BYTES_MAX = 1_024;

  /// Greatest security version.
  public static final long VERSION_MAX = 0xffff_ffffL;

  private static final int HEAD_BYTES = 7;

  /// Checks the bounds.
  ///
  /// @throws IllegalArgumentException if the contract would refuse it
  public ApprovedCode {
    if (platform == Platform.NVIDIA_GPU
        || versionMin < 0
        || versionMin > VERSION_MAX
        || measurement.isEmpty()
        || measurement.length() > MEASUREMENT_BYTES_MAX) {
      throw new IllegalArgumentException(
          "no approval: %s, version %d, %d bytes of measurement"
              .formatted(platform, versionMin, measurement.length()));
    }
  }

  /// Reads the code of an inquiry (Protocol §18.8); empty if it is none.
  static Optional<List<ApprovedCode>> listOf(Bytes encoding) {
    List<ApprovedCode> all = new ArrayList<>();
    int at = 0;
    while (at < encoding.length()) {
      if (encoding.length() - at < HEAD_BYTES) {
        return Optional.empty();
      }
      int code = encoding.at(at);
      long version = number(encoding, at + 1, 4);
      int length = (int) number(encoding, at + 5, 2);
      at += HEAD_BYTES;
      Optional<Platform> platform =
          Stream.of(Platform.values()).filter(each -> each.code() == code).findFirst();
      if (platform.isEmpty() || length == 0 || encoding.length() - at < length) {
        return Optional.empty();
      }
      all.add(new ApprovedCode(platform.get(), version, encoding.slice(at, length)));
      at += length;
    }
    return Optional.of(List.copyOf(all));
  }

  private static long number(Bytes bytes, int at, int length) {
    long number = 0;
    for (int i = 0; i < length; i++) {
      number = (number << 8) | (bytes.at(at + i) & 0xff);
    }
    return number;
  }
}
