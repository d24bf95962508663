// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import io.aitbc.testkit.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/// Reads one file out of an archive of public vectors. Knows as much of tar, JSON and CSV as those
/// files use.
final class VectorArchive {
  private static final int BLOCK = 512;
  private static final Pattern OBJECT = Pattern.compile("\\{([^{}]*)\\}");
  private static final Pattern PAIR = Pattern.compile("\"(\\w+)\"\\s*:\\s*(?:\"([^\"]*)\"|(\\w+))");

  private VectorArchive() {}

  /// The text of `file` in `archive`; empty if the archive is absent.
  static Optional<String> read(String archive, String file) {
    return Vectors.find("ethereum/" + archive)
        .map(path -> {
          try (InputStream in = new GZIPInputStream(Files.newInputStream(path))) {
            return find(in, file);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static String find(InputStream in, String file) throws IOException {
    byte[] header = in.readNBytes(BLOCK);
    while (header.length == BLOCK && header[0] != 0) {
      String name = text(header, 0, 100);
      long size = Long.parseLong(text(header, 124, 12).strip(), 8);
      byte[] content = in.readNBytes(Math.toIntExact(size));
      in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
      if (name.equals(file)) {
        return new String(content, StandardCharsets.UTF_8);
      }
      header = in.readNBytes(BLOCK);
    }
    throw new IOException("not in the archive: " + file);
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.US_ASCII);
  }

  /// The objects of a JSON array whose values are strings, numbers or booleans.
  static List<Map<String, String>> objects(String json) {
    List<Map<String, String>> objects = new ArrayList<>();
    Matcher object = OBJECT.matcher(json);
    while (object.find()) {
      Map<String, String> values = new TreeMap<>();
      Matcher pair = PAIR.matcher(object.group(1));
      while (pair.find()) {
        values.put(pair.group(1), pair.group(2) != null ? pair.group(2) : pair.group(3));
      }
      objects.add(values);
    }
    return objects;
  }
}
