// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.model.MalformedException;

/// In the build this replays the seeds; with `JAZZER_FUZZ=1` it searches.
class FrameDecoderFuzzTest {
  @FuzzTest // Protocol §15.2
  void everyStreamIsDecodedOrRefused(byte[] stream) {
    try {
      var _ = FrameDecoderTest.decodeStream(stream);
    } catch (MalformedException expected) {
      // A refusal is an answer.
    }
  }
}
