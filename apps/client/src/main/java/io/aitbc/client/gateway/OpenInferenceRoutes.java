// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aitbc.crypto.Bytes;
import io.aitbc.referee.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The Open Inference Protocol v2 over REST: an item is a row of each input tensor, and the first
/// dimension of every shape counts items. A model's version is its id.
final class OpenInferenceRoutes {
  /// Bytes of the outputs of one request, in their binary form.
  static final long OUTPUT_BYTES_MAX = 16L << 20;

  private static final Pattern MODEL =
      Pattern.compile(
          "/v2/models/([0-9A-Za-z_.-]{1,128})(?:/versions/([0-9A-Za-z_.-]{1,128}))?(/ready|/infer)?");

  private final Gateway gateway;

  OpenInferenceRoutes(Gateway gateway) {
    this.gateway = gateway;
  }

  /// A tensor of a request, without its data.
  private record Given(String name, String datatype, List<Long> shape, boolean data) {}

  /// A request, without its data.
  private record Question(String id, List<Given> inputs) {}

  /// Answers a request of the protocol.
  Reply answer(GatewayRequest request) throws GatewayRefusedException {
    return switch (request.path()) {
      case "/v2" -> {
        request.require("GET");
        yield Reply.of(
            200,
            out -> {
              out.writeStringField("name", "aitbc");
              out.writeStringField("version", "2");
              out.writeArrayFieldStart("extensions");
              out.writeEndArray();
            });
      }
      case "/v2/health/live" -> {
        request.require("GET");
        yield Reply.of(200, out -> out.writeBooleanField("live", true));
      }
      case "/v2/health/ready" -> {
        request.require("GET");
        yield ready(gateway.notReady());
      }
      default -> {
        Matcher matcher = MODEL.matcher(request.path());
        if (!matcher.matches()) {
          throw new GatewayRefusedException(new GatewayRefusal.Unknown("this path"));
        }
        ServedModel model = gateway.model(matcher.group(1));
        String version = matcher.group(2);
        if (version != null && !version.equals(model.version().toHex())) {
          throw new GatewayRefusedException(
              new GatewayRefusal.Unknown("this version of the model"));
        }
        yield model(request, model, matcher.group(3) == null ? "" : matcher.group(3));
      }
    };
  }

  private Reply model(GatewayRequest request, ServedModel model, String what)
      throws GatewayRefusedException {
    return switch (what) {
      case "/infer" -> {
        request.require("POST");
        yield infer(request, model);
      }
      case "/ready" -> {
        request.require("GET");
        yield ready(gateway.notReady(model));
      }
      default -> {
        request.require("GET");
        yield Reply.of(200, out -> metadata(out, model));
      }
    };
  }

  /// The protocol wants a status of 4xx for what is not ready.
  private static Reply ready(Optional<String> missing) {
    return Reply.of(
        missing.isEmpty() ? 200 : 400,
        out -> {
          out.writeBooleanField("ready", missing.isEmpty());
          if (missing.isPresent()) {
            out.writeStringField("error", missing.get());
          }
        });
  }

  private static void metadata(JsonGenerator out, ServedModel model) throws IOException {
    out.writeStringField("name", model.name());
    out.writeArrayFieldStart("versions");
    out.writeString(model.version().toHex());
    out.writeEndArray();
    out.writeStringField("platform", "aitbc");
    out.writeArrayFieldStart("inputs");
    for (int i = 0; i < model.model().inputs().size(); i++) {
      tensor(out, model.inputName(i), model.model().inputs().get(i), -1);
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart("outputs");
    tensor(out, model.outputName(), model.model().output(), -1);
    out.writeEndObject();
    out.writeEndArray();
  }

  private static void tensor(JsonGenerator out, String name, Tensor tensor, int items)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("name", name);
    out.writeStringField("datatype", ServedModel.datatype(tensor));
    out.writeArrayFieldStart("shape");
    out.writeNumber(items);
    if (tensor.rows() > 1) {
      out.writeNumber(tensor.rows());
    }
    out.writeNumber(tensor.columns());
    out.writeEndArray();
  }

  private Reply infer(GatewayRequest request, ServedModel model) throws GatewayRefusedException {
    GatewayKeys.Key key = request.key();
    Question question = Tensors.parsed(request.body(), parser -> question(parser, model));
    List<Bytes> items = items(request.body(), question, model);
    return reply(gateway.ask(key, model, items), model, question.id);
  }

  /// The answer to a request, also when it is asked for later.
  static Reply reply(Gateway.Answer answer, ServedModel model, String id) {
    Tensor tensor = model.model().output();
    return Reply.of(
        answer.receipt(),
        out -> {
          out.writeStringField("model_name", model.name());
          out.writeStringField("model_version", model.version().toHex());
          if (!id.isEmpty()) {
            out.writeStringField("id", id);
          }
          out.writeObjectFieldStart("parameters");
          Reply.write(out, answer.receipt());
          out.writeEndObject();
          out.writeArrayFieldStart("outputs");
          tensor(out, model.outputName(), tensor, answer.outputs().size());
          out.writeArrayFieldStart("data");
          for (Bytes row : answer.outputs()) {
            Tensors.write(out, tensor.type(), row);
          }
          out.writeEndArray();
          out.writeEndObject();
          out.writeEndArray();
        });
  }

  private static Question question(JsonParser parser, ServedModel model)
      throws IOException, GatewayRefusedException {
    String id = "";
    List<Given> inputs = new ArrayList<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (field) {
        case "id" -> id = Tensors.text(parser, "id");
        case "inputs" -> {
          requireArray(value, "inputs");
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            inputs.add(given(parser));
          }
        }
        case "outputs" -> {
          requireArray(value, "outputs");
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            Given output = given(parser);
            if (!output.name.equals(model.outputName())) {
              throw Tensors.malformed("the model has no output \"" + output.name + "\"");
            }
          }
        }
        default -> parser.skipChildren();
      }
    }
    return new Question(id, inputs);
  }

  private static void requireArray(JsonToken value, String what) throws GatewayRefusedException {
    if (value != JsonToken.START_ARRAY) {
      throw Tensors.malformed(what + " is no array");
    }
  }

  private static Given given(JsonParser parser) throws IOException, GatewayRefusedException {
    String name = "";
    String datatype = "";
    List<Long> shape = new ArrayList<>();
    boolean data = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (field) {
        case "name" -> name = Tensors.text(parser, "the name of a tensor");
        case "datatype" -> datatype = Tensors.text(parser, "the datatype of a tensor");
        case "shape" -> {
          requireArray(value, "a shape");
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
              throw Tensors.malformed("a dimension is no integer");
            }
            shape.add(parser.getLongValue());
          }
        }
        default -> {
          data |= field.equals("data");
          var _ = parser.skipChildren();
        }
      }
    }
    return new Given(name, datatype, shape, data);
  }

  private List<Bytes> items(Bytes body, Question question, ServedModel model)
      throws GatewayRefusedException {
    List<Tensor> tensors = model.model().inputs();
    if (question.inputs.size() != tensors.size()) {
      throw Tensors.malformed(
          "%d inputs, the model has %d".formatted(question.inputs.size(), tensors.size()));
    }
    long items = question.inputs.getFirst().shape.stream().findFirst().orElse(0L);
    if (items < 1) {
      throw Tensors.malformed("the first dimension of a shape counts items, of at least 1");
    }
    check("items", items, gateway.limits().batchItems());
    check("bytes of outputs", items * model.outputBytes(), OUTPUT_BYTES_MAX);
    List<ByteBuffer> buffers = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      order.add(position(question, model, i, items));
      buffers.add(Tensors.buffer(Math.toIntExact(items * tensors.get(i).bytes())));
    }
    boolean _ = Tensors.parsed(body, parser -> read(parser, order, tensors, buffers));
    List<Bytes> read = new ArrayList<>();
    List<byte[]> columns = buffers.stream().map(Tensors::bytes).toList();
    for (int item = 0; item < items; item++) {
      ByteBuffer all = ByteBuffer.allocate(model.itemBytes());
      for (byte[] column : columns) {
        int bytes = column.length / (int) items;
        ByteBuffer _ = all.put(column, item * bytes, bytes);
      }
      read.add(Bytes.wrap(all.array()));
    }
    return read;
  }

  static void check(String what, long given, long max) throws GatewayRefusedException {
    if (given > max) {
      throw new GatewayRefusedException(new GatewayRefusal.TooMuch(what, given, max));
    }
  }

  /// Where in the request the model's input of a number is, and whether it is one.
  private static int position(Question question, ServedModel model, int number, long items)
      throws GatewayRefusedException {
    String name = model.inputName(number);
    Tensor tensor = model.model().inputs().get(number);
    for (int i = 0; i < question.inputs.size(); i++) {
      Given given = question.inputs.get(i);
      if (!given.name.equals(name)) {
        continue;
      }
      if (!given.datatype.equals(ServedModel.datatype(tensor))) {
        throw Tensors.malformed(
            "%s has datatype \"%s\", the model's is %s"
                .formatted(name, given.datatype, ServedModel.datatype(tensor)));
      }
      if (!fits(given.shape, tensor, items)) {
        throw Tensors.malformed(
            "%s has shape %s, for %d items the model's is [%d, %d, %d]"
                .formatted(name, given.shape, items, items, tensor.rows(), tensor.columns()));
      }
      if (!given.data) {
        throw new GatewayRefusedException(
            new GatewayRefusal.Unsupported(name + " has no data; binary tensors are not taken"));
      }
      return i;
    }
    throw Tensors.malformed("the input \"" + name + "\" is missing");
  }

  /// An item may be one row, or have the model's rows.
  private static boolean fits(List<Long> shape, Tensor tensor, long items) {
    long rows = tensor.rows();
    long columns = tensor.columns();
    return shape.equals(List.of(items, rows * columns))
        || shape.equals(List.of(items, rows, columns));
  }

  private static boolean read(
      JsonParser parser, List<Integer> order, List<Tensor> tensors, List<ByteBuffer> buffers)
      throws IOException, GatewayRefusedException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken _ = parser.nextToken();
      if (!field.equals("inputs")) {
        var _ = parser.skipChildren();
        continue;
      }
      for (int at = 0; parser.nextToken() == JsonToken.START_OBJECT; at++) {
        int number = order.indexOf(at);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          boolean data = parser.currentName().equals("data");
          JsonToken _ = parser.nextToken();
          if (data && number >= 0) {
            Tensors.fill(
                parser, tensors.get(number).type(), buffers.get(number), "data of an input");
          } else {
            var _ = parser.skipChildren();
          }
        }
      }
    }
    return true;
  }
}
