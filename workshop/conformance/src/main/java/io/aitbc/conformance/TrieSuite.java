// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.state.TrieRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// TrieTests of ethereum/tests: `in` is an object, or a list of pairs put in this order where null
/// removes; `root` is the root in the end. In files whose name has `secure` the keys are hashed.
/// Protocol §13.2.
final class TrieSuite implements Suite {
  @Override
  public String name() {
    return "trie";
  }

  @Override
  public boolean owns(String path) {
    return path.contains("/TrieTests/") && path.endsWith(".json");
  }

  @Override
  public List<Case> cases(VectorFile file) throws IOException {
    List<Case> cases = new ArrayList<>();
    boolean secure = file.shortPath(1).contains("secure");
    for (Map.Entry<String, JsonNode> entry : Json.cases(file, "in")) {
      JsonNode vector = entry.getValue();
      if (vector.has("root") || vector.has("tests")) {
        cases.add(new Case(file.shortPath(2) + " " + entry.getKey(), () -> check(vector, secure)));
      }
    }
    return cases;
  }

  private static Optional<String> check(JsonNode vector, boolean secure) {
    if (!vector.has("root")) {
      return Optional.of("no root");
    }
    SortedMap<Bytes, Bytes> entries = new TreeMap<>();
    JsonNode in = vector.get("in");
    if (in.isObject()) {
      in.properties().forEach(pair -> put(entries, pair.getKey(), pair.getValue(), secure));
    } else {
      in.forEach(pair -> put(entries, pair.get(0).asText(), pair.get(1), secure));
    }
    Hash expected = Hash.fromHex(vector.get("root").asText());
    return Case.compare("root", expected, TrieRoot.of(entries));
  }

  private static void put(
      SortedMap<Bytes, Bytes> entries, String keyText, JsonNode value, boolean secure) {
    Bytes plain = bytes(keyText);
    Bytes key = secure ? Keccak256.hash(plain).toBytes() : plain;
    Bytes content = value.isNull() ? Bytes.EMPTY : bytes(value.asText());
    if (content.isEmpty()) {
      entries.remove(key);
    } else {
      entries.put(key, content);
    }
  }

  private static Bytes bytes(String text) {
    return text.startsWith("0x")
        ? Bytes.fromHex(text)
        : Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
