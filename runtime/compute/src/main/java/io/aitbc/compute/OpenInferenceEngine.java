// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Bytes;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A server that speaks the Open Inference Protocol v2, such as Triton, KServe or OpenVINO: an item
/// is a row of the input tensor, its output the row of the output tensor, both little-endian.
public final class OpenInferenceEngine implements Engine {
  /// Items of one request.
  private static final int ITEMS_AT_ONCE = 256;

  private final HttpEngine http;
  private final Tensor input;
  private final Tensor output;

  /// Types of elements, named as the protocol names them.
  public enum Element {
    /// Signed bytes.
    INT8(1),
    /// Signed words of 32 bits.
    INT32(4),
    /// Floats of 32 bits.
    FP32(4);

    private final int bytes;

    Element(int bytes) {
      this.bytes = bytes;
    }
  }

  /// A tensor of the model.
  ///
  /// @param name its name
  /// @param element type of its elements
  /// @param columns elements of a row
  public record Tensor(String name, Element element, int columns) {
    /// Elements of a row that fit an output.
    public static final int COLUMNS_MAX = OUTPUT_BYTES_MAX / 4;

    /// Checks the size.
    public Tensor {
      if (columns < 1 || columns > COLUMNS_MAX) {
        throw new IllegalArgumentException("columns out of range: " + columns);
      }
    }

    int rowBytes() {
      return columns * element.bytes;
    }
  }

  /// An engine that asks a server.
  ///
  /// @param base where it serves, such as `http://host:port`
  /// @param authorization the Authorization header to send; empty for none
  /// @param model the server's name of the model: letters, digits, `-`, `_` and `.`
  /// @param input the model's input
  /// @param output the model's output that counts
  public OpenInferenceEngine(
      URI base, String authorization, String model, Tensor input, Tensor output) {
    if (!model.matches("[0-9A-Za-z_.-]{1,128}")) {
      throw new IllegalArgumentException("not a name of a model: " + model);
    }
    http = new HttpEngine(base.resolve("/v2/models/" + model + "/infer"), authorization);
    this.input = input;
    this.output = output;
  }

  @Override
  public String name() {
    return "open-inference-protocol";
  }

  @Override
  public List<Bytes> run(List<Bytes> items, Duration timeMax) throws EngineRefusedException {
    Deadline deadline = Deadline.of(items, timeMax);
    List<Bytes> outputs = new ArrayList<>();
    for (int from = 0; from < items.size(); from += ITEMS_AT_ONCE) {
      List<Bytes> some = items.subList(from, Math.min(items.size(), from + ITEMS_AT_ONCE));
      List<Bytes> fitting = some.stream().filter(this::fits).toList();
      List<Bytes> rows = fitting.isEmpty() ? List.of() : rows(fitting, deadline);
      int row = 0;
      for (Bytes item : some) {
        outputs.add(fits(item) ? rows.get(row++) : Bytes.EMPTY);
      }
    }
    return outputs;
  }

  private boolean fits(Bytes item) {
    return item.length() == input.rowBytes();
  }

  private List<Bytes> rows(List<Bytes> items, Deadline deadline) throws EngineRefusedException {
    ObjectNode question = HttpEngine.JSON.createObjectNode();
    ObjectNode tensor = question.putArray("inputs").addObject();
    tensor.put("name", input.name()).put("datatype", input.element().name());
    tensor.putArray("shape").add(items.size()).add(input.columns());
    ArrayNode data = tensor.putArray("data");
    for (Bytes item : items) {
      ByteBuffer bytes = ByteBuffer.wrap(item.toArray()).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < input.columns(); i++) {
        ArrayNode _ =
            switch (input.element()) {
              case INT8 -> data.add(bytes.get());
              case INT32 -> data.add(bytes.getInt());
              case FP32 -> data.add(bytes.getFloat());
            };
      }
    }
    question.putArray("outputs").addObject().put("name", output.name());
    for (JsonNode given : http.ask(question, deadline).path("outputs")) {
      if (given.path("name").asText().equals(output.name())) {
        return rows(given, items.size());
      }
    }
    throw HttpEngine.malformed("the answer has no output " + output.name());
  }

  private List<Bytes> rows(JsonNode given, int rows) throws EngineRefusedException {
    JsonNode data = given.path("data");
    boolean right =
        given.path("datatype").asText().equals(output.element().name())
            && data.isArray()
            && data.size() == rows * output.columns();
    if (!right) {
      throw HttpEngine.malformed(
          "the output has not %d rows of %d %s"
              .formatted(rows, output.columns(), output.element()));
    }
    List<Bytes> outputs = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      ByteBuffer bytes = ByteBuffer.allocate(output.rowBytes()).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < output.columns(); i++) {
        put(bytes, data.path(row * output.columns() + i));
      }
      outputs.add(Bytes.wrap(bytes.array()));
    }
    return outputs;
  }

  private void put(ByteBuffer bytes, JsonNode element) throws EngineRefusedException {
    boolean whole = element.canConvertToInt() && element.isIntegralNumber();
    boolean right =
        switch (output.element()) {
          case INT8 -> whole && element.intValue() == (byte) element.intValue();
          case INT32 -> whole;
          case FP32 -> element.isNumber();
        };
    if (!right) {
      throw HttpEngine.malformed("an element is no " + output.element());
    }
    ByteBuffer _ =
        switch (output.element()) {
          case INT8 -> bytes.put((byte) element.intValue());
          case INT32 -> bytes.putInt(element.intValue());
          case FP32 -> bytes.putFloat(element.floatValue());
        };
  }

  @Override
  public void close() {
    http.close();
  }
}
