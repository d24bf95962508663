// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.attestation.TrustLevel;
import io.aitbc.client.ClaimOutputs;
import io.aitbc.client.JobClient;
import io.aitbc.client.JobExplanation;
import io.aitbc.client.JobProgress;
import io.aitbc.client.JobStatus;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Jobs as lines for people and as JSON.
final class JobText {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JobText() {}

  private static String aitbc(JsonNode quantity) {
    return AitbcAmount.text(new Amount(UInt256.parse(quantity.asText()))) + " AITBC";
  }

  static String of(JobProgress progress) {
    return switch (progress) {
      case JobProgress.Uploading it ->
          "uploading    %d of %d bytes to %s".formatted(it.sent(), it.bytes(), it.worker());
      case JobProgress.Uploaded it -> "uploaded     to " + it.worker();
      case JobProgress.NotUploaded it ->
          "not uploaded to %s: %s".formatted(it.worker(), it.reason());
      case JobProgress.Changed it ->
          "claim %-6d %s".formatted(it.claim().claim(), it.state().toLowerCase(Locale.ROOT));
      case JobProgress.Sent it -> "claim %-6d sent: %s".formatted(it.claim().claim(), it.what());
      case JobProgress.Fetched it ->
          "claim %-6d %s".formatted(it.claim().claim(), of(it.outputs()));
      case JobProgress.FetchedState it ->
          "claim %-6d %s"
              .formatted(
                  it.claim().claim(),
                  it.state() instanceof ClaimOutputs.Right
                      ? "the trained state, compared with the last output"
                      : of(it.state()));
    };
  }

  static String of(ClaimOutputs outputs) {
    return switch (outputs) {
      case ClaimOutputs.Right it ->
          "%d outputs, compared with the chain".formatted(it.items().size());
      case ClaimOutputs.NoneYet it -> "no outputs: it is " + it.state();
      case ClaimOutputs.NotServed it ->
          "worker %s does not serve its outputs: %s".formatted(it.worker(), it.reason());
      case ClaimOutputs.Wrong it ->
          "worker %s serves wrong outputs: %s".formatted(it.worker(), it.reason());
    };
  }

  /// How the claims of a job ended, and where their outputs are.
  static ArrayNode claims(JobClient client, JobStatus end, Map<Long, ClaimOutputs> outputs) {
    ArrayNode list = NODES.arrayNode();
    for (JobStatus.Claim claim : end.claims()) {
      ObjectNode json =
          list.addObject().put("claim", claim.id().claim()).put("state", claim.state());
      ClaimOutputs fetched = outputs.get(claim.id().claim());
      if (fetched instanceof ClaimOutputs.Right) {
        json.put("outputs", client.outputsFile(claim.id()).toString());
      } else if (fetched != null) {
        json.put("missing", of(fetched));
      }
    }
    return list;
  }

  static String summary(JsonNode job) {
    return "job %d of %s: %d %s at %s, model %s, %s"
        .formatted(
            job.path("job").asLong(),
            job.path("client").asText(),
            job.path("items").asLong(),
            job.has("steps")
                ? "segments of %d steps".formatted(job.path("steps").asLong())
                : "items",
            aitbc(job.path("feePerItem")),
            job.path("model").asText(),
            job.path("openClaims").asLong() == 0
                ? "over"
                : job.path("openClaims").asLong() + " claims open");
  }

  static List<String> status(JsonNode job) {
    List<String> lines = new ArrayList<>();
    lines.add(summary(job));
    lines.add(
        "class %s%s, after block %d, active second %d"
            .formatted(
                job.path("class").asText(),
                job.has("code") ? " of code " + job.path("code").asText() : "",
                job.path("height").asLong(),
                job.path("activeSeconds").asLong()));
    for (JsonNode claim : job.path("claims")) {
      StringBuilder line =
          new StringBuilder(
              "claim %d: %s, %d items, fee %s"
                  .formatted(
                      claim.path("claim").asLong(),
                      claim.path("state").asText(),
                      claim.path("items").asLong(),
                      aitbc(claim.path("fee"))));
      if (claim.has("assignment")) {
        line.append(
            ", draw %d, turn %d of %s"
                .formatted(
                    claim.path("assignment").path("draw").asLong(),
                    1 + claim.path("assignment").path("turn").asLong(),
                    claim.path("assignment").path("workers")));
      }
      if (claim.has("worker")) {
        line.append(
            ", worker %s, until block %d and active second %d"
                .formatted(
                    claim.path("worker").asText(),
                    claim.path("untilHeight").asLong(),
                    claim.path("untilSeconds").asLong()));
      }
      lines.add(line.toString());
      if (claim.has("attestation")) {
        lines.add(attestation(claim.path("attestation")));
      }
      if (claim.has("evaluation")) {
        lines.addAll(evaluation(claim.path("evaluation")));
      }
    }
    return lines;
  }

  private static String attestation(JsonNode attestation) {
    long level = attestation.path("level").asLong();
    return "  machine %s vouches, platform %d, level %d%s: %s"
        .formatted(
            attestation.path("hardware").asText(),
            attestation.path("platform").asLong(),
            level,
            level == TrustLevel.DEVELOPMENT.code() ? " (a development root, worth nothing)" : "",
            attestation.path("fewerSeats").asBoolean()
                ? "fewer auditors are drawn"
                : "audited like any other work");
  }

  private static List<String> evaluation(JsonNode evaluation) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "  scores of %d seats: %d sealed (until block %d and active second %d), %d open (%d, %d)"
            .formatted(
                evaluation.path("seats").asLong(),
                evaluation.path("sealed").asLong(),
                evaluation.path("sealUntilHeight").asLong(),
                evaluation.path("sealUntilSeconds").asLong(),
                evaluation.path("opened").asLong(),
                evaluation.path("openUntilHeight").asLong(),
                evaluation.path("openUntilSeconds").asLong()));
    for (JsonNode each : evaluation.path("evaluators")) {
      String score = each.path("sealed").asBoolean() ? "sealed" : "no score";
      if (each.has("utility")) {
        score =
            "utility %d, novelty %d millionths"
                .formatted(each.path("utility").asLong(), each.path("novelty").asLong());
      }
      lines.add(
          "    evaluator %s, %d seats: %s"
              .formatted(each.path("account").asText(), each.path("seats").asLong(), score));
    }
    return lines;
  }

  static List<String> lines(JobExplanation explanation) {
    List<String> lines = new ArrayList<>();
    for (JobExplanation.Decision each : explanation.decisions()) {
      lines.add(
          "block %d, %s%s: %s"
              .formatted(
                  each.height(),
                  Instant.ofEpochSecond(each.timestampSeconds()),
                  each.claim().isPresent() ? ", claim " + each.claim().getAsLong() : "",
                  each.what()));
      lines.add("  because " + each.why());
    }
    lines.add(
        "now block %d, active second %d"
            .formatted(explanation.status().height(), explanation.status().activeSeconds()));
    for (JobExplanation.Awaited each : explanation.awaited()) {
      lines.add(
          "awaited, claim %d: %s%s"
              .formatted(
                  each.claim(),
                  each.what(),
                  each.until()
                      .map(until ->
                          ", until block %d and active second %d have passed"
                              .formatted(until.height(), until.activeSeconds()))
                      .orElse("")));
      lines.add("  else " + each.then());
    }
    if (explanation.awaited().isEmpty()) {
      lines.add("nothing is awaited");
    }
    return lines;
  }

  static ObjectNode json(JobExplanation explanation) {
    ObjectNode json =
        NODES
            .objectNode()
            .put("job", explanation.status().number())
            .put("height", explanation.status().height())
            .put("activeSeconds", explanation.status().activeSeconds());
    ArrayNode decisions = json.putArray("decisions");
    for (JobExplanation.Decision each : explanation.decisions()) {
      ObjectNode decision = decisions.addObject();
      decision.put("height", each.height()).put("time", each.timestampSeconds());
      each.claim().ifPresent(claim -> decision.put("claim", claim));
      decision.put("what", each.what()).put("why", each.why());
    }
    ArrayNode awaited = json.putArray("awaited");
    for (JobExplanation.Awaited each : explanation.awaited()) {
      ObjectNode entry = awaited.addObject().put("claim", each.claim()).put("what", each.what());
      each.until()
          .ifPresent(until ->
              entry.put("untilHeight", until.height()).put("untilSeconds", until.activeSeconds()));
      entry.put("then", each.then());
    }
    return json;
  }
}
