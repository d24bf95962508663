// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aitbc.crypto.Bytes;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// What of OpenAI's API models of fixed tensors can do: the list of models, and embeddings, whose
/// input is what the API calls tokens, the elements of the model's input, and whose vector is the
/// model's output. There is no tokenizer, so texts are refused, and nothing that makes texts.
final class OpenAiRoutes {
  private static final String MODELS = "/v1/models";

  private final Gateway gateway;
  private final long sinceSeconds;

  /// Routes of a gateway.
  ///
  /// @param sinceSeconds Unix time since which it serves its models
  OpenAiRoutes(Gateway gateway, long sinceSeconds) {
    this.gateway = gateway;
    this.sinceSeconds = sinceSeconds;
  }

  /// A request, without its input.
  private record Question(String model, boolean base64, boolean input) {}

  /// Answers a request of the API.
  Reply answer(GatewayRequest request) throws GatewayRefusedException {
    return switch (request.path()) {
      case MODELS -> {
        request.require("GET");
        yield Reply.of(200, this::models);
      }
      case "/v1/embeddings" -> {
        request.require("POST");
        yield embeddings(request);
      }
      case "/v1/chat/completions", "/v1/completions", "/v1/responses" ->
          throw new GatewayRefusedException(
              new GatewayRefusal.Unsupported(
                  "the models here map tensors to tensors and make no text; use /v1/embeddings, or"
                      + " the Open Inference Protocol at /v2"));
      default -> {
        if (!request.path().startsWith(MODELS + "/")) {
          throw new GatewayRefusedException(new GatewayRefusal.Unknown("this path"));
        }
        request.require("GET");
        ServedModel model = gateway.model(request.path().substring(MODELS.length() + 1));
        yield Reply.of(200, out -> model(out, model));
      }
    };
  }

  private void models(JsonGenerator out) throws IOException {
    out.writeStringField("object", "list");
    out.writeArrayFieldStart("data");
    for (ServedModel each : gateway.models()) {
      out.writeStartObject();
      model(out, each);
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private void model(JsonGenerator out, ServedModel model) throws IOException {
    out.writeStringField("id", model.name());
    out.writeStringField("object", "model");
    out.writeNumberField("created", sinceSeconds);
    out.writeStringField("owned_by", model.version().toHex());
  }

  private Reply embeddings(GatewayRequest request) throws GatewayRefusedException {
    GatewayKeys.Key key = request.key();
    Question question = Tensors.parsed(request.body(), OpenAiRoutes::question);
    ServedModel model = gateway.model(question.model);
    if (model.model().inputs().size() != 1) {
      throw unsupported("the model has several inputs; use the Open Inference Protocol at /v2");
    }
    if (question.base64 && model.model().output().type() == ElementType.INT32) {
      throw unsupported("32 bits of the output do not fit a float; ask for encoding_format float");
    }
    if (!question.input) {
      throw Tensors.malformed("input is missing");
    }
    List<Bytes> items = Tensors.parsed(request.body(), parser -> items(parser, model));
    OpenInferenceRoutes.check(
        "bytes of outputs",
        (long) items.size() * model.outputBytes(),
        OpenInferenceRoutes.OUTPUT_BYTES_MAX);
    Gateway.Answer answer = gateway.ask(key, model, items);
    return Reply.of(answer.receipt(), out -> write(out, answer, model, question.base64));
  }

  private static GatewayRefusedException unsupported(String what) {
    return new GatewayRefusedException(new GatewayRefusal.Unsupported(what));
  }

  private static Question question(JsonParser parser) throws IOException, GatewayRefusedException {
    String model = "";
    boolean base64 = false;
    boolean input = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (field) {
        case "model" -> model = Tensors.text(parser, "model");
        case "encoding_format" -> {
          String format = Tensors.text(parser, "encoding_format");
          base64 = format.equals("base64");
          if (!base64 && !format.equals("float")) {
            throw Tensors.malformed("encoding_format is float or base64");
          }
        }
        case "dimensions" -> throw unsupported("the dimensions are the model's");
        default -> {
          input |= field.equals("input") && value != JsonToken.VALUE_NULL;
          var _ = parser.skipChildren();
        }
      }
    }
    return new Question(model, base64, input);
  }

  private List<Bytes> items(JsonParser parser, ServedModel model)
      throws IOException, GatewayRefusedException {
    List<Bytes> items = new ArrayList<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean input = parser.currentName().equals("input");
      JsonToken value = parser.nextToken();
      if (!input) {
        var _ = parser.skipChildren();
      } else if (value == JsonToken.VALUE_STRING) {
        throw text();
      } else if (value != JsonToken.START_ARRAY) {
        throw Tensors.malformed("input is no array");
      } else {
        read(parser, model, items);
      }
    }
    if (items.isEmpty()) {
      throw Tensors.malformed("input is empty");
    }
    return items;
  }

  private static GatewayRefusedException text() {
    return unsupported(
        "the model has no tokenizer: input is an array of its input's elements, or an array of"
            + " such arrays");
  }

  /// One array of numbers is one item; the parser stands behind its beginning.
  private void read(JsonParser parser, ServedModel model, List<Bytes> items)
      throws IOException, GatewayRefusedException {
    ElementType type = model.model().inputs().getFirst().type();
    JsonToken first = parser.nextToken();
    if (first == JsonToken.VALUE_STRING) {
      throw text();
    }
    if (first != JsonToken.START_ARRAY) {
      ByteBuffer item = Tensors.buffer(model.itemBytes());
      Tensors.fillFrom(parser, type, item, "input");
      items.add(Bytes.wrap(Tensors.bytes(item)));
      return;
    }
    while (parser.currentToken() == JsonToken.START_ARRAY) {
      OpenInferenceRoutes.check("items", items.size() + 1L, gateway.limits().batchItems());
      ByteBuffer item = Tensors.buffer(model.itemBytes());
      Tensors.fill(parser, type, item, "input " + items.size());
      items.add(Bytes.wrap(Tensors.bytes(item)));
      JsonToken _ = parser.nextToken();
    }
    if (parser.currentToken() != JsonToken.END_ARRAY) {
      throw Tensors.malformed("input mixes arrays with something else");
    }
  }

  private static void write(
      JsonGenerator out, Gateway.Answer answer, ServedModel model, boolean base64)
      throws IOException {
    Tensor output = model.model().output();
    out.writeStringField("object", "list");
    out.writeArrayFieldStart("data");
    for (int i = 0; i < answer.outputs().size(); i++) {
      out.writeStartObject();
      out.writeStringField("object", "embedding");
      out.writeNumberField("index", i);
      out.writeFieldName("embedding");
      if (base64) {
        out.writeString(base64(output.type(), answer.outputs().get(i)));
      } else {
        out.writeStartArray();
        Tensors.write(out, output.type(), answer.outputs().get(i));
        out.writeEndArray();
      }
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeStringField("model", model.name());
    int elements = model.model().inputs().getFirst().elements() * answer.outputs().size();
    out.writeObjectFieldStart("usage");
    out.writeNumberField("prompt_tokens", elements);
    out.writeNumberField("total_tokens", elements);
    out.writeEndObject();
    out.writeObjectFieldStart("receipt");
    Reply.write(out, answer.receipt());
    out.writeEndObject();
  }

  /// The API's binary form: floats of 32 bits, little-endian.
  private static String base64(ElementType type, Bytes row) {
    byte[] bytes = row.toArray();
    if (type == ElementType.INT8) {
      ByteBuffer floats =
          ByteBuffer.allocate(bytes.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (byte each : bytes) {
        ByteBuffer _ = floats.putFloat(each);
      }
      bytes = floats.array();
    }
    return Base64.getEncoder().encodeToString(bytes);
  }
}
