// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Candidate;
import io.aitbc.model.Evidence;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import java.util.Optional;

/// A transaction of the played ledger.
sealed interface Entry {
  /// Moves money between two of the ledger's purses.
  ///
  /// @param from number of the purse that pays
  /// @param to number of the one that is paid
  /// @param amount how much, in AITBC
  /// @param nonce how many transfers the purse made before
  record Transfer(int from, int to, int amount, int nonce) implements Entry {}

  /// Brings evidence.
  record Conviction(Evidence evidence) implements Entry {}

  /// A candidate says that it is ready.
  ///
  /// @param epoch the epoch in which it says so
  record Ready(Address candidate, long epoch) implements Entry {}

  /// Somebody becomes a candidate.
  record Joins(Candidate candidate) implements Entry {}

  /// The encoding.
  default Bytes encoded() {
    RlpWriter writer = new RlpWriter(64).begin();
    switch (this) {
      case Transfer(int from, int to, int amount, int nonce) ->
          writer.number(0).number(from).number(to).number(amount).number(nonce);
      case Conviction(Evidence evidence) -> {
        writer.number(1);
        evidence.writeTo(writer);
      }
      case Ready(Address candidate, long epoch) ->
          writer.number(2).address(candidate).number(epoch);
      case Joins(Candidate candidate) -> {
        writer.number(3);
        candidate.writeTo(writer);
      }
    }
    return writer.end().toBytes();
  }

  /// The entry of an encoding; empty if it is none.
  static Optional<Entry> decode(Bytes encoding) {
    try {
      RlpReader reader = RlpReader.of(encoding);
      RlpReader fields = reader.list();
      Entry entry =
          switch (fields.number(3)) {
            case 0 ->
                new Transfer(
                    fields.number(Execution.PURSES - 1),
                    fields.number(Execution.PURSES - 1),
                    fields.number(Execution.TRANSFER_MAX),
                    fields.number(Integer.MAX_VALUE));
            case 1 -> new Conviction(Evidence.readFrom(fields));
            case 2 -> new Ready(fields.address(), fields.number());
            default -> new Joins(Candidate.readFrom(fields));
          };
      fields.finish();
      reader.finish();
      return Optional.of(entry);
    } catch (MalformedException malformed) {
      return Optional.empty();
    }
  }
}
