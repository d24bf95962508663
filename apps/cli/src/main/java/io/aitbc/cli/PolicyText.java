// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.attestation.TcbStatus;
import io.aitbc.attestation.TrustPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// A policy about trusted hardware, as lines for people and as JSON. Protocol §18.6.
final class PolicyText {
  private PolicyText() {}

  static List<String> lines(TrustPolicy policy) {
    List<String> lines = new ArrayList<>();
    lines.add("epoch        " + policy.epoch());
    lines.add("network      " + (policy.production() ? "production" : "for trials"));
    lines.add("platforms    " + texts(policy.platforms()));
    add(lines, "root         ", policy.roots());
    add(lines, "development  ", policy.developmentRoots());
    lines.add("accepted     " + texts(policy.accepted().stream().map(TcbStatus::text).toList()));
    lines.add("re-ratings   at least " + policy.evaluationMin());
    policy
        .floors()
        .forEach(
            (product, floor) -> lines.add("floor        %s %s".formatted(product, floor.toHex())));
    lines.add("privilege    at most " + policy.privilegeMax());
    lines.add("domains      " + (policy.strictDomains() ? "strict" : "any"));
    add(lines, "PSA profile  ", policy.psaProfiles());
    add(lines, "CCA profile  ", policy.ccaProfiles());
    add(lines, "GPU set      ", policy.gpuSets());
    lines.add("anchor       at most %d blocks old".formatted(policy.anchorBlocksMax()));
    return lines;
  }

  private static String texts(Collection<?> values) {
    return values.isEmpty()
        ? "none"
        : String.join(", ", values.stream().map(String::valueOf).toList());
  }

  private static void add(List<String> lines, String title, Collection<?> values) {
    values.forEach(each -> lines.add(title + each));
  }

  static ObjectNode json(TrustPolicy policy) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("epoch", policy.epoch().toHex())
            .put("production", policy.production());
    put(json, "platforms", policy.platforms());
    put(json, "roots", policy.roots());
    put(json, "developmentRoots", policy.developmentRoots());
    put(json, "accepted", policy.accepted().stream().map(TcbStatus::text).toList());
    json.put("reRatingsMin", policy.evaluationMin());
    ObjectNode floors = json.putObject("floors");
    policy.floors().forEach((product, floor) -> floors.put(product, floor.toHex()));
    json.put("privilegeMax", policy.privilegeMax()).put("strictDomains", policy.strictDomains());
    put(json, "psaProfiles", policy.psaProfiles());
    put(json, "ccaProfiles", policy.ccaProfiles());
    put(json, "gpuSets", policy.gpuSets());
    return json.put("anchorBlocksMax", policy.anchorBlocksMax());
  }

  private static void put(ObjectNode json, String name, Collection<?> values) {
    ArrayNode list = json.putArray(name);
    values.forEach(each -> list.add(String.valueOf(each)));
  }
}
