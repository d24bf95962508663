// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.security.SecureRandom;
import java.util.List;

// Protocol §8.3.2
class WriteAheadLogFuzzTest {
  private static final String FIRST = "log-0000000000000000";
  private static final Hash GENESIS = Keccak256.hash(new byte[0]);

  @FuzzTest
  void anyFileIsReadAsALogOrRefused(byte[] input) {
    FaultyDisk disk = new FaultyDisk();
    disk.put(FIRST, input);
    LogOpening opening = WriteAheadLog.open(disk, GENESIS, new SecureRandom());
    if (opening instanceof LogOpening.Opened(var log, List<?> records, long _)) {
      log.close();
      // What was repaired is whole: a second opening finds the same.
      LogOpening again = WriteAheadLog.open(disk, GENESIS, new SecureRandom());
      assertEquals(records, ((LogOpening.Opened) again).records());
    }
  }
}
