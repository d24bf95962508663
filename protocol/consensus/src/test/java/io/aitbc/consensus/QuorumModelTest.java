// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import edu.mit.csail.sdg.alloy4.A4Reporter;
import edu.mit.csail.sdg.ast.Command;
import edu.mit.csail.sdg.ast.Module;
import edu.mit.csail.sdg.parser.CompUtil;
import edu.mit.csail.sdg.translator.A4Options;
import edu.mit.csail.sdg.translator.TranslateAlloyToKodkod;
import io.aitbc.model.Fallback;
import io.aitbc.model.Oversight;
import io.aitbc.model.QuorumRule;
import io.aitbc.model.Quorums;
import io.aitbc.model.Round;
import io.aitbc.model.VotingPower;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The quorum rules as relations (quorums.als), with the numbers of {@link Quorums}: Alloy looks
/// through all signers of two certificates and all liars. Each claim has its control beside it, a
/// rule one short or an assumption dropped, which must fork. Protocol §4.
class QuorumModelTest {
  private static final long STAKE_OF_ONE = 100;

  @ParameterizedTest // Protocol §4
  @CsvSource({"4, 4", "5, 4", "7, 4", "7, 5"})
  void forksAreWhereTheClaimsSayAndNowhereElse(int authorities, int stakers) throws IOException {
    Module model =
        CompUtil.parseEverything_fromString(A4Reporter.NOP, source(authorities, stakers));
    Map<String, Boolean> expected = new LinkedHashMap<>();
    Map<String, Boolean> found = new LinkedHashMap<>();
    for (Command check : model.getAllCommands()) {
      expected.put(check.label, check.expects == 1);
      found.put(
          check.label,
          TranslateAlloyToKodkod.execute_command(
                  A4Reporter.NOP, model.getAllReachableSigs(), check, new A4Options())
              .satisfiable());
    }
    assertTrue(expected.containsValue(true) && expected.containsValue(false));
    assertEquals(expected, found);
    System.out.printf(
        "[notice] quorums in Alloy: %d authorities, %d stakers: %d claims hold, %d controls fork%n",
        authorities,
        stakers,
        expected.values().stream().filter(forks -> !forks).count(),
        expected.values().stream().filter(forks -> forks).count());
  }

  private static String source(int n, int stakers) throws IOException {
    Quorums quorums = new Quorums(n, new VotingPower(STAKE_OF_ONE * stakers), Fallback.ON);
    int f = quorums.faultyAuthorities();
    int q = needed(quorums, QuorumRule.BALANCED);
    int fast = needed(quorums, QuorumRule.FAST);
    int recovery = needed(quorums, QuorumRule.RECOVERY);
    int stake = 0;
    while (!new VotingPower(STAKE_OF_ONE * stake).isQuorumOf(quorums.totalStake())) {
      stake++;
    }
    int half = stakers / 2 + 1;
    int stakersLyingMost = (stakers - 1) / 3;
    Map<String, Integer> numbers = new LinkedHashMap<>();
    numbers.put("n", n);
    numbers.put("m", stakers);
    numbers.put("all", n + stakers);
    numbers.put("f", f);
    numbers.put("q", q);
    numbers.put("qF", fast);
    numbers.put("t", recovery);
    numbers.put("tShort", recovery - 1);
    numbers.put("oversight", needed(quorums, QuorumRule.SECURE));
    numbers.put("stake", stake);
    numbers.put("half", half);
    // Without slack two groups of these sizes share only liars.
    numbers.put("plainForks", q + recovery - n <= f ? 1 : 0);
    numbers.put("halfForks", 2 * half - stakers <= stakersLyingMost ? 1 : 0);
    numbers.put("recoveryForks", 2 * recovery - n <= f ? 1 : 0);
    String text = template();
    for (Map.Entry<String, Integer> number : numbers.entrySet()) {
      text = text.replace("{" + number.getKey() + "}", number.getValue().toString());
    }
    return text;
  }

  private static int needed(Quorums quorums, QuorumRule rule) {
    return quorums.authoritiesNeeded(rule, Round.ZERO, Oversight.REQUIRED);
  }

  private static String template() throws IOException {
    try (InputStream file = QuorumModelTest.class.getResourceAsStream("quorums.als")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
