// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import com.fasterxml.jackson.core.JsonGenerator;
import io.aitbc.client.JobOrder;
import io.aitbc.crypto.Hash;
import java.io.IOException;

/// The class of a gateway's jobs: how their results are verified. Protocol §17.12.
public sealed interface Verification {
  /// The referee's bits, so that one wrong element can be proven.
  record Exact() implements Verification {}

  /// The same, and hardware vouches for it.
  ///
  /// @param code hash of the approved code that it must vouch for
  record Attested(Hash code) implements Verification {
    /// @throws IllegalArgumentException if it is zeros, which are the hash of no code
    public Attested {
      if (code.equals(Hash.ZERO)) {
        throw new IllegalArgumentException("zeros are the hash of no code");
      }
    }
  }

  /// What an engine of a profile gives, near enough to the referee's. Protocol §17.17.
  ///
  /// @param profile id of the execution profile
  record Tolerance(Hash profile) implements Verification {}

  /// As programs see it.
  default String text() {
    return switch (this) {
      case Exact _ -> "EXACT";
      case Attested _ -> "ATTESTED";
      case Tolerance _ -> "TOLERANCE";
    };
  }

  /// An order of class EXACT as one of this class.
  default JobOrder of(JobOrder exact) {
    return switch (this) {
      case Exact _ -> exact;
      case Attested(Hash code) -> exact.attested(code);
      case Tolerance(Hash profile) -> exact.under(profile);
    };
  }

  /// Writes the fields of a receipt that say it.
  default void write(JsonGenerator out) throws IOException {
    out.writeStringField("class", text());
    switch (this) {
      case Exact _ -> {}
      case Attested(Hash code) -> out.writeStringField("code", code.toHex());
      case Tolerance(Hash profile) -> out.writeStringField("profile", profile.toHex());
    }
  }
}
