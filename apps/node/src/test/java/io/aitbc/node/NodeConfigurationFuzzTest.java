// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

class NodeConfigurationFuzzTest {
  private static final Path FILE = Path.of("node.toml").toAbsolutePath();

  @FuzzTest
  void anyTextIsAConfigurationOrRefused(byte[] input) throws ConfigurationException {
    NodeConfiguration configuration;
    try {
      configuration = NodeConfiguration.parse(FILE, new String(input, StandardCharsets.UTF_8));
    } catch (ConfigurationException refused) {
      assertNotNull(refused.getMessage());
      return;
    }
    assertEquals(
        configuration.network().peers(),
        NodeConfiguration.parse(FILE, configuration.toToml()).network().peers());
  }
}
