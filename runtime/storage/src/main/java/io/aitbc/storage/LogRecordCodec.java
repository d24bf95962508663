// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.consensus.LogRecord;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Encodable;
import io.aitbc.model.MalformedException;

/// The bytes of a record in the write-ahead log: its canonical encoding. Protocol §8.3.2.
final class LogRecordCodec {
  private LogRecordCodec() {}

  static byte[] encode(LogRecord logRecord) {
    return logRecord.encoded().toArray();
  }

  static LogRecord decode(byte[] encoding) throws MalformedException {
    return Encodable.decode(Bytes.wrap(encoding), LogRecord::readFrom);
  }
}
