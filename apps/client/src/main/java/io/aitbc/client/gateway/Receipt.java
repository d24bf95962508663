// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Amount;
import java.util.Locale;

/// What a client of the gateway can show of its request, and where it stands on the chain.
///
/// @param id by which it is asked for: nobody can guess it
/// @param model name of the model
/// @param version id of the model
/// @param verification class of the job
/// @param key whose request it is; empty without keys
/// @param job number of the job that holds the request's items; 0 while it is not on the chain
/// @param item of the job's first claim that is the request's first
/// @param items how many it has
/// @param fee wei for all of them
/// @param status where it stands
/// @param reason why there are no outputs; empty if nothing went wrong
public record Receipt(
    String id,
    String model,
    Hash version,
    Verification verification,
    String key,
    long job,
    long item,
    int items,
    Amount fee,
    Status status,
    String reason) {
  /// Where a request stands. Protocol §17.13.
  public enum Status {
    /// It is taken: the job is ordered or about to be, and nobody has revealed outputs.
    ACCEPTED,
    /// The root of the outputs is in a final block, and the gateway has the outputs.
    FINAL,
    /// All seats of auditors that were drawn have run their items again and reported.
    AUDITED,
    /// The window for challenges has ended and the worker is paid.
    SETTLED,
    /// Nobody took the job, or it is void; the fee came back.
    REFUNDED,
    /// An output was proven to be false, or found too far from the referee's; the fee came back.
    FRAUD,
    /// There is no job.
    FAILED;

    /// As programs see it.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Whether nothing more happens.
    public boolean isOver() {
      return switch (this) {
        case ACCEPTED, FINAL, AUDITED -> false;
        case SETTLED, REFUNDED, FRAUD, FAILED -> true;
      };
    }

    /// Whether the fee is spent or may yet be.
    public boolean isSpent() {
      return switch (this) {
        case ACCEPTED, FINAL, AUDITED, SETTLED -> true;
        case REFUNDED, FRAUD, FAILED -> false;
      };
    }
  }
}
