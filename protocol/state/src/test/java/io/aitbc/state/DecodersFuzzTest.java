// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.MalformedException;
import java.util.Arrays;

class DecodersFuzzTest { // Protocol §13.1, §13.2, §13.4
  @FuzzTest(maxDuration = "1m")
  void aTrieNodeIsRefusedOrWrittenAsItWasRead(byte[] input) {
    try {
      if (!Arrays.equals(input, NodeParts.madeAnew(TrieNode.decode(input)))) {
        throw new AssertionError("two encodings of one node");
      }
    } catch (MalformedException refused) {
      var _ = refused.reason();
    }
  }

  @FuzzTest(maxDuration = "1m")
  void anAccountIsRefusedOrWrittenAsItWasRead(byte[] input) {
    try {
      Bytes encoding = Bytes.of(input);
      if (!Account.decode(encoding).encoded().equals(encoding)) {
        throw new AssertionError("two encodings of one account");
      }
    } catch (MalformedException refused) {
      var _ = refused.reason();
    }
  }

  @FuzzTest(maxDuration = "1m")
  void aDiffIsRefusedOrWrittenAsItWasRead(byte[] input) {
    try {
      Bytes encoding = Bytes.of(input);
      if (!StateDiff.decode(encoding).encoded().equals(encoding)) {
        throw new AssertionError("two encodings of one diff");
      }
    } catch (MalformedException refused) {
      var _ = refused.reason();
    }
  }
}
