// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Address;
import java.util.List;
import java.util.Optional;

/// How a job stands after a block.
///
/// @param number of the job
/// @param height of that block
/// @param activeSeconds the clock of its deadlines then
/// @param job what the contract knows of it
/// @param claims all of them, in order
public record JobStatus(
    long number, long height, long activeSeconds, WorkJob job, List<Claim> claims) {
  /// Copies the list.
  public JobStatus {
    claims = List.copyOf(claims);
  }

  /// How a claim stands.
  ///
  /// @param id its number
  /// @param size items and fee
  /// @param assignment whether it has a worker
  /// @param workers that were drawn, if it is open and the beacon is there; empty too if there is
  ///   nobody to draw
  /// @param turn whose turn it is, 0 to 2, or 3 when all are over; only of an open claim
  /// @param work what happens since somebody accepted it
  public record Claim(
      ClaimId id,
      WorkJob.ClaimSize size,
      WorkJob.Assignment assignment,
      List<Address> workers,
      long turn,
      Optional<WorkClaim> work) {
    /// Copies the list.
    public Claim {
      workers = List.copyOf(workers);
    }

    /// Whether it is offered to workers.
    public boolean isOpen() {
      return assignment.place() == WorkJob.Place.OPEN;
    }

    /// Whether nothing more happens to it.
    public boolean isOver() {
      return assignment.place() == WorkJob.Place.OVER;
    }

    /// What somebody makes of it who has accepted it and was not too late.
    public Optional<WorkClaim> taken() {
      return isOpen() ? Optional.empty() : work;
    }

    /// Its state as one word: OPEN, a state of {@link WorkClaim.State}, or CANCELLED.
    public String state() {
      if (isOpen()) {
        return "OPEN";
      }
      return taken().map(each -> each.state().name()).orElse("CANCELLED");
    }
  }

  /// Whether nothing more happens to any claim.
  public boolean isOver() {
    return claims.stream().allMatch(Claim::isOver);
  }
}
