// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.RegisteredModel;
import io.aitbc.execution.ServiceAccount;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvaluation;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// AI work after the last block: jobs, claims, models, services. Null in a network without the
/// contracts. Protocol §17.10 to §17.15.
final class WorkMethods {
  /// Jobs, claims, models or services of one answer.
  static final int LIST_MAX = 100;

  /// Numbers of the contracts that a caller may name.
  private static final long NUMBER_MAX = Integer.MAX_VALUE;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ChainView chain;
  private final Simulation simulation;
  private final WorkIndex index;

  WorkMethods(ChainView chain, Simulation simulation) {
    this.chain = chain;
    this.simulation = simulation;
    this.index = new WorkIndex(chain.reader());
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("aitbc_claim", this::claim);
    methods.put("aitbc_job", this::job);
    methods.put("aitbc_jobs", this::jobs);
    methods.put("aitbc_models", this::models);
    methods.put("aitbc_services", this::services);
  }

  /// Answers with what a machine reads after the last block.
  private JsonNode answer(Answer answer) throws RpcError {
    Optional<Simulation.Place> place = EconomyMethods.latest(chain);
    if (place.isEmpty()) {
      return NODES.nullNode();
    }
    long height = place.get().header().number();
    return simulation.reading(place.get(), reader -> answer.of(reader, height));
  }

  /// Makes an answer of what it reads.
  @FunctionalInterface
  private interface Answer {
    JsonNode of(Simulation.Reader reader, long height);
  }

  private JsonNode job(Parameters p) throws RpcError {
    long number = p.number(0, NUMBER_MAX);
    long from = p.has(1) ? p.number(1, NUMBER_MAX) : 0;
    return answer((reader, height) ->
        reader
            .read(WorkRead.job(number))
            .<JsonNode>map(job -> {
              ObjectNode json = summary(number, job).put("height", height);
              reader
                  .read(WorkRead.activeSeconds())
                  .ifPresent(seconds -> json.put("activeSeconds", seconds));
              ArrayNode claims = json.putArray("claims");
              long to = Math.min(job.claims(), from + LIST_MAX);
              for (long claim = from; claim < to; claim++) {
                claims.add(text(reader, new ClaimId(number, claim)));
              }
              return json;
            })
            .orElse(NODES.nullNode()));
  }

  private JsonNode jobs(Parameters p) throws RpcError {
    long asked = p.has(0) ? p.number(0, NUMBER_MAX) : NUMBER_MAX;
    return answer((reader, _) -> {
      ArrayNode list = NODES.arrayNode();
      long first = Math.min(asked, reader.read(WorkRead.jobCount()).orElse(0L));
      for (long number = first; number > 0 && list.size() < LIST_MAX; number--) {
        long each = number;
        reader.read(WorkRead.job(each)).ifPresent(job -> list.add(summary(each, job)));
      }
      return list;
    });
  }

  private static ObjectNode summary(long number, WorkJob job) {
    ObjectNode json =
        NODES
            .objectNode()
            .put("job", number)
            .put("client", job.client().toString())
            .put("model", job.model().toHex())
            .put("inputs", job.inputs().toHex())
            .put("task", job.task().toHex())
            .put("items", job.count())
            .put("class", job.className())
            .put("feePerItem", EthereumJson.amount(job.feePerItem()))
            .put("valueAtRisk", EthereumJson.amount(job.valueAtRisk()))
            .put("workSeconds", job.workSeconds())
            .put("workBlocks", job.workBlocks())
            .put("openClaims", job.openClaims())
            .put("public", job.isPublic());
    if (job.isAttested()) {
      json.put("code", job.code().toHex());
    }
    if (job.isTolerant()) {
      json.put("profile", job.profile().toHex()).put("tolerance", job.tolerance());
    }
    if (job.steps() > 0) {
      json.put("steps", job.steps()).put("initialState", job.initialState().toHex());
    }
    return json;
  }

  private JsonNode claim(Parameters p) throws RpcError {
    ClaimId id = new ClaimId(p.number(0, NUMBER_MAX), p.number(1, NUMBER_MAX));
    return answer((reader, _) ->
        reader.read(WorkRead.assignment(id)).isPresent() ? text(reader, id) : NODES.nullNode());
  }

  private static ObjectNode text(Simulation.Reader reader, ClaimId id) {
    ObjectNode json = NODES.objectNode().put("job", id.job()).put("claim", id.claim());
    reader
        .read(WorkRead.size(id))
        .ifPresent(
            size -> json.put("items", size.items()).put("fee", EthereumJson.amount(size.fee())));
    Optional<WorkJob.Assignment> assignment = reader.read(WorkRead.assignment(id));
    boolean open = assignment.filter(each -> each.place() == WorkJob.Place.OPEN).isPresent();
    Optional<WorkClaim> work = open ? Optional.empty() : reader.read(WorkRead.claim(id));
    json.put("state", open ? "OPEN" : work.map(each -> each.state().name()).orElse("CANCELLED"));
    if (open) {
      ObjectNode turns = json.putObject("assignment");
      turns
          .put("draw", 1 + assignment.get().round())
          .put("causeHeight", assignment.get().causeHeight())
          .put("turn", reader.read(WorkRead.turn(id)).orElse(0L))
          .put("turnHeight", assignment.get().turnHeight())
          .put("turnSeconds", assignment.get().turnSeconds());
      ArrayNode workers = turns.putArray("workers");
      reader
          .read(WorkRead.workers(id))
          .orElse(List.of())
          .forEach(worker -> workers.add(worker.toString()));
    }
    work.ifPresent(each -> put(json, reader, each));
    reader
        .read(WorkRead.attestation(id))
        .ifPresent(it ->
            json.putObject("attestation")
                .put("hardware", it.hardware().toHex())
                .put("platform", it.platform())
                .put("level", it.level())
                .put("fewerSeats", it.fewerSeats()));
    if (work.isPresent()) {
      reader
          .read(WorkRead.evaluation(id))
          .ifPresent(each -> put(json.putObject("evaluation"), reader, id, each));
    }
    return json;
  }

  private static void put(
      ObjectNode json, Simulation.Reader reader, ClaimId id, WorkEvaluation evaluation) {
    json.put("seats", evaluation.seats())
        .put("sealed", evaluation.committed())
        .put("sealUntilHeight", evaluation.commitHeight())
        .put("sealUntilSeconds", evaluation.commitSeconds())
        .put("opened", evaluation.revealed())
        .put("openUntilHeight", evaluation.revealHeight())
        .put("openUntilSeconds", evaluation.revealSeconds())
        .put("closed", evaluation.closed());
    ArrayNode committee = json.putArray("evaluators");
    Map<Address, Integer> seats = new TreeMap<>();
    for (Address each : reader.read(WorkRead.committee(id)).orElse(List.of())) {
      var _ = seats.merge(each, 1, Integer::sum);
    }
    seats.forEach((account, count) -> {
      ObjectNode evaluator =
          committee.addObject().put("account", account.toString()).put("seats", count);
      Optional<WorkEvaluation.Score> score = reader.read(WorkRead.score(id, account));
      evaluator.put("sealed", score.isPresent());
      score
          .filter(WorkEvaluation.Score::revealed)
          .ifPresent(it -> evaluator.put("utility", it.utility()).put("novelty", it.novelty()));
    });
  }

  private static void put(ObjectNode json, Simulation.Reader reader, WorkClaim claim) {
    json.put("worker", claim.worker().toString())
        .put("reserved", EthereumJson.amount(claim.reserved()))
        .put("disputes", claim.disputes())
        .put("untilHeight", claim.untilHeight())
        .put("untilSeconds", claim.untilSeconds());
    if (claim.committedAt() > 0) {
      json.put("committedAt", claim.committedAt())
          .put("commitment", claim.commitment().toHex())
          .put("auditAt", claim.auditAt());
    }
    if (claim.state().compareTo(WorkClaim.State.REVEALED) >= 0) {
      json.put("outputs", claim.outputs().toHex());
    }
    if (claim.auditBeacon().isPresent()) {
      json.put("auditBeacon", claim.auditBeacon().get().toHex());
      ArrayNode seats = json.putArray("seats");
      for (long place : claim.places()) {
        seats.add(
            reader
                .read(WorkRead.accountAt(ServiceRole.AUDITOR, place))
                .orElse(Address.ZERO)
                .toString());
      }
    }
  }

  private JsonNode models(Parameters p) throws RpcError {
    long from = p.has(0) ? p.number(0, NUMBER_MAX) : 0;
    long seen = index.goOn();
    return answer((reader, _) -> {
      ObjectNode json = NODES.objectNode().put("seenTo", seen);
      ArrayNode list = json.putArray("models");
      for (WorkIndex.Model model : index.models(from, LIST_MAX)) {
        reader
            .read(WorkRead.model(model.event().model()))
            .ifPresent(state -> list.add(text(model, state)));
      }
      return json;
    });
  }

  private static ObjectNode text(WorkIndex.Model model, RegisteredModel state) {
    return NODES
        .objectNode()
        .put("model", model.event().model().toHex())
        .put("name", shown(model.event().name().toArray()))
        .put("state", state.state().name())
        .put("registrant", state.registrant().toString())
        .put("deposit", EthereumJson.amount(state.deposit()))
        .put("openJobs", state.openJobs())
        .put("inputBytes", state.inputBytes())
        .put("trains", state.stateTiles() > 0)
        .put("block", model.height())
        .put("header", model.event().header().toHex());
  }

  private JsonNode services(Parameters p) throws RpcError {
    ServiceRole role = role(p.text(0));
    long from = p.has(1) ? Math.max(1, p.number(1, NUMBER_MAX)) : 1;
    long seen = index.goOn();
    return answer((reader, _) -> {
      ObjectNode json = NODES.objectNode().put("seenTo", seen);
      ArrayNode list = json.putArray("services");
      for (long place = from; place < from + LIST_MAX; place++) {
        Optional<Address> account = reader.read(WorkRead.accountAt(role, place));
        if (account.isEmpty()) {
          break;
        }
        reader
            .read(WorkRead.service(role, account.get()))
            .ifPresent(service -> list.add(text(role, account.get(), service)));
      }
      return json;
    });
  }

  private static ServiceRole role(String text) throws RpcError {
    for (ServiceRole role : ServiceRole.values()) {
      if (role.name().toLowerCase(Locale.ROOT).equals(text)) {
        return role;
      }
    }
    throw Parameters.invalid("a role is worker, auditor or evaluator");
  }

  private ObjectNode text(ServiceRole role, Address account, ServiceAccount service) {
    ObjectNode json =
        NODES
            .objectNode()
            .put("place", service.place())
            .put("account", account.toString())
            .put("bond", EthereumJson.amount(service.bond()))
            .put("reserved", EthereumJson.amount(service.reserved()))
            .put("leaving", EthereumJson.amount(service.leaving()))
            .put("duties", service.duties())
            .put("classes", service.classes())
            .put("convictions", service.convictions());
    index.serves(role.code(), account).ifPresent(bytes -> json.put("serves", shown(bytes)));
    return json;
  }

  /// Strangers' bytes as text without what a terminal would obey.
  private static String shown(byte[] text) {
    return new String(text, StandardCharsets.UTF_8).replaceAll("[\\p{Cc}\\p{Cf}\\p{Co}]", "?");
  }
}
