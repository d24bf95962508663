// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// What a mode means besides its quorum. Protocol §2.2, §5.8, §19.
///
/// @param blockIntervalMillis time from one block to the next while there is something to order,
///   from 1 to {@link #INTERVAL_MILLIS_MAX}
/// @param validatorsMax most validators in a set drawn in this mode, from 1 to {@link
///   ValidatorSet#VALIDATORS_MAX}
/// @param leastStake least stake of a staker in such a set
/// @param transactionsMax most transactions in a content, from 1 to {@link
///   ProposalContent#TRANSACTIONS_MAX}
/// @param bytesMax most bytes of transactions in a content, from 1 to {@link
///   PeerMessage#BODIES_BYTES_MAX}
public record ModeParameters(
    int blockIntervalMillis,
    int validatorsMax,
    VotingPower leastStake,
    int transactionsMax,
    int bytesMax)
    implements Encodable {
  /// Longest interval: one minute.
  public static final int INTERVAL_MILLIS_MAX = 60_000;

  /// @throws IllegalArgumentException if a value is out of range
  public ModeParameters {
    if (!fits(blockIntervalMillis, validatorsMax, transactionsMax, bytesMax)) {
      throw new IllegalArgumentException(
          "interval %d, validators %d, transactions %d, bytes %d"
              .formatted(blockIntervalMillis, validatorsMax, transactionsMax, bytesMax));
    }
  }

  private static boolean fits(int interval, int validators, int transactions, int bytes) {
    return within(interval, INTERVAL_MILLIS_MAX)
        && within(validators, ValidatorSet.VALIDATORS_MAX)
        && within(transactions, ProposalContent.TRANSACTIONS_MAX)
        && within(bytes, PeerMessage.BODIES_BYTES_MAX);
  }

  private static boolean within(int value, int max) {
    return value >= 1 && value <= max;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(blockIntervalMillis).number(validatorsMax).number(leastStake.units());
    writer.number(transactionsMax).number(bytesMax).end();
  }

  /// The parameters at the reader's position.
  public static ModeParameters readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    int interval = fields.number(INTERVAL_MILLIS_MAX);
    int validators = fields.number(ValidatorSet.VALIDATORS_MAX);
    VotingPower leastStake = VotingPower.readFrom(fields);
    int transactions = fields.number(ProposalContent.TRANSACTIONS_MAX);
    int bytes = fields.number(PeerMessage.BODIES_BYTES_MAX);
    fields.finish();
    if (!fits(interval, validators, transactions, bytes)) {
      throw fields.refuse("mode parameters", 0);
    }
    return new ModeParameters(interval, validators, leastStake, transactions, bytes);
  }
}
