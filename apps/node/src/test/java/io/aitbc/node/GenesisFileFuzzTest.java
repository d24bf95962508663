// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class GenesisFileFuzzTest {
  @FuzzTest
  void anyTextIsAGenesisOrRefused(byte[] input) throws ConfigurationException {
    GenesisFile file;
    try {
      file = GenesisFile.parse("genesis.json", input);
    } catch (ConfigurationException refused) {
      assertNotNull(refused.getMessage());
      return;
    }
    assertEquals(
        file.validators(),
        GenesisFile.parse("again", file.toJson().getBytes(StandardCharsets.UTF_8)).validators());
  }
}
