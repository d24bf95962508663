// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/// The program of {@link OnnxRuntimeEngine}: reads items as {@link ProcessEngine} writes them, runs
/// each, writes its output. An item that does not fit has the empty output.
final class OnnxRuntimeProgram {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String input;
  private final TensorInfo given;
  private final int itemBytes;

  private OnnxRuntimeProgram(OrtEnvironment environment, OrtSession session) throws OrtException {
    this.environment = environment;
    this.session = session;
    if (session.getNumInputs() != 1 || session.getNumOutputs() != 1) {
      throw new IllegalArgumentException("a model with one input and one output is run");
    }
    NodeInfo only = session.getInputInfo().values().iterator().next();
    input = only.getName();
    given = (TensorInfo) only.getInfo();
    long bytes = given.type.size;
    for (long size : given.getShape()) {
      if (size < 1) {
        throw new IllegalArgumentException("the sizes of the input are not fixed");
      }
      bytes = Math.multiplyExact(bytes, size);
    }
    itemBytes = Math.toIntExact(bytes);
  }

  /// Runs items from standard input.
  ///
  /// @param arguments the model's file
  public static void main(String[] arguments) throws IOException, OrtException {
    // Libraries may write to standard output; outputs alone belong there.
    PrintStream out = System.out;
    System.setOut(System.err);
    try (OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = environment.createSession(arguments[0], options);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      OnnxRuntimeProgram program = new OnnxRuntimeProgram(environment, session);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonNode item = JSON.readTree(line);
        byte[] output =
            program.output(Base64.getDecoder().decode(item.required("input").textValue()));
        out.println(
            "{\"item\":%d,\"output\":\"%s\"}"
                .formatted(
                    item.required("item").intValue(), Base64.getEncoder().encodeToString(output)));
      }
    }
    out.flush();
  }

  private byte[] output(byte[] item) throws OrtException {
    if (item.length != itemBytes) {
      return new byte[0];
    }
    try (OnnxTensor tensor = tensor(item);
        OrtSession.Result result = session.run(Map.of(input, tensor))) {
      ByteBuffer bytes =
          ((OnnxTensor) result.get(0)).getByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      byte[] output = new byte[bytes.remaining()];
      ByteBuffer _ = bytes.get(output);
      return output;
    }
  }

  private OnnxTensor tensor(byte[] item) throws OrtException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(item.length).order(ByteOrder.nativeOrder());
    ByteBuffer bytes = ByteBuffer.wrap(item).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      ByteBuffer _ = given.type.size == 4 ? buffer.putInt(bytes.getInt()) : buffer.put(bytes.get());
    }
    OnnxJavaType type = given.type;
    if (type != OnnxJavaType.INT8 && type.size != 4) {
      throw new IllegalArgumentException("the input is neither INT8 nor of 32 bits: " + type);
    }
    return OnnxTensor.createTensor(environment, buffer.flip(), given.getShape(), type);
  }
}
