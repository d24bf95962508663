// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.node.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Small JSON files that others hand over.
final class PublicFile {
  private static final int BYTES_MAX = 4_096;
  private static final ObjectMapper JSON = new ObjectMapper();

  private PublicFile() {}

  /// The JSON in `file`.
  ///
  /// @throws ConfigurationException if it is too long or no JSON
  static JsonNode read(Path file) throws IOException, ConfigurationException {
    if (Files.size(file) > BYTES_MAX) {
      throw new ConfigurationException(file + " is larger than " + BYTES_MAX + " bytes");
    }
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException malformed) {
      throw new ConfigurationException(file + ": no JSON: " + malformed.getOriginalMessage());
    }
  }
}
