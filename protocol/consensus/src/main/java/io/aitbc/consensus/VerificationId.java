// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

/// Names one {@link Effect.Verify} and its answer. Ids grow by one and are not used again.
public record VerificationId(long value) implements Comparable<VerificationId> {
  @Override
  public int compareTo(VerificationId other) {
    return Long.compare(value, other.value);
  }
}
