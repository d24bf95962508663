// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.aitbc.compute.OpenInferenceEngine.Element;
import io.aitbc.compute.OpenInferenceEngine.Tensor;
import io.aitbc.crypto.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnginesIT {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir Path folder;
  private HttpServer server;
  private String answer = "";
  private String asked = "";
  private int status = 200;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked =
              exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization")
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          if (bytes.length > 0) { // Else it hangs.
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static EngineRefusal refusal(Engine engine, List<Bytes> items, Duration timeMax) {
    return assertThrows(EngineRefusedException.class, () -> engine.run(items, timeMax)).refusal();
  }

  private ProcessEngine shell(String script) {
    return new ProcessEngine(List.of("/bin/sh", "-c", script));
  }

  @Test
  void aProgramIsGivenItemsAndGivesOutputs() throws Exception {
    try (ProcessEngine engine = shell("sed 's/input/output/'")) {
      List<Bytes> items = List.of(Bytes.of(new byte[] {1, 2, 3}), Bytes.EMPTY);
      assertEquals(items, engine.run(items, LONG));
      List<Bytes> many = Collections.nCopies(Engine.ITEMS_MAX, Bytes.wrap(new byte[784]));
      assertEquals(many, engine.run(many, LONG));
    }
  }

  @Test
  void aProgramIsKilledWithItsChildrenWhenItsTimeIsOver() throws Exception {
    Path file = folder.resolve("pid");
    try (ProcessEngine engine = shell("sleep 60 & echo $! > " + file + "; wait")) {
      assertEquals(new EngineRefusal.Late(SHORT), refusal(engine, List.of(Bytes.EMPTY), SHORT));
      long child = Long.parseLong(Files.readString(file).strip());
      for (int i = 0; i < 200 && alive(child); i++) {
        Thread.sleep(10);
      }
      assertTrue(!alive(child), "the program's child is alive");
    }
  }

  private static boolean alive(long child) {
    return ProcessHandle.of(child).map(ProcessHandle::isAlive).orElse(false);
  }

  @Test
  void whatAProgramGivesIsJudged() {
    List<Bytes> one = List.of(Bytes.EMPTY);
    for (String wrong :
        List.of("x", "[]", "{\"item\":1,\"output\":\"\"}", "{\"item\":0,\"output\":\"!\"}", "{}")) {
      try (ProcessEngine engine = shell("echo '" + wrong + "'")) {
        assertTrue(refusal(engine, one, LONG) instanceof EngineRefusal.Malformed, wrong);
      }
    }
    try (ProcessEngine engine = shell("exit 1")) {
      assertTrue(refusal(engine, one, LONG) instanceof EngineRefusal.Failed);
    }
    try (ProcessEngine engine = shell("cat /dev/zero")) {
      assertTrue(refusal(engine, one, LONG) instanceof EngineRefusal.TooMuch);
    }
    try (ProcessEngine engine = new ProcessEngine(List.of("/nonexistent/program"))) {
      assertTrue(refusal(engine, one, LONG) instanceof EngineRefusal.Failed);
    }
  }

  @Test
  void moreItemsThanAClaimHasAreRefused() {
    List<Bytes> many = Collections.nCopies(Engine.ITEMS_MAX + 1, Bytes.EMPTY);
    try (ProcessEngine engine = shell("cat")) {
      assertEquals(
          new EngineRefusal.TooMuch("items", Engine.ITEMS_MAX + 1, Engine.ITEMS_MAX),
          refusal(engine, many, LONG));
    }
  }

  @Test
  void aServerOfChatIsAskedForEachItem() throws Exception {
    answer = "{\"choices\":[{\"message\":{\"content\":\"42\"}}]}";
    try (OpenAiEngine engine = new OpenAiEngine(address(), "Bearer x", "model", 16)) {
      Bytes prompt = Bytes.wrap("six times \"seven\"".getBytes(StandardCharsets.UTF_8));
      assertEquals(List.of(Bytes.wrap(new byte[] {'4', '2'})), engine.run(List.of(prompt), LONG));
      assertEquals(
          "/v1/chat/completions Bearer x {\"model\":\"model\",\"max_tokens\":16,"
              + "\"temperature\":0,\"seed\":0,\"messages\":[{\"role\":\"user\","
              + "\"content\":\"six times \\\"seven\\\"\"}]}",
          asked);
      answer = "{}";
      assertTrue(refusal(engine, List.of(prompt), LONG) instanceof EngineRefusal.Malformed);
      answer = "nothing";
      assertTrue(refusal(engine, List.of(prompt), LONG) instanceof EngineRefusal.Malformed);
      status = 500;
      assertTrue(refusal(engine, List.of(prompt), LONG) instanceof EngineRefusal.Failed);
      answer = "";
      assertEquals(new EngineRefusal.Late(SHORT), refusal(engine, List.of(prompt), SHORT));
    }
  }

  @Test
  void aServerOfTensorsIsAskedForRows() throws Exception {
    Tensor input = new Tensor("in", Element.INT8, 2);
    Tensor output = new Tensor("out", Element.INT32, 1);
    try (OpenInferenceEngine engine =
        new OpenInferenceEngine(address(), "", "glyphs", input, output)) {
      answer = "{\"outputs\":[{\"name\":\"out\",\"datatype\":\"INT32\",\"data\":[3,-1]}]}";
      List<Bytes> items =
          List.of(Bytes.of((byte) 1, (byte) 2), Bytes.of((byte) 9), Bytes.of((byte) -1, (byte) 0));
      Bytes three = Bytes.of((byte) 3, (byte) 0, (byte) 0, (byte) 0);
      Bytes minus = Bytes.of((byte) -1, (byte) -1, (byte) -1, (byte) -1);
      assertEquals(List.of(three, Bytes.EMPTY, minus), engine.run(items, LONG));
      assertEquals(
          "/v2/models/glyphs/infer null {\"inputs\":[{\"name\":\"in\",\"datatype\":\"INT8\","
              + "\"shape\":[2,2],\"data\":[1,2,-1,0]}],\"outputs\":[{\"name\":\"out\"}]}",
          asked);
      for (String data : List.of("[3]", "[3,1.5]", "[3,\"1\"]", "[3,2147483648]", "3")) {
        answer = "{\"outputs\":[{\"name\":\"out\",\"datatype\":\"INT32\",\"data\":" + data + "}]}";
        assertTrue(refusal(engine, items, LONG) instanceof EngineRefusal.Malformed, data);
      }
      answer = "{\"outputs\":[]}";
      assertTrue(refusal(engine, items, LONG) instanceof EngineRefusal.Malformed);
    }
  }
}
