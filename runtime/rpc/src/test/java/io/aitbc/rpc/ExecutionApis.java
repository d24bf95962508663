// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.aitbc.testkit.Vectors;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/// The archive of Ethereum's execution-apis: recorded conversations and the OpenRPC descriptions.
final class ExecutionApis {
  private static final int TAR_BLOCK = 512;

  private ExecutionApis() {}

  /// Its files by path; without the archive, the test that asks is skipped and says so.
  static Map<String, String> files() throws IOException {
    Optional<Path> suite = Vectors.find("ethereum/execution-apis.tar.gz");
    Assumptions.assumeTrue(suite.isPresent(), "the execution-apis suite is not here");
    Map<String, String> files = new TreeMap<>();
    try (InputStream in =
        new GZIPInputStream(new BufferedInputStream(Files.newInputStream(suite.get())))) {
      byte[] header = in.readNBytes(TAR_BLOCK);
      while (header.length == TAR_BLOCK && header[0] != 0) {
        String name = text(header, 0, 100);
        int size = Integer.parseInt(text(header, 124, 12).trim(), 8);
        byte[] content = in.readNBytes(size);
        in.skipNBytes((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
        files.put(name, new String(content, StandardCharsets.UTF_8));
        header = in.readNBytes(TAR_BLOCK);
      }
    }
    return files;
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.US_ASCII);
  }
}
