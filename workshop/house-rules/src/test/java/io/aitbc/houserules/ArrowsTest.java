// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.houserules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/// Which room may see which, and which libraries the protocol floor may use: what stands in the
/// POMs is all that the compiler can see.
class ArrowsTest {
  /// The arrows of ARCHITECTURE.md. They compose: what a room sees, those who see it may see.
  private static final Map<String, List<String>> ARROWS = new TreeMap<>();

  /// What modules of the protocol floor may use from outside of the project.
  private static final Map<String, List<String>> LIBRARIES = new TreeMap<>();

  static {
    ARROWS.put("testkit", List.of());
    ARROWS.put("crypto", List.of());
    ARROWS.put("model", List.of("crypto"));
    ARROWS.put("consensus", List.of("model"));
    ARROWS.put("state", List.of("model"));
    ARROWS.put("evm", List.of("state"));
    ARROWS.put("attestation", List.of("crypto"));
    ARROWS.put("referee", List.of("crypto"));
    ARROWS.put("contracts", List.of());
    ARROWS.put("execution", List.of("evm", "attestation", "referee", "contracts"));
    ARROWS.put("signer", List.of("consensus"));
    ARROWS.put("storage", List.of("state", "consensus"));
    ARROWS.put("network", List.of("model"));
    ARROWS.put("mempool", List.of("state"));
    ARROWS.put("blobs", List.of("crypto"));
    ARROWS.put("compute", List.of("referee", "attestation", "blobs"));
    ARROWS.put("rpc", List.of("execution", "storage", "mempool"));
    ARROWS.put(
        "node",
        List.of("signer", "storage", "network", "mempool", "blobs", "compute", "rpc", "execution"));
    ARROWS.put("client", List.of("execution", "signer", "compute"));
    ARROWS.put("devnet", List.of("node"));
    ARROWS.put("cli", List.of("client", "devnet"));
    ARROWS.put("simulator", List.of("client", "node"));
    ARROWS.put("conformance", List.of("client"));
    ARROWS.put("bench", List.of("devnet", "conformance"));
    ARROWS.put("devtee", List.of("compute"));

    LIBRARIES.put(
        "crypto",
        List.of(
            "tech.pegasys:jblst",
            "fr.acinq.secp256k1:secp256k1-kmp-jvm",
            "fr.acinq.secp256k1:secp256k1-kmp-jni-jvm-linux",
            "org.bouncycastle:bcprov-jdk18on"));
    LIBRARIES.put(
        "attestation",
        List.of("com.fasterxml.jackson.core:jackson-core", "org.bouncycastle:bcprov-jdk18on"));
  }

  @Test
  void everyRoomSeesOnlyWhatItsArrowsAllow() throws Exception {
    List<String> forbidden = new ArrayList<>();
    for (String module : Tree.modules()) {
      String room = roomOf(module);
      if (room.equals("house-rules")) {
        continue;
      }
      if (!ARROWS.containsKey(room)) {
        forbidden.add(room + " is not a room of ARCHITECTURE.md");
        continue;
      }
      Set<String> allowed = new TreeSet<>();
      close(room, allowed);
      for (Dependency dependency : dependencies(module)) {
        boolean test = dependency.scope().equals("test");
        boolean ours = dependency.group().equals("io.aitbc");
        boolean testkit = ours && dependency.artifact().equals("testkit");
        boolean evidence = ours && dependency.artifact().equals("devtee");
        // Evidence of hardware that is made up is for tests alone.
        if (ours && !allowed.contains(dependency.artifact()) && !((testkit || evidence) && test)) {
          // The workshop may use the test kit in its main code; nobody else may.
          boolean workshop = testkit && module.startsWith("workshop/");
          if (!workshop) {
            forbidden.add(room + " -> " + dependency.artifact());
          }
        }
      }
    }
    assertEquals(List.of(), forbidden);
  }

  @Test
  void theProtocolFloorUsesOnlyItsAllowedLibraries() throws Exception {
    List<String> forbidden = new ArrayList<>();
    for (String module : Tree.modules()) {
      if (!module.startsWith("protocol/")) {
        continue;
      }
      String room = roomOf(module);
      for (Dependency dependency : dependencies(module)) {
        String name = dependency.group() + ":" + dependency.artifact();
        if (!dependency.group().equals("io.aitbc")
            && !dependency.scope().equals("test")
            && !LIBRARIES.getOrDefault(room, List.of()).contains(name)) {
          forbidden.add(room + " -> " + name);
        }
      }
    }
    assertEquals(List.of(), forbidden);
  }

  @Test
  void houseRulesSeesEveryModule() throws Exception {
    List<String> seen =
        dependencies("workshop/house-rules").stream().map(Dependency::artifact).toList();
    List<String> missing =
        Tree.modules().stream()
            .map(ArrowsTest::roomOf)
            .filter(room -> !room.equals("house-rules") && !seen.contains(room))
            .toList();
    assertEquals(List.of(), missing);
  }

  private static String roomOf(String module) {
    return module.substring(module.lastIndexOf('/') + 1);
  }

  private static void close(String room, Set<String> seen) {
    for (String next : ARROWS.getOrDefault(room, List.of())) {
      if (seen.add(next)) {
        close(next, seen);
      }
    }
  }

  /// A direct dependency in a POM.
  private record Dependency(String group, String artifact, String scope) {}

  private static List<Dependency> dependencies(String module)
      throws IOException, SAXException, ParserConfigurationException {
    Element project =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Tree.ROOT.resolve(module).resolve("pom.xml").toFile())
            .getDocumentElement();
    List<Dependency> found = new ArrayList<>();
    for (Element list : children(project, "dependencies")) {
      for (Element dependency : children(list, "dependency")) {
        found.add(
            new Dependency(
                text(dependency, "groupId"),
                text(dependency, "artifactId"),
                text(dependency, "scope")));
      }
    }
    return found;
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> found = new ArrayList<>();
    NodeList nodes = parent.getChildNodes();
    for (int i = 0; i < nodes.getLength(); i++) {
      Node node = nodes.item(i);
      if (node instanceof Element element && element.getTagName().equals(name)) {
        found.add(element);
      }
    }
    return found;
  }

  private static String text(Element parent, String name) {
    List<Element> found = children(parent, name);
    return found.isEmpty() ? "" : found.get(0).getTextContent().strip();
  }
}
