// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Encodable;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Role;
import io.aitbc.model.Round;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorReport;
import io.aitbc.model.ValidatorSet;
import java.util.List;

/// All that is fixed for an epoch one whole epoch ahead: its validators, the parameters in force
/// and what weighs in the order of proposers. Protocol §2.
public final class EpochPlan implements Encodable {
  private final long epoch;
  private final ValidatorSet set;
  private final ConsensusParameters parameters;
  private final int workShareMillionths;
  private final List<Merit> merits;
  private final Bytes encoding;
  private final Hash hash;
  private final ProposerOrder order;

  /// A plan.
  ///
  /// @param epoch the epoch, from 0 on
  /// @param set its validators
  /// @param parameters the parameters in force
  /// @param workShareMillionths the part of the odds that settled work decides
  /// @param merits of the validators, in the set's order
  EpochPlan(
      long epoch,
      ValidatorSet set,
      ConsensusParameters parameters,
      int workShareMillionths,
      List<Merit> merits) {
    if (epoch < 0 || merits.size() != set.validators().size()) {
      throw new IllegalArgumentException("epoch " + epoch + ", merits of " + merits.size());
    }
    this.epoch = epoch;
    this.set = set;
    this.parameters = parameters;
    this.workShareMillionths = workShareMillionths;
    this.merits = List.copyOf(merits);
    encoding = encode();
    hash = Keccak256.hash(encoding);
    order = new ProposerOrder(set, parameters, workShareMillionths, this.merits);
  }

  /// The epoch, from 0 on.
  public long epoch() {
    return epoch;
  }

  /// Its validators.
  public ValidatorSet set() {
    return set;
  }

  /// The parameters in force.
  public ConsensusParameters parameters() {
    return parameters;
  }

  /// The part of the odds that settled work decides.
  int workShareMillionths() {
    return workShareMillionths;
  }

  /// Who proposes at (height, round). Protocol §7.2.
  ///
  /// @param beacon the beacon after the block before
  /// @param height a height of this epoch
  /// @param round the round
  /// @param setting the mode of the height
  public Validator proposer(Hash beacon, Height height, Round round, ModeSetting setting) {
    return order.proposer(beacon, height, round, setting);
  }

  /// What `account` does in this epoch while `setting` is in force. Protocol §2.4.
  public Role role(Address account, ModeSetting setting) {
    Validator validator = set.find(account).orElse(null);
    if (validator == null) {
      return Role.STANDBY;
    }
    int authorities = setting.authorityProposersPerMille();
    boolean proposes =
        (validator.isAuthority() && (authorities > 0 || set.stakers().isEmpty()))
            || (validator.isStaker() && (authorities < 1_000 || set.authorities().isEmpty()));
    return proposes ? Role.PROPOSER : Role.VALIDATOR;
  }

  /// Keccak-256 of the encoding.
  public Hash hash() {
    return hash;
  }

  @Override
  public Bytes encoded() {
    return encoding;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.encoded(encoding);
  }

  private Bytes encode() {
    RlpWriter writer = new RlpWriter(1_024).begin().number(epoch);
    set.writeTo(writer);
    parameters.writeTo(writer);
    writer.number(workShareMillionths);
    writer.list(
        merits,
        (w, merit) -> w.begin().number(merit.reputation()).number(merit.workWeight()).end());
    return writer.end().toBytes();
  }

  static EpochPlan readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    long epoch = fields.number();
    ValidatorSet set = ValidatorSet.readFrom(fields);
    ConsensusParameters parameters = ConsensusParameters.readFrom(fields);
    int workShare = fields.number(EpochSnapshot.MILLIONTHS);
    List<Merit> merits = fields.list(ValidatorSet.VALIDATORS_MAX, EpochPlan::readMerit);
    fields.finish();
    if (merits.size() != set.validators().size()) {
      throw fields.refuse("merits", merits.size());
    }
    return new EpochPlan(epoch, set, parameters, workShare, merits);
  }

  private static Merit readMerit(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    int reputation = fields.number(ValidatorReport.REPUTATION_MAX);
    long work = fields.number();
    fields.finish();
    if (work > Candidate.WORK_WEIGHT_MAX) {
      throw fields.refuse("work weight", work);
    }
    return new Merit(reputation, work);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EpochPlan plan && encoding.equals(plan.encoding);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return "epoch " + epoch + ": " + set;
  }
}
