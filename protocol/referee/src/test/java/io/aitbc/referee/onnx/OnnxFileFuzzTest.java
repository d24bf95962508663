// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.Model;

/// Any bytes are a graph, a model of it, or refused for a reason. Protocol §17.7.
class OnnxFileFuzzTest {
  @FuzzTest
  void whatIsReadIsWrittenAndReadTheSame(byte[] input) throws OnnxRefusalException {
    OnnxGraph graph;
    try {
      graph = OnnxFile.read(input);
    } catch (OnnxRefusalException refused) {
      assertNotNull(refused.refusal());
      return;
    }
    assertEquals(graph, OnnxFile.read(OnnxFile.write(graph)));
    try {
      Model model = OnnxLowering.model(graph);
      assertNotNull(model.id());
    } catch (OnnxRefusalException refused) {
      assertNotNull(refused.refusal());
    } catch (MalformedModelException refused) {
      assertNotNull(refused.getMessage());
    }
  }
}
