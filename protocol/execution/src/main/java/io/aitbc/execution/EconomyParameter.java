// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Parameters of the economy and of AI work with their defaults, ascending by their numbers in the
/// contract Params: after those of consensus, and again after those of execution. Protocol §19.3.
@SuppressWarnings("ImmutableEnumChecker") // A UInt256 is a record of longs.
public enum EconomyParameter {
  /// Least bond of an authority, wei.
  AUTHORITY_BOND(26, aitbc(10_000)),
  /// Least own stake of a candidate, wei.
  STAKE_MIN(27, aitbc(1_000)),
  /// Least delegation, wei.
  DELEGATION_MIN(28, aitbc(1)),
  /// Unbonding time, milliseconds of active time.
  UNBONDING(29, days(21)),
  /// How much a commission may rise at once, millionths.
  COMMISSION_RISE(30, UInt256.of(10_000)),
  /// Most candidates by stake.
  CANDIDATES_MAX(31, UInt256.of(2_000)),
  /// Greatest part of all stake in one pool that takes in more, millionths.
  STAKE_SHARE_MAX(32, UInt256.of(330_000)),
  /// How much less stake a candidate has that a newcomer may displace, millionths.
  DISPLACEMENT(33, UInt256.of(100_000)),
  /// Time from the announcement of a key to its use, milliseconds of active time.
  KEY_DELAY(34, days(1)),
  /// Part that a conviction takes at once, millionths.
  SLASH_CONVICTED(35, UInt256.of(100_000)),
  /// Factor on the convicted share of the class.
  SLASH_CORRELATION(36, UInt256.of(3)),
  /// Part that absence takes the first time, millionths.
  SLASH_ABSENT_FIRST(37, UInt256.of(10_000)),
  /// Part that absence takes when it is repeated, millionths.
  SLASH_ABSENT_AGAIN(38, UInt256.of(50_000)),
  /// Within which time absence is repeated, milliseconds of active time.
  ABSENT_AGAIN_WITHIN(39, days(30)),
  /// Part of what a conviction takes at once that goes to the reporter, millionths.
  REPORTER_SHARE(40, UInt256.of(50_000)),
  /// Part of slashed money that is burned; the rest goes to the Treasury, millionths.
  SLASH_BURNED(41, UInt256.of(1_000_000)),
  /// Reward of two seconds of active time, wei.
  BASE_REWARD(42, aitbc(100)),
  /// Greatest multiple of the base reward, millionths.
  LOAD_MAX(43, UInt256.of(1_500_000)),
  /// Part of what a signature earns that goes to who carried it, millionths: a sixteenth.
  CARRIER_SHARE(44, UInt256.of(62_500)),
  /// What is deposited with a proposal, wei.
  PROPOSAL_DEPOSIT(45, aitbc(1_000)),
  /// How long a vote lasts, milliseconds of active time.
  VOTING_TIME(46, days(7)),
  /// How long what was decided waits, milliseconds of active time.
  TIMELOCK_DELAY(47, days(2)),
  /// Part of all stake that an ordinary vote needs, millionths.
  QUORUM(48, UInt256.of(100_000)),
  /// Part of the votes that an ordinary decision exceeds, millionths.
  MAJORITY(49, UInt256.of(500_000)),
  /// Least bond of a worker, wei.
  WORKER_BOND(58, aitbc(1_000)),
  /// Least bond of an auditor, wei.
  AUDITOR_BOND(59, aitbc(100)),
  /// Least bond of an evaluator, wei.
  EVALUATOR_BOND(60, aitbc(100)),
  /// Time from the end of a service's last duty to when its bond can leave, milliseconds of active
  /// time.
  SERVICE_UNBONDING(61, days(7)),
  /// What is deposited with a model, wei.
  MODEL_DEPOSIT(62, aitbc(100)),
  /// How long a worker's turn lasts, seconds of active time.
  TURN_SECONDS(63, UInt256.of(2)),
  /// The same in blocks.
  TURN_BLOCKS(64, UInt256.of(4)),
  /// Time from a commitment to its reveal, seconds of active time.
  REVEAL_SECONDS(65, UInt256.of(60)),
  /// The same in blocks.
  REVEAL_BLOCKS(66, UInt256.of(120)),
  /// Time in which a result can be challenged, seconds of active time.
  WINDOW_SECONDS(67, UInt256.of(600)),
  /// The same in blocks.
  WINDOW_BLOCKS(68, UInt256.of(300)),
  /// Time for an answer or a move in a dispute, seconds of active time.
  MOVE_SECONDS(69, UInt256.of(3_600)),
  /// The same in blocks.
  MOVE_BLOCKS(70, UInt256.of(1_800)),
  /// Blocks from a commitment to the beacon that draws its auditors.
  AUDIT_DELAY(71, UInt256.of(6)),
  /// Seats of auditors.
  AUDIT_SEATS(72, UInt256.of(10)),
  /// Part of a fee that is the worker's, millionths.
  WORKER_SHARE(73, UInt256.of(800_000)),
  /// Part of a fee that is the auditors', millionths.
  AUDITORS_SHARE(74, UInt256.of(50_000)),
  /// What a proven fraud costs, and what is set aside of a bond for a claim, in rewards of it.
  WORK_SLASH(75, UInt256.of(10)),
  /// Part of a fee that a late worker pays, millionths.
  LATE_SHARE(76, UInt256.of(100_000)),
  /// Part of a fee that is burned when nobody takes a claim, millionths.
  UNTAKEN_BURN(77, UInt256.of(10_000)),
  /// Part of what a fraud costs that is the challenger's, millionths.
  CHALLENGER_SHARE(78, UInt256.of(50_000)),
  /// Gas that the answers of a dispute are taken to cost.
  ANSWER_GAS(79, UInt256.of(4_000_000)),
  /// Disputes of a worker with clocks that run.
  DISPUTES_MAX(80, UInt256.of(8)),
  /// Part of a fee that is the evaluators', millionths.
  EVALUATORS_SHARE(81, UInt256.of(50_000)),
  /// Seats of evaluators, an odd number.
  EVALUATOR_SEATS(82, UInt256.of(7)),
  /// Time from a reveal in which scores are sealed, seconds of active time.
  SCORE_SECONDS(83, UInt256.of(120)),
  /// The same in blocks.
  SCORE_BLOCKS(84, UInt256.of(60)),
  /// Time after that in which they are opened, seconds of active time.
  SCORE_REVEAL_SECONDS(85, UInt256.of(120)),
  /// The same in blocks.
  SCORE_REVEAL_BLOCKS(86, UInt256.of(60)),
  /// Weight of correctness in the quality, millionths; the three weights are a million together.
  CORRECTNESS_WEIGHT(87, UInt256.of(500_000)),
  /// Weight of utility, millionths.
  UTILITY_WEIGHT(88, UInt256.of(500_000)),
  /// Weight of novelty, millionths: no job extracts anything yet that could be new.
  NOVELTY_WEIGHT(89, UInt256.ZERO),
  /// Greatest part of a reward that missing quality withholds, millionths.
  QUALITY_SHARE(90, UInt256.of(200_000)),
  /// Fees of one client's claims that count for one worker's weight in an epoch, wei.
  WORK_PAIR_MAX(91, aitbc(1_000)),
  /// Seats of auditors of a claim that trusted hardware vouches for.
  ATTESTED_SEATS(92, UInt256.of(5)),
  /// Part of such a claim's fee that counts as work, millionths.
  ATTESTED_WEIGHT(93, UInt256.of(500_000)),
  /// Claims for which one machine may vouch in an epoch; more are audited like any other.
  MACHINE_CLAIMS(94, UInt256.of(256)),
  /// Time of a second auditor for its report, and after it of who challenges it, seconds of active
  /// time.
  CHECK_SECONDS(95, UInt256.of(120)),
  /// The same in blocks.
  CHECK_BLOCKS(96, UInt256.of(60)),
  /// What a false report costs, parts of a seat.
  SEAT_PENALTY(97, UInt256.of(10)),
  /// Greatest tolerance of a calibration, relative L2, billionths.
  TOLERANCE_MAX(98, UInt256.of(10_000)),
  /// Time in which opinions about an objection are sealed, seconds of active time.
  OPINION_SECONDS(99, UInt256.of(3_600)),
  /// The same in blocks.
  OPINION_BLOCKS(100, UInt256.of(1_800)),
  /// Time after that in which they are opened, seconds of active time.
  OPINION_REVEAL_SECONDS(101, UInt256.of(600)),
  /// The same in blocks.
  OPINION_REVEAL_BLOCKS(102, UInt256.of(300)),
  /// Seats of a jury.
  JURY_SEATS(103, UInt256.of(21)),
  /// Part of a claim's fee that an opinion is paid, millionths.
  OPINION_SHARE(104, UInt256.of(12_500)),
  /// Gas that an opinion is taken to cost.
  OPINION_GAS(105, UInt256.of(300_000));

  /// Number of the first parameter of execution.
  static final int EXECUTION = 50;

  /// How many parameters the contract Params has.
  static final int COUNT = ParameterWords.COUNT + values().length + BlockRules.COUNT;

  private static final long DAY_MILLIS = 86_400_000;

  private final int number;
  private final UInt256 standard;

  EconomyParameter(int number, UInt256 standard) {
    this.number = number;
    this.standard = standard;
  }

  /// Its number in the contract Params.
  public int number() {
    return number;
  }

  /// The value of a genesis that names no other.
  public UInt256 standard() {
    return standard;
  }

  /// The words of the contract Params in the order of their numbers.
  ///
  /// @param consensus the parameters of consensus
  /// @param changed parameters of the economy that are not the standard
  /// @param execution gas limits and fees
  static List<UInt256> words(
      ParameterWords consensus,
      Map<EconomyParameter, UInt256> changed,
      ExecutionParameters execution) {
    List<UInt256> words = new ArrayList<>(consensus.encode());
    for (EconomyParameter each : values()) {
      if (words.size() == EXECUTION) {
        words.addAll(BlockRules.words(execution));
      }
      words.add(changed.getOrDefault(each, each.standard));
    }
    return words;
  }

  private static UInt256 aitbc(long count) {
    return Amount.aitbc(count).wei();
  }

  private static UInt256 days(long count) {
    return UInt256.of(count * DAY_MILLIS);
  }
}
