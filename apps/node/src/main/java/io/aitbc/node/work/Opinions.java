// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.JuryCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkObjection;
import io.aitbc.execution.WorkObjection.Said;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What an account does about objections to outputs of class TOLERANCE: it objects to what it finds
/// too far from its own, and seals and opens its opinion wherever it is asked. Nothing but its
/// secret has to outlive it: of two opinions, the seal on the chain tells which it was. Belongs to
/// one thread. Protocol §17.17.
final class Opinions {
  /// A part of the deposit by which it may rise until the block, as the base fee may.
  private static final UInt256 MARGIN_PART = UInt256.of(4);

  private static final Logger LOG = LoggerFactory.getLogger(Opinions.class);

  private final WorkChain chain;
  private final Address self;
  private final ServiceSecret secret;
  private final Outbox outbox;
  private final ServedClaims served;
  private final NearOutputs near;
  private final OpenObjections open;

  /// Claims to which it objects, told once.
  private final TreeSet<ClaimId> objecting = new TreeSet<>(OpenJobs.ORDER);

  Opinions(
      WorkChain chain, ServiceSecret secret, Outbox outbox, ServedClaims served, NearOutputs near) {
    this.chain = chain;
    this.self = chain.account();
    this.secret = secret;
    this.outbox = outbox;
    this.served = served;
    this.near = near;
    this.open = new OpenObjections(chain);
  }

  /// Objects to a leaf, once to a claim: whom others do not follow loses what it puts in.
  void object(ClaimId claim, long leaf) throws IOException {
    Optional<Amount> deposit = chain.read(WorkRead.objectionDeposit(claim));
    if (deposit.isPresent() && !open.hasObjected(claim)) {
      if (objecting.add(claim)) {
        LOG.atInfo()
            .addKeyValue("claim", claim)
            .addKeyValue("leaf", leaf)
            .log("a leaf is too far from its own and is objected to");
      }
      Amount margin = new Amount(deposit.get().wei().dividedBy(MARGIN_PART));
      outbox.post(
          "objection to " + claim, JuryCall.object(claim, leaf, deposit.get().plus(margin)));
    }
  }

  /// Does what open objections wait for, each as one of the duties.
  ///
  /// @return the claims whose files are needed
  Set<ClaimId> step(long height, Duties duties) throws IOException {
    TreeSet<ClaimId> needed = new TreeSet<>(OpenJobs.ORDER);
    long seconds = chain.read(WorkRead.activeSeconds()).orElse(0L);
    for (Map.Entry<Long, WorkObjection> each : open.all().entrySet()) {
      duties.attempt(() -> step(each.getKey(), each.getValue(), height, seconds, needed));
    }
    return needed;
  }

  private void step(
      long number, WorkObjection objection, long height, long seconds, Set<ClaimId> needed)
      throws IOException {
    boolean member = chain.read(WorkRead.members(number)).orElse(List.of()).contains(self);
    Optional<WorkObjection.Opinion> own = chain.read(WorkRead.opinion(number, self));
    if (member && own.isEmpty() && objection.seals(height, seconds)) {
      boolean _ = needed.add(objection.claim());
      seal(number, objection, height, seconds);
    } else if (member && own.isPresent() && own.get().said().isEmpty()) {
      if (objection.opens(height, seconds) && objection.isOpen(height, seconds)) {
        open(number, own.get().commitment());
      }
    }
    if (member || own.isPresent() || objection.objector().equals(self)) {
      goOn(number, objection, height, seconds);
    }
  }

  private void seal(long number, WorkObjection objection, long height, long seconds)
      throws IOException {
    ClaimId claim = objection.claim();
    Optional<WorkJob> job = chain.read(WorkRead.job(claim.job()));
    Optional<WorkClaim> state = chain.read(WorkRead.claim(claim));
    if (job.isEmpty() || state.isEmpty() || state.get().state() != WorkClaim.State.REVEALED) {
      return;
    }
    Optional<List<ServedLeaf>> few =
        served.leaves(claim, job.get(), state.get(), List.of(objection.leaf()));
    Optional<Said> said =
        few.isPresent()
            ? judged(
                ExecutionMemory.suffices(few.get().getFirst().model()),
                () -> near.isRight(job.get(), few.get().getFirst()))
            : notServed(isLastTime(objection, new Patience.Clocks(height, seconds)));
    if (said.isEmpty()) {
      return;
    }
    String name = "opinion about objection " + number;
    if (!outbox.isOnItsWay(name)) {
      LOG.atInfo()
          .addKeyValue("objection", number)
          .addKeyValue("opinion", said.get())
          .addKeyValue("served", few.isPresent())
          .log("seals an opinion");
      outbox.post(name, JuryCall.commit(number, commitment(number, said.get())));
    }
  }

  /// What a member says that is served: nothing where it cannot run the item again, which is no
  /// fault of the worker's.
  static Optional<Said> judged(boolean canRun, BooleanSupplier right) {
    return canRun ? Optional.of(right.getAsBoolean() ? Said.RIGHT : Said.WRONG) : Optional.empty();
  }

  /// What a member says that is not served: nothing while the worker may let it in, or serve, with
  /// a later block.
  static Optional<Said> notServed(boolean lastTime) {
    return lastTime ? Optional.of(Said.WRONG) : Optional.empty();
  }

  /// Whether who is not served says so.
  private boolean isLastTime(WorkObjection objection, Patience.Clocks now) throws IOException {
    return now.haveReachedLastPart(
        new Patience.Clocks(objection.commitHeight(), objection.commitSeconds()),
        objection.commitHeight() - objection.since(),
        chain.parameter(EconomyParameter.OPINION_SECONDS));
  }

  private Hash commitment(long number, Said said) {
    return JuryCall.commitment(chain.chainId(), number, self, said, salt(number));
  }

  private Hash salt(long number) {
    return secret.opinionSalt(chain.chainId(), number);
  }

  private void open(long number, Hash sealed) throws IOException {
    for (Said said : Said.values()) {
      if (commitment(number, said).equals(sealed)) {
        outbox.post(
            "opening of the opinion about objection " + number,
            JuryCall.reveal(number, said, salt(number)));
        return;
      }
    }
    LOG.atWarn().addKeyValue("objection", number).log("the opinion of a seal is lost");
  }

  private void goOn(long number, WorkObjection objection, long height, long seconds)
      throws IOException {
    boolean over =
        chain
            .read(WorkRead.claim(objection.claim()))
            .filter(each -> each.state() != WorkClaim.State.REVEALED)
            .isPresent();
    if (over || objection.isDecidable(height, seconds)) {
      outbox.post(
          "going on with objection " + number + " from " + objection.stage(),
          JuryCall.decide(number));
    }
  }
}
