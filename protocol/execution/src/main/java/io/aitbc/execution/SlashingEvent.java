// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Log;
import io.aitbc.model.UInt256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// What the contract Slashing wrote of a conviction in a transaction's receipt. Absences leave no
/// log: they are fined at an epoch's end, outside of transactions. Protocol §16.7.
public sealed interface SlashingEvent {
  /// Whom it is about.
  Address account();

  /// Evidence convicted an account.
  ///
  /// @param height of the offence
  /// @param classCode bit 0 authority, bit 1 staker
  record Convicted(Address account, long height, int classCode) implements SlashingEvent {}

  /// A penalty came to its full size.
  ///
  /// @param millionths of what was there
  record Finished(Address account, int millionths) implements SlashingEvent {}

  /// The contract that writes them.
  static Address contract() {
    return EconomyContract.SLASHING.address();
  }

  /// First topics of all of them.
  static List<Hash> topics() {
    return List.of(Events.CONVICTED, Events.FINISHED);
  }

  /// Reads a log; empty if it is no such event.
  static Optional<SlashingEvent> of(Log log) {
    if (!log.address().equals(contract()) || log.topics().size() != 2) {
      return Optional.empty();
    }
    Bytes topic = log.topics().get(1).toBytes();
    Address account = new Address(topic.slice(Hash.BYTES - Address.BYTES, Address.BYTES));
    ReturnWords words = new ReturnWords(new ReturnData(log.data()));
    Hash event = log.topics().getFirst();
    if (event.equals(Events.CONVICTED) && log.data().length() == 2 * UInt256.BYTES) {
      return Optional.of(new Convicted(account, words.number(0), (int) words.number(1)));
    }
    return event.equals(Events.FINISHED) && log.data().length() == UInt256.BYTES
        ? Optional.of(new Finished(account, (int) words.number(0)))
        : Optional.empty();
  }

  /// Hashes of the events' signatures.
  final class Events {
    static final Hash CONVICTED = hash("Convicted(address,uint64,uint256)");
    static final Hash FINISHED = hash("Finished(address,uint256)");

    private Events() {}

    private static Hash hash(String signature) {
      return Keccak256.hash(Bytes.wrap(signature.getBytes(StandardCharsets.US_ASCII)));
    }
  }
}
