// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.consensus.LogRecord;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Encodable;
import io.aitbc.model.MalformedException;
import io.aitbc.testkit.DecoderTorture;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §8.3.2.
class LogRecordTest {
  @Test
  void whatWasWrittenIsReadBack() {
    Seed.forAll(
        1,
        200,
        seed -> {
          LogRecord logRecord = new TestRecords(seed).any(seed.between(2, 1_000_000));
          assertEquals(logRecord, decode(logRecord.encoded()));
        });
  }

  @Test
  void anythingForARecordIsReadOrRefused() {
    List<byte[]> valid = new ArrayList<>();
    Seed.forAll(
        1,
        30,
        seed -> {
          byte[] encoding = new TestRecords(seed).any(5).encoded().toArray();
          valid.add(encoding);
        });
    new DecoderTorture(input -> decode(Bytes.wrap(input)), MalformedException.class::isInstance)
        .run(1, 3_000, valid);
  }

  private static LogRecord decode(Bytes encoding) throws MalformedException {
    return Encodable.decode(encoding, LogRecord::readFrom);
  }
}
