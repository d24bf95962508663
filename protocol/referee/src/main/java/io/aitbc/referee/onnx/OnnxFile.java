// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.onnx;

import io.aitbc.crypto.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Files of ONNX: the fields of its protobuf messages that the subset needs; others are passed over
/// when read. Protocol §17.7.
public final class OnnxFile {
  /// Most nodes of a graph that is read.
  public static final int NODES_MAX = 1 << 16;

  /// Most dimensions of a value.
  public static final int SIZES_MAX = 6;

  private static final long IR_VERSION = 8;
  private static final long OPERATOR_SET = 17;

  private OnnxFile() {}

  /// The graph's file.
  public static byte[] write(OnnxGraph graph) {
    ProtobufWriter operators = new ProtobufWriter();
    operators.text(1, "");
    operators.number(2, OPERATOR_SET);
    ProtobufWriter model = new ProtobufWriter();
    model.number(1, IR_VERSION);
    model.text(2, "aitbc");
    model.message(7, graph(graph));
    model.message(8, operators);
    return model.encoded();
  }

  private static ProtobufWriter graph(OnnxGraph graph) {
    ProtobufWriter writer = new ProtobufWriter();
    graph.nodes().forEach(node -> writer.message(1, node(node)));
    writer.text(2, "graph");
    graph.initializers().forEach(tensor -> writer.message(5, tensor(tensor)));
    writer.message(11, value(graph.input()));
    writer.message(12, value(graph.output()));
    return writer;
  }

  private static ProtobufWriter node(OnnxNode node) {
    ProtobufWriter writer = new ProtobufWriter();
    node.inputs().forEach(name -> writer.text(1, name));
    writer.text(2, node.output());
    writer.text(3, node.output());
    writer.text(4, node.operator());
    node.numbers().forEach((name, values) -> writer.message(5, numbers(name, values)));
    node.fractions().forEach((name, value) -> writer.message(5, fraction(name, value)));
    return writer;
  }

  /// Attributes that ONNX defines as lists are written as such, whatever their length.
  private static ProtobufWriter numbers(String name, List<Long> values) {
    ProtobufWriter writer = new ProtobufWriter();
    writer.text(1, name);
    boolean list = List.of("pads", "strides", "kernel_shape", "dilations", "perm").contains(name);
    values.forEach(value -> writer.number(list ? 8 : 3, value));
    writer.number(20, list ? 7 : 2);
    return writer;
  }

  private static ProtobufWriter fraction(String name, float value) {
    ProtobufWriter writer = new ProtobufWriter();
    writer.text(1, name);
    writer.fraction(2, value);
    writer.number(20, 1);
    return writer;
  }

  private static ProtobufWriter tensor(OnnxTensor tensor) {
    ProtobufWriter writer = new ProtobufWriter();
    tensor.sizes().forEach(size -> writer.number(1, size));
    writer.number(2, tensor.type());
    writer.text(8, tensor.name());
    writer.bytes(9, tensor.raw().toArray());
    return writer;
  }

  private static ProtobufWriter value(OnnxValue value) {
    ProtobufWriter shape = new ProtobufWriter();
    for (int size : value.sizes()) {
      ProtobufWriter dimension = new ProtobufWriter();
      dimension.number(1, size);
      shape.message(1, dimension);
    }
    ProtobufWriter tensor = new ProtobufWriter();
    tensor.number(1, value.type());
    tensor.message(2, shape);
    ProtobufWriter type = new ProtobufWriter();
    type.message(1, tensor);
    ProtobufWriter writer = new ProtobufWriter();
    writer.text(1, value.name());
    writer.message(2, type);
    return writer;
  }

  /// Reads a file.
  ///
  /// @throws OnnxRefusalException if it is no file of the subset
  public static OnnxGraph read(byte[] file) throws OnnxRefusalException {
    ProtobufReader model = new ProtobufReader(file);
    Optional<OnnxGraph> graph = Optional.empty();
    while (model.hasNext()) {
      if (model.field() == 7) {
        graph = Optional.of(readGraph(model.message()));
      } else {
        model.pass();
      }
    }
    return graph.orElseThrow(() -> new OnnxRefusalException(new OnnxRefusal.Malformed(0)));
  }

  private static OnnxGraph readGraph(ProtobufReader reader) throws OnnxRefusalException {
    List<OnnxNode> nodes = new ArrayList<>();
    SortedMap<String, OnnxTensor> initializers = new TreeMap<>();
    List<OnnxTensor> inOrder = new ArrayList<>();
    List<OnnxValue> inputs = new ArrayList<>();
    List<OnnxValue> outputs = new ArrayList<>();
    while (reader.hasNext()) {
      switch (reader.field()) {
        case 1 -> nodes.add(readNode(reader.message()));
        case 5 -> {
          OnnxTensor tensor = readTensor(reader.message());
          initializers.put(tensor.name(), tensor);
          inOrder.add(tensor);
        }
        case 11 -> inputs.add(readValue(reader.message()));
        case 12 -> outputs.add(readValue(reader.message()));
        default -> reader.pass();
      }
      if (nodes.size() > NODES_MAX) {
        throw tooMany("nodes", nodes.size(), NODES_MAX);
      }
    }
    // Older files list initializers among the inputs.
    inputs.removeIf(input -> initializers.containsKey(input.name()));
    if (inputs.size() != 1) {
      throw tooMany("inputs", inputs.size(), 1);
    }
    if (outputs.size() != 1) {
      throw tooMany("outputs", outputs.size(), 1);
    }
    return new OnnxGraph(nodes, inOrder, inputs.getFirst(), outputs.getFirst());
  }

  private static OnnxRefusalException tooMany(String what, long count, long max) {
    return new OnnxRefusalException(new OnnxRefusal.TooMany(what, count, max));
  }

  private static OnnxNode readNode(ProtobufReader reader) throws OnnxRefusalException {
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    String operator = "";
    SortedMap<String, List<Long>> numbers = new TreeMap<>();
    SortedMap<String, Float> fractions = new TreeMap<>();
    while (reader.hasNext()) {
      switch (reader.field()) {
        case 1 -> inputs.add(reader.text());
        case 2 -> outputs.add(reader.text());
        case 4 -> operator = reader.text();
        case 5 -> readAttribute(reader.message(), numbers, fractions);
        default -> reader.pass();
      }
    }
    if (outputs.size() != 1) {
      throw new OnnxRefusalException(new OnnxRefusal.Unsupported(operator, "several outputs"));
    }
    return new OnnxNode(operator, inputs, outputs.getFirst(), numbers, fractions);
  }

  private static void readAttribute(
      ProtobufReader reader,
      SortedMap<String, List<Long>> numbers,
      SortedMap<String, Float> fractions)
      throws OnnxRefusalException {
    String name = "";
    List<Long> values = new ArrayList<>();
    Optional<Float> fraction = Optional.empty();
    while (reader.hasNext()) {
      switch (reader.field()) {
        case 1 -> name = reader.text();
        case 2 -> fraction = Optional.of(reader.fraction());
        case 3, 8 -> readNumbers(reader, values);
        default -> reader.pass();
      }
    }
    if (fraction.isPresent()) {
      fractions.put(name, fraction.get());
    } else {
      numbers.put(name, values);
    }
  }

  private static void readNumbers(ProtobufReader reader, List<Long> values)
      throws OnnxRefusalException {
    if (reader.isPacked()) {
      ProtobufReader list = reader.message();
      while (list.hasMore()) {
        values.add(list.packedNumber());
      }
    } else {
      values.add(reader.number());
    }
  }

  private static List<Integer> sizes(List<Long> values) throws OnnxRefusalException {
    if (values.size() > SIZES_MAX) {
      throw tooMany("dimensions", values.size(), SIZES_MAX);
    }
    List<Integer> sizes = new ArrayList<>();
    for (long value : values) {
      if (value < 0 || value > 1 << 28) {
        throw tooMany("elements", value, 1 << 28);
      }
      sizes.add((int) value);
    }
    return sizes;
  }

  private static OnnxTensor readTensor(ProtobufReader reader) throws OnnxRefusalException {
    List<Long> sizes = new ArrayList<>();
    String name = "";
    int type = 0;
    byte[] raw = {};
    ByteArrayOutputStream typed = new ByteArrayOutputStream();
    while (reader.hasNext()) {
      switch (reader.field()) {
        case 1 -> readNumbers(reader, sizes);
        case 2 -> type = (int) reader.number();
        case 4, 10 -> typed.writeBytes(reader.content());
        case 5, 7 -> {
          int width = reader.field() == 7 ? 8 : OnnxTensor.elementBytes(type);
          List<Long> values = new ArrayList<>();
          readNumbers(reader, values);
          values.forEach(value -> typed.write(littleEndian(value), 0, width));
        }
        case 8 -> name = reader.text();
        case 9 -> raw = reader.content();
        default -> reader.pass();
      }
    }
    byte[] content = raw.length > 0 ? raw : typed.toByteArray();
    long count = 1;
    for (int size : sizes(sizes)) {
      count = Math.min(1L << 40, count * size);
    }
    if (OnnxTensor.elementBytes(type) == 0
        || content.length != count * OnnxTensor.elementBytes(type)) {
      throw new OnnxRefusalException(new OnnxRefusal.UnsupportedValue(name, type, sizes(sizes)));
    }
    return new OnnxTensor(name, type, sizes(sizes), Bytes.wrap(content));
  }

  private static byte[] littleEndian(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  private static OnnxValue readValue(ProtobufReader reader) throws OnnxRefusalException {
    String name = "";
    int type = 0;
    List<Long> sizes = new ArrayList<>();
    while (reader.hasNext()) {
      if (reader.field() == 1) {
        name = reader.text();
      } else if (reader.field() == 2) {
        ProtobufReader kind = reader.message();
        while (kind.hasNext()) {
          if (kind.field() != 1) {
            kind.pass();
            continue;
          }
          ProtobufReader tensor = kind.message();
          while (tensor.hasNext()) {
            switch (tensor.field()) {
              case 1 -> type = (int) tensor.number();
              case 2 -> readShape(tensor.message(), sizes);
              default -> tensor.pass();
            }
          }
        }
      } else {
        reader.pass();
      }
    }
    return new OnnxValue(name, type, sizes(sizes));
  }

  /// A dimension without a number, such as a batch of any size, counts as 1.
  private static void readShape(ProtobufReader shape, List<Long> sizes)
      throws OnnxRefusalException {
    while (shape.hasNext()) {
      if (shape.field() != 1) {
        shape.pass();
        continue;
      }
      ProtobufReader dimension = shape.message();
      long size = 1;
      while (dimension.hasNext()) {
        if (dimension.field() == 1) {
          size = dimension.number();
        } else {
          dimension.pass();
        }
      }
      sizes.add(size);
    }
  }
}
