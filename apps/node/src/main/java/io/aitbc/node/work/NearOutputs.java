// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.Engine;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.compute.Nearness;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.WorkJob;
import io.aitbc.referee.Model;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs items of class TOLERANCE again and compares with the referee, from which tolerances are
/// measured. An engine of the job's profile, if the operator has one, saves time where it finds an
/// output near; it accuses nobody. Belongs to one thread. Protocol §17.17.
final class NearOutputs {
  /// For the leaves of one look: an engine that takes longer does not do.
  private static final Duration RUN_TIME_MAX = Duration.ofMinutes(2);

  private static final Logger LOG = LoggerFactory.getLogger(NearOutputs.class);

  private final Engines engines;

  NearOutputs(Engines engines) {
    this.engines = engines;
  }

  /// Runs leaves of what a worker served again, at least one. The hash of each is that of the own
  /// output's leaf.
  List<ClaimLeaf.Again> again(WorkJob job, List<ServedLeaf> leaves) {
    return again(
        leaves.getFirst().model(),
        job,
        leaves.stream().map(ServedLeaf::input).toList(),
        leaves.stream().map(ServedLeaf::output).toList());
  }

  /// The same of items with their outputs.
  List<ClaimLeaf.Again> again(Model model, WorkJob job, List<Bytes> inputs, List<Bytes> outputs) {
    Optional<List<Bytes>> quick = quick(model, job.profile(), inputs);
    if (quick.isPresent()) {
      List<ClaimLeaf.Again> again = compared(model, job, quick.get(), outputs);
      if (again.stream().allMatch(ClaimLeaf.Again::right)) {
        return again;
      }
    }
    return compared(model, job, referee(model, inputs), outputs);
  }

  /// Whether a leaf is right by the referee alone, so that all honest members say the same.
  boolean isRight(WorkJob job, ServedLeaf leaf) {
    List<Bytes> own = referee(leaf.model(), List.of(leaf.input()));
    return compared(leaf.model(), job, own, List.of(leaf.output())).getFirst().right();
  }

  private static List<ClaimLeaf.Again> compared(
      Model model, WorkJob job, List<Bytes> own, List<Bytes> outputs) {
    List<ClaimLeaf.Again> again = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      Hash leaf = MerkleTree.leaf(own.get(i).toArray());
      boolean right =
          Nearness.isNear(model.output().type(), outputs.get(i), own.get(i), job.tolerance());
      boolean _ = again.add(new ClaimLeaf.Again(leaf, right));
    }
    return again;
  }

  private Optional<List<Bytes>> quick(Model model, Hash profile, List<Bytes> inputs) {
    Optional<Engines> chosen = engines.under(profile).filter(each -> each.runs(model.id()));
    if (chosen.isEmpty()) {
      return Optional.empty();
    }
    try (Engine engine = chosen.get().open(model)) {
      return Optional.of(engine.run(inputs, RUN_TIME_MAX));
    } catch (EngineRefusedException refused) {
      LOG.atWarn()
          .addKeyValue("model", model.id())
          .addKeyValue("refusal", refused.refusal())
          .log("the engine of a profile does not do: the referee judges");
      return Optional.empty();
    }
  }

  private static List<Bytes> referee(Model model, List<Bytes> inputs) {
    try (Engine referee = new EngineChoice.Referee().open(model)) {
      return referee.run(inputs, Duration.ofDays(1));
    } catch (EngineRefusedException impossible) {
      throw new IllegalStateException("the referee refuses items of a claim", impossible);
    }
  }
}
