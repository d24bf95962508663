// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

// Without any one of the rules on which agreement rests, the build's own seeds fail. A rule is
// taken away by a change of one line of its source. Protocol §3, §4, §5, §8, §12.1.
class PatchTest {
  /// The build's seeds; those that concern a patch are run.
  private static final int SEEDS = 300;

  /// So many of them at most: then the patch counts as unnoticed.
  private static final int RUNS_MAX = 40;

  private static final String CONSENSUS = "protocol/consensus/src/main/java/io/aitbc/consensus/";
  private static final String MODEL = "protocol/model/src/main/java/io/aitbc/model/";

  private static final List<Invariant> QUORUM_SHOWS =
      List.of(
          Invariant.CERTIFICATE_HOLDS,
          Invariant.LOCK_RULE,
          Invariant.ONE_CERTIFICATE,
          Invariant.AGREEMENT);

  private static final Patch LOCK =
      new Patch(
          "a lock is written down",
          "apps/node/src/main/java/io/aitbc/node/EffectLoop.java",
          "case Effect.Persist(LogRecord logRecord) -> persist(logRecord);",
          "case Effect.Persist(LogRecord.Lock _) -> {}"
              + " case Effect.Persist(LogRecord logRecord) -> persist(logRecord);",
          _ -> true,
          List.of(Invariant.DURABLE_BEFORE_SENT));

  static final List<Patch> PATCHES =
      List.of(
          new Patch(
              "more than two thirds, strictly",
              MODEL + "VotingPower.java",
              "return 3 * units > 2 * total.units;",
              "return 3 * units >= 2 * total.units;",
              PatchTest::stakesInThirds,
              QUORUM_SHOWS),
          LOCK,
          new Patch(
              "the mode follows from the chain, not from the certificate that a node holds",
              CONSENSUS + "FinalizedBlock.java",
              "        block.parentCertificate(),",
              "        Optional.of(block.certificate()),",
              options -> options.parameters().policy() != ModePolicy.PINNED,
              List.of(Invariant.ONE_MODE, Invariant.NO_HONEST_BLAMED, Invariant.NO_DIVERGENCE)),
          new Patch(
              "a proposer orders what its pool has",
              "apps/node/src/main/java/io/aitbc/node/EffectLoop.java",
              "request.height(), request.round(), batch.hashes(), batch.transactions()));",
              "request.height(), request.round(), List.of(), List.of()));",
              options ->
                  options.members().stream().anyMatch(each -> each.vices().contains(Vice.CENSORS)),
              List.of(Invariant.NOT_CENSORED)),
          new Patch(
              "what is signed names the network",
              "protocol/crypto/src/main/java/io/aitbc/crypto/ValidatorMessage.java",
              "genesisHash.copyTo(bytes, 1 + tag.length);",
              "",
              PatchTest::isForged,
              List.of(Invariant.NOT_FORGED)),
          new Patch(
              "what is signed names the mode",
              MODEL + "Ballot.java",
              "RlpWriter fields = new RlpWriter(64).begin();",
              "if (mode != Mode.FAST) { return new Prepare(height, round, Mode.FAST, proposalId,"
                  + " preparedRound).message(genesisHash); }"
                  + " RlpWriter fields = new RlpWriter(64).begin();",
              PatchTest::isForged,
              List.of(Invariant.NOT_FORGED)),
          new Patch(
              "BALANCED needs the authorities",
              MODEL + "Quorums.java",
              "case BALANCED -> authorityQuorum();",
              "case BALANCED -> 0;",
              PatchTest::isBalanced,
              QUORUM_SHOWS),
          new Patch(
              "BALANCED needs the stake",
              MODEL + "Quorums.java",
              "return rule != QuorumRule.FAST;",
              "return rule != QuorumRule.FAST && rule != QuorumRule.BALANCED;",
              PatchTest::isBalanced,
              QUORUM_SHOWS),
          new Patch(
              "evidence is judged by the set of its height",
              CONSENSUS + "DerivedState.java",
              ".filter(plan -> plan.epoch() == epoch)",
              ".filter(plan -> plan.epoch() == fields.current.epoch())",
              // A second loader of classes does not find the library of the chain's precompiles.
              options ->
                  options.members().getFirst().vices().equals(OptionsDraw.CONVICTED)
                      && !options.realExecution(),
              List.of(Invariant.EVIDENCE_AGAINST_GUILTY)));

  /// Two of three equal stakers have two thirds of the stake and no more.
  private static boolean stakesInThirds(Options options) {
    List<Long> stakes =
        options.members().stream().map(Member::stake).filter(stake -> stake > 0).toList();
    return !stakes.isEmpty() && stakes.size() % 3 == 0 && stakes.stream().distinct().count() == 1;
  }

  private static boolean isForged(Options options) {
    return options.members().stream().anyMatch(member -> member.vices().contains(Vice.FORGES));
  }

  private static boolean isBalanced(Options options) {
    return options.parameters().startMode() == Mode.BALANCED
        && options.members().stream().anyMatch(member -> member.validatorClass().isAuthority())
        && options.members().stream().anyMatch(member -> member.validatorClass().isStaker());
  }

  @ParameterizedTest
  @FieldSource("PATCHES")
  void withoutTheRuleTheBuildsSeedsFail(Patch patch) throws Exception {
    Method run = trial(patch, "run");
    List<Long> seeds =
        LongStream.range(SeedsTest.FIRST, SeedsTest.FIRST + SEEDS)
            .filter(seed -> patch.concerns().test(OptionsDraw.of(seed, Profile.SWARM)))
            .limit(RUNS_MAX)
            .boxed()
            .toList();
    for (long seed : seeds) {
      List<String> failed = call(run, seed);
      if (!failed.isEmpty()) {
        System.out.println("without \"%s\" seed %d fails: %s".formatted(patch, seed, failed));
        assertTrue(patch.shows().contains(Invariant.valueOf(failed.getFirst())), failed.toString());
        return;
      }
    }
    throw new AssertionError("seeds %s do not notice the patch \"%s\"".formatted(seeds, patch));
  }

  @Test
  void aPatchThatDoesNotApplyIsAnError() {
    Patch stale =
        new Patch("nothing", MODEL + "Mode.java", "no such line", "", _ -> true, List.of());
    assertThrows(IllegalStateException.class, () -> PatchedClasses.of(stale));
  }

  @Test
  void aFailingSeedIsMadeSmallerAndItsPrintedLineRepeatsIt() throws Exception {
    List<String> found = call(trial(LOCK, "minimize"), 1);
    assertEquals(found.get(0), found.get(1)); // The same invariant fails,
    assertEquals(found.get(2), found.get(3)); // in the very run that was printed,
    for (int i = 4; i < found.size(); i += 2) { // with fewer nodes, faults and steps.
      assertTrue(Long.parseLong(found.get(i + 1)) < Long.parseLong(found.get(i)), found.toString());
    }
  }

  static List<String> call(Method method, long seed) throws Exception {
    return ((List<?>) Objects.requireNonNull(method.invoke(null, seed)))
        .stream().map(String::valueOf).toList();
  }

  static Method trial(Patch patch, String name) throws Exception {
    Method method =
        PatchedClasses.of(patch)
            .loadClass(PatchTrial.class.getName())
            .getDeclaredMethod(name, long.class);
    method.setAccessible(true);
    return method;
  }
}
