// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aitbc.testkit.Vectors;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TeeVectorsTest {
  @Test // Protocol §18.4.
  void everyCaseIsJudgedAsByTheReference() throws Exception {
    Optional<Path> vectors = Vectors.find("tee");
    assumeTrue(vectors.isPresent(), "vectors not found");
    Summary summary = TeeVectors.run(vectors.orElseThrow(), Pattern.compile(""));
    assertEquals(Map.of(), summary.failures());
    assertTrue(summary.passed() > 0, "nothing was run");
  }
}
