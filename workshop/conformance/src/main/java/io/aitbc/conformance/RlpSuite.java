// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// RLPTests of ethereum/tests: `in` is a value, VALID or INVALID, `out` its encoding. Protocol
/// §11.1.
final class RlpSuite implements Suite {
  @Override
  public String name() {
    return "rlp";
  }

  @Override
  public boolean owns(String path) {
    return path.contains("/RLPTests/") && path.endsWith(".json");
  }

  @Override
  public List<Case> cases(VectorFile file) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : Json.cases(file, "in", "out")) {
      JsonNode in = entry.getValue().get("in");
      String out = entry.getValue().get("out").asText();
      cases.add(new Case(file.shortPath(2) + " " + entry.getKey(), () -> check(in, out)));
    }
    return cases;
  }

  private static Optional<String> check(JsonNode in, String out) {
    Optional<Bytes> encoding = Json.hex(out);
    if (in.asText().equals("INVALID")) {
      // Digits that are no bytes are no encoding either.
      return encoding.flatMap(RlpSuite::refusal).isPresent() || encoding.isEmpty()
          ? Optional.empty()
          : Optional.of("accepted");
    }
    if (encoding.isEmpty()) {
      return Optional.of("not hexadecimal: " + out);
    }
    if (in.asText().equals("VALID")) {
      return encoding.flatMap(RlpSuite::refusal);
    }
    RlpWriter writer = new RlpWriter();
    write(writer, in);
    return Case.compare("encoding", encoding.get().toHex(), writer.toBytes().toHex())
        .or(() -> refusal(encoding.get()))
        .or(() -> different(encoding.get(), in));
  }

  /// Walks over one item and everything in it; why it is refused, if it is.
  private static Optional<String> refusal(Bytes encoding) {
    RlpReader input = RlpReader.of(encoding);
    Deque<RlpReader> open = new ArrayDeque<>();
    try {
      step(input, open);
      while (!open.isEmpty()) {
        RlpReader list = open.peek();
        if (list.hasNext()) {
          step(list, open);
        } else {
          RlpReader _ = open.pop();
        }
      }
      input.finish();
      return Optional.empty();
    } catch (MalformedException refused) {
      return Optional.of("refused: " + refused.reason());
    }
  }

  private static void step(RlpReader reader, Deque<RlpReader> open) throws MalformedException {
    if (reader.nextIsList()) {
      open.push(reader.list());
    } else {
      Bytes _ = reader.string();
    }
  }

  private static void write(RlpWriter writer, JsonNode value) {
    if (value.isArray()) {
      writer.begin();
      value.forEach(element -> write(writer, element));
      writer.end();
    } else {
      writer.string(bytes(value));
    }
  }

  private static Bytes bytes(JsonNode value) {
    if (value.isNumber()) {
      return number(value.bigIntegerValue());
    }
    String text = value.asText();
    return text.startsWith("#")
        ? number(new BigInteger(text.substring(1)))
        : Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Bytes number(BigInteger value) {
    byte[] bytes = value.toByteArray();
    int zeros = bytes[0] == 0 ? 1 : 0;
    return Bytes.of(bytes, zeros, bytes.length - zeros);
  }

  private static Optional<String> different(Bytes encoding, JsonNode value) {
    RlpReader reader = RlpReader.of(encoding);
    try {
      return matches(reader, value) ? Optional.empty() : Optional.of("decoded to something else");
    } catch (MalformedException refused) {
      return Optional.of("decoded to something else: " + refused.reason());
    }
  }

  private static boolean matches(RlpReader reader, JsonNode value) throws MalformedException {
    if (!value.isArray()) {
      return reader.string().equals(bytes(value));
    }
    RlpReader list = reader.list();
    for (JsonNode element : value) {
      if (!matches(list, element)) {
        return false;
      }
    }
    return !list.hasNext();
  }
}
