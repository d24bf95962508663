// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// The mode of one height, and how far a change of mode has come. Quorums know no halves: during
/// the ten blocks of a change they are those of {@link Mode#BALANCED}. Protocol §3.4.
///
/// @param from the mode that is left; the same as `to` when nothing changes
/// @param to the mode that is entered, or is in force
/// @param step 0 when nothing changes, else 1 to {@link #STEPS}: `to` weighs `step` tenths
public record ModeSetting(Mode from, Mode to, int step) implements Encodable {
  /// Blocks that a change of mode takes.
  public static final int STEPS = 10;

  /// @throws IllegalArgumentException if the step does not fit the two modes
  public ModeSetting {
    if (step < 0 || step > STEPS || (step == 0) != (from == to)) {
      throw new IllegalArgumentException("no step " + step + " from " + from + " to " + to);
    }
  }

  /// The setting in which `mode` is in force and nothing changes.
  public static ModeSetting settled(Mode mode) {
    return new ModeSetting(mode, mode, 0);
  }

  /// Whether this height belongs to a change of mode.
  public boolean isTransition() {
    return step > 0;
  }

  /// The mode that decides the quorum and that votes name.
  public Mode quorumMode() {
    return isTransition() ? Mode.BALANCED : to;
  }

  /// The value between `left`, for the mode that is left, and `entered`, at this step; rounded
  /// down. Neither is negative or above 2^59.
  public long between(long left, long entered) {
    return isTransition() ? (left * (STEPS - step) + entered * step) / STEPS : entered;
  }

  /// Of 1,000 heights with this setting, how many are proposed by authorities. Protocol §7.2.
  public int authorityProposersPerMille() {
    return (int) between(from.authorityProposersPerMille(), to.authorityProposersPerMille());
  }

  /// Of 1,000 parts of the reward, how many go to authorities. Protocol §16.
  public int authorityRewardPerMille() {
    return (int) between(from.authorityRewardPerMille(), to.authorityRewardPerMille());
  }

  /// Milliseconds from one block to the next while there is something to order. Protocol §5.8.
  public long blockIntervalMillis(ConsensusParameters parameters) {
    return between(
        parameters.of(from).blockIntervalMillis(), parameters.of(to).blockIntervalMillis());
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(from.code()).number(to.code()).number(step).end();
  }

  /// The setting at the reader's position.
  public static ModeSetting readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Mode from = Mode.readFrom(fields);
    Mode to = Mode.readFrom(fields);
    int step = fields.number(STEPS);
    fields.finish();
    if ((step == 0) != (from == to)) {
      throw fields.refuse("step", step);
    }
    return new ModeSetting(from, to, step);
  }
}
