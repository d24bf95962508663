// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.crypto.Bytes;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Another program: started for each call, given a line `{"item":N,"input":BASE64}` for each item,
/// and answering each with a line `{"item":N,"output":BASE64}` in the same order. What it writes to
/// its error stream is thrown away. When its time is over it is killed, with all that it started.
public final class ProcessEngine implements Engine {
  /// Bytes of a line: an output in base 64, and what is around it.
  private static final int LINE_BYTES_MAX = OUTPUT_BYTES_MAX / 3 * 4 + 1_024;

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxStringLength(LINE_BYTES_MAX).build())
              .build());

  private final Program program;

  /// An engine that starts this program.
  ///
  /// @param command the program and its arguments, as the operator has configured them
  public ProcessEngine(List<String> command) {
    this(command, Map.of());
  }

  /// An engine that starts this program with further variables in its environment.
  ProcessEngine(List<String> command, Map<String, String> variables) {
    program = new Program(command, variables);
  }

  @Override
  public String name() {
    return "process";
  }

  @Override
  public List<Bytes> run(List<Bytes> items, Duration timeMax) throws EngineRefusedException {
    Deadline deadline = Deadline.of(items, timeMax);
    Process process = program.start();
    try {
      FutureTask<List<Bytes>> reading =
          new FutureTask<>(() -> read(process.getInputStream(), items.size()));
      Thread _ = Thread.ofVirtual().start(() -> write(process.getOutputStream(), items));
      Thread _ = Thread.ofVirtual().start(reading);
      return reading.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw deadline.late();
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof EngineRefusedException refused
          ? refused
          : Program.failed("it cannot be read: " + failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw Program.failed("interrupted");
    } finally {
      Program.end(process);
    }
  }

  private static EngineRefusedException malformed(String why) {
    return new EngineRefusedException(new EngineRefusal.Malformed(why));
  }

  /// A program that does not read its input to the end is judged by what it answers.
  private static void write(OutputStream out, List<Bytes> items) {
    Base64.Encoder base64 = Base64.getEncoder();
    try (out) {
      for (int i = 0; i < items.size(); i++) {
        String input = base64.encodeToString(items.get(i).toArray());
        String line = "{\"item\":" + i + ",\"input\":\"" + input + "\"}\n";
        out.write(line.getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException closed) {
      return;
    }
  }

  private static List<Bytes> read(InputStream stream, int items)
      throws IOException, EngineRefusedException {
    List<Bytes> outputs = new ArrayList<>();
    long bytes = 0;
    try (InputStream in = new BufferedInputStream(stream)) {
      while (outputs.size() < items) {
        Bytes output = output(line(in), outputs.size());
        bytes += output.length();
        Deadline.check("bytes of outputs", bytes, OUTPUTS_BYTES_MAX);
        outputs.add(output);
      }
    }
    return outputs;
  }

  private static byte[] line(InputStream in) throws IOException, EngineRefusedException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw Program.failed("it ended before its last output");
      }
      Deadline.check("bytes of a line", line.size() + 1L, LINE_BYTES_MAX);
      line.write(next);
    }
    return line.toByteArray();
  }

  private static Bytes output(byte[] line, int item) throws EngineRefusedException, IOException {
    try {
      JsonNode answer = JSON.readTree(line);
      JsonNode number = answer.path("item");
      JsonNode output = answer.path("output");
      if (!number.isInt() || number.intValue() != item || !output.isTextual()) {
        throw malformed("a line is no output of item " + item);
      }
      byte[] bytes = Base64.getDecoder().decode(output.textValue());
      Deadline.check("bytes of an output", bytes.length, OUTPUT_BYTES_MAX);
      return Bytes.wrap(bytes);
    } catch (JsonProcessingException | IllegalArgumentException wrong) {
      throw malformed("a line is no JSON with base 64, at item " + item);
    }
  }

  @Override
  public void close() {}
}
