// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The calls of a proposal, out of the data of the log that the contract Governor wrote of it:
/// kind, deciders, end of the ballot, targets, data and description, in Solidity's ABI. Protocol
/// §16.11.
///
/// @param targets whom the Timelock is to call
/// @param datas what with, one for each target
record ProposedCalls(List<Address> targets, List<Bytes> datas) {
  /// The event that the contract writes.
  static final String EVENT =
      "Proposed(uint256,address,uint8,uint8,uint48,address[],bytes[],string)";

  /// Calls of one proposal at most: what the node takes.
  private static final int CALLS_MAX = 64;

  private static final int TARGETS_WORD = 3;
  private static final int DATAS_WORD = 4;

  /// Reads the data of a log; empty if it is not what the contract writes.
  static Optional<ProposedCalls> of(Bytes data) {
    try {
      List<Address> targets = new ArrayList<>();
      int list = number(data, TARGETS_WORD * UInt256.BYTES);
      for (int i = 0; i < count(data, list); i++) {
        int word = list + (1 + i) * UInt256.BYTES;
        targets.add(new Address(slice(data, word + UInt256.BYTES - Address.BYTES, Address.BYTES)));
      }
      List<Bytes> datas = new ArrayList<>();
      list = number(data, DATAS_WORD * UInt256.BYTES);
      int first = list + UInt256.BYTES; // What offsets of a list's elements count from.
      for (int i = 0; i < count(data, list); i++) {
        int element = first + number(data, first + i * UInt256.BYTES);
        datas.add(slice(data, element + UInt256.BYTES, number(data, element)));
      }
      return targets.size() == datas.size()
          ? Optional.of(new ProposedCalls(List.copyOf(targets), List.copyOf(datas)))
          : Optional.empty();
    } catch (IndexOutOfBoundsException | ArithmeticException malformed) {
      return Optional.empty();
    }
  }

  private static int count(Bytes data, int at) {
    int count = number(data, at);
    if (count > CALLS_MAX) {
      throw new ArithmeticException("calls: " + count);
    }
    return count;
  }

  /// @throws ArithmeticException if it is above 2^31 - 1
  /// @throws IndexOutOfBoundsException if the data ends before
  private static int number(Bytes data, int at) {
    byte[] word = slice(data, at, UInt256.BYTES).toArray();
    return Math.toIntExact(UInt256.of(word, 0, UInt256.BYTES).toLongExact());
  }

  /// @throws IndexOutOfBoundsException if the data ends before
  private static Bytes slice(Bytes data, int at, int length) {
    return data.slice(Objects.checkFromIndexSize(at, length, data.length()), length);
  }
}
