// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.consensus.LogRecord;
import io.aitbc.model.MalformedException;
import io.aitbc.testkit.DecoderTorture;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §8.3.2.
class LogRecordCodecTest {
  @Test
  void whatWasWrittenIsReadBack() {
    Seed.forAll(
        1,
        200,
        seed -> {
          LogRecord logRecord = new TestRecords(seed).any(seed.between(2, 1_000_000));
          assertEquals(logRecord, LogRecordCodec.decode(LogRecordCodec.encode(logRecord)));
        });
  }

  @Test
  void anythingForARecordIsReadOrRefused() {
    List<byte[]> valid = new ArrayList<>();
    Seed.forAll(
        1,
        30,
        seed -> {
          byte[] encoding = LogRecordCodec.encode(new TestRecords(seed).any(5));
          valid.add(encoding);
        });
    new DecoderTorture(LogRecordCodec::decode, MalformedException.class::isInstance)
        .run(1, 3_000, valid);
  }
}
