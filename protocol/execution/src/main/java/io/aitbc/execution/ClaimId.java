// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

/// A claim: up to 4,096 items of a job. Protocol §17.12.
///
/// @param job its number, from 1 on
/// @param claim its number in the job, from 0 on
public record ClaimId(long job, long claim) {
  /// Most items of a claim.
  public static final int ITEMS_MAX = 4_096;

  /// @throws IllegalArgumentException if a number is negative
  public ClaimId {
    if (job < 0 || claim < 0) {
      throw new IllegalArgumentException("no claim " + claim + " of job " + job);
    }
  }

  /// Both numbers as arguments of a function.
  CallData on(CallData data) {
    return data.number(job).number(claim);
  }
}
