// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import java.util.List;

/// What came of a transaction in a block. Protocol §11.5.
///
/// @param type type of the transaction
/// @param outcome whether its effects stand
/// @param cumulativeGasUsed gas used in the block up to and with this transaction, at least 0
/// @param bloom the filter of the logs
/// @param logs what contracts wrote, in order
public record Receipt(
    TransactionType type, Outcome outcome, long cumulativeGasUsed, Bloom bloom, List<Log> logs) {
  /// Whether a transaction's effects stand. The number is on the wire.
  public enum Outcome {
    /// It was undone, except for its fee and nonce.
    FAILED(0),
    /// It was done.
    SUCCEEDED(1);

    private final int code;

    Outcome(int code) {
      this.code = code;
    }

    /// The number that stands for it on the wire and in JSON-RPC.
    public int code() {
      return code;
    }
  }

  /// @throws IllegalArgumentException if the gas is negative
  public Receipt {
    logs = List.copyOf(logs);
    if (cumulativeGasUsed < 0) {
      throw new IllegalArgumentException("negative gas: " + cumulativeGasUsed);
    }
  }

  /// The receipt with the filter of its logs.
  public static Receipt of(
      TransactionType type, Outcome outcome, long cumulativeGasUsed, List<Log> logs) {
    return new Receipt(type, outcome, cumulativeGasUsed, Bloom.of(logs), logs);
  }

  /// The canonical encoding (EIP-2718): the type byte, if not 0, and a list. It is what the
  /// receipts root is made of.
  public Bytes encode() {
    RlpWriter writer = new RlpWriter(512);
    if (type != TransactionType.LEGACY) {
      writer.raw(type.code());
    }
    writer.begin().number(outcome.code()).number(cumulativeGasUsed).string(bloom.bytes());
    return writer.list(logs, (inner, log) -> log.write(inner)).end().toBytes();
  }

  /// The receipt with this encoding. Its bloom filter must be that of its logs.
  ///
  /// @throws MalformedException if it is none
  public static Receipt decode(Bytes encoded) throws MalformedException {
    RlpReader reader = RlpReader.of(encoded);
    TransactionType type = TransactionType.LEGACY;
    if (!reader.nextIsList()) {
      int code = reader.number(Byte.MAX_VALUE);
      type =
          TransactionType.of(code)
              .filter(known -> known != TransactionType.LEGACY)
              .orElseThrow(() -> reader.refuse("transaction type", code));
    }
    RlpReader fields = reader.list();
    reader.finish();
    Outcome outcome = fields.number(1) == 1 ? Outcome.SUCCEEDED : Outcome.FAILED;
    long cumulativeGasUsed = fields.number();
    Bloom bloom = new Bloom(fields.string(Bloom.BYTES, Bloom.BYTES));
    List<Log> logs = fields.list(Integer.MAX_VALUE, Log::read);
    fields.finish();
    if (!bloom.equals(Bloom.of(logs))) {
      throw fields.refuse("logsBloom", bloom.bytes());
    }
    return new Receipt(type, outcome, cumulativeGasUsed, bloom, logs);
  }
}
