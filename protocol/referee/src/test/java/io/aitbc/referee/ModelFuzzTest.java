// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.Bytes;
import java.util.Arrays;

class ModelFuzzTest { // Protocol §17.3
  @FuzzTest(maxDuration = "1m")
  void aModelIsRefusedOrWrittenAsItWasRead(byte[] input) {
    try {
      if (!Arrays.equals(input, Model.decode(input).encoded())) {
        throw new AssertionError("two files of one model");
      }
    } catch (MalformedModelException refused) {
      var _ = refused.fault();
    }
  }

  @FuzzTest(maxDuration = "1m")
  void anEntryIsNoneOrWrittenAsItWasRead(byte[] input) {
    if (Entry.decode(input).filter(it -> !it.encoded().equals(Bytes.of(input))).isPresent()) {
      throw new AssertionError("two encodings of one entry");
    }
  }
}
