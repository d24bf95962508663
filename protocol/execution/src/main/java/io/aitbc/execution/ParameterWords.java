// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Amount;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Fallback;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ProposerStrategy;
import io.aitbc.model.RotationStrategy;
import io.aitbc.model.UInt256;
import io.aitbc.model.VotingPower;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/// The parameters of consensus as the contract Params keeps them: one word each, in the order of
/// their numbers. Protocol §16.3, §19.3.
///
/// @param parameters of consensus
/// @param workShareMillionths the part of the odds that settled work decides
record ParameterWords(ConsensusParameters parameters, int workShareMillionths) {
  /// Words of consensus.
  static final int COUNT = 26;

  private static final int FAST = 10;
  private static final int MODE_WORDS = 5;
  private static final int WORK_SHARE = 25;

  /// The words.
  List<UInt256> encode() {
    List<UInt256> words = new ArrayList<>(COUNT);
    words.add(UInt256.of(parameters.policy().code()));
    words.add(UInt256.of(parameters.startMode().code()));
    long forbidden = 0;
    for (Mode mode : parameters.forbidden()) {
      forbidden |= 1L << mode.code();
    }
    words.add(UInt256.of(forbidden));
    words.add(UInt256.of(parameters.rotation().code()));
    words.add(UInt256.of(parameters.proposers().code()));
    words.add(UInt256.of(parameters.fallback().code()));
    words.add(wei(parameters.minTotalStake()));
    words.add(parameters.valueThreshold().wei());
    words.add(UInt256.of(parameters.emptyBlockIntervalMillis()));
    words.add(UInt256.of(parameters.roundTimerMillisMax()));
    for (ModeParameters mode :
        List.of(parameters.fast(), parameters.balanced(), parameters.secure())) {
      words.add(UInt256.of(mode.blockIntervalMillis()));
      words.add(UInt256.of(mode.validatorsMax()));
      words.add(wei(mode.leastStake()));
      words.add(UInt256.of(mode.transactionsMax()));
      words.add(UInt256.of(mode.bytesMax()));
    }
    words.add(UInt256.of(workShareMillionths));
    return words;
  }

  /// The parameters that these words are; empty if the model refuses them.
  static Optional<ParameterWords> decode(List<UInt256> words) {
    if (words.size() < COUNT
        || words.subList(0, COUNT).stream().anyMatch(w -> w.bitLength() > 128)) {
      return Optional.empty();
    }
    try {
      int share = number(words.get(WORK_SHARE));
      if (share > EpochSnapshot.MILLIONTHS) {
        return Optional.empty();
      }
      ConsensusParameters parameters =
          new ConsensusParameters(
              coded(Stream.of(ModePolicy.values()), ModePolicy::code, words.get(0)),
              coded(Stream.of(Mode.values()), Mode::code, words.get(1)),
              Stream.of(Mode.values())
                  .filter(mode -> ((words.get(2).low() >> mode.code()) & 1) == 1)
                  .toList(),
              coded(Stream.of(RotationStrategy.values()), RotationStrategy::code, words.get(3)),
              coded(Stream.of(ProposerStrategy.values()), ProposerStrategy::code, words.get(4)),
              coded(Stream.of(Fallback.values()), Fallback::code, words.get(5)),
              VotingPower.of(new Amount(words.get(6))),
              new Amount(words.get(7)),
              number(words.get(8)),
              number(words.get(9)),
              mode(words, FAST),
              mode(words, FAST + MODE_WORDS),
              mode(words, FAST + 2 * MODE_WORDS));
      return Optional.of(new ParameterWords(parameters, share));
    } catch (IllegalArgumentException | ArithmeticException refused) {
      return Optional.empty();
    }
  }

  private static ModeParameters mode(List<UInt256> words, int first) {
    return new ModeParameters(
        number(words.get(first)),
        number(words.get(first + 1)),
        VotingPower.of(new Amount(words.get(first + 2))),
        number(words.get(first + 3)),
        number(words.get(first + 4)));
  }

  private static <T> T coded(Stream<T> values, ToIntFunction<T> code, UInt256 word) {
    int wanted = number(word);
    return values
        .filter(value -> code.applyAsInt(value) == wanted)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("code " + wanted));
  }

  private static int number(UInt256 word) {
    return Math.toIntExact(word.toLongExact());
  }

  private static UInt256 wei(VotingPower power) {
    return UInt256.of(power.units()).times(UInt256.of(VotingPower.WEI_PER_UNIT));
  }
}
