// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.model.Amount;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The policies as truth tables. Shares in millionths; values in AITBC of a threshold of 1,000.
/// Protocol §3.3.
class ModeRuleTest {
  private static final List<Mode> ALL = List.of(Mode.values());

  private static ConsensusParameters parameters(ModePolicy policy) {
    return TestChain.parameters(policy, Mode.BALANCED);
  }

  private static ModeInputs inputs(int load, int availability, int participation) {
    return new ModeInputs(load, availability, participation, Amount.ZERO, 0, 0);
  }

  @ParameterizedTest // Protocol §3.3: OPERATIONAL.
  @CsvSource({
    // load, availability, in force -> wanted
    "299999, 900001, BALANCED, FAST",
    "300000, 900001, BALANCED, BALANCED",
    "299999, 900000, BALANCED, BALANCED",
    "299999, 800000, BALANCED, BALANCED",
    "299999, 799999, BALANCED, SECURE",
    "900000, 799999, BALANCED, SECURE",
    "900000, 1000000, BALANCED, BALANCED",
    // FAST is left only 0.10 beyond what chose it.
    "399999, 800001, FAST, FAST",
    "400000, 1000000, FAST, BALANCED",
    "100000, 800000, FAST, BALANCED",
    "100000, 799999, FAST, SECURE",
    // SECURE is left only 0.10 beyond what chose it.
    "900000, 899999, SECURE, SECURE",
    "900000, 900000, SECURE, BALANCED",
    "100000, 900001, SECURE, FAST",
  })
  void operationalFollowsLoadAndAvailability(
      int load, int availability, Mode current, Mode wanted) {
    assertEquals(
        wanted,
        ModeRule.wanted(
            parameters(ModePolicy.OPERATIONAL), current, inputs(load, availability, 0)));
  }

  @ParameterizedTest // Protocol §3.3: OPERATIONAL, what there is to lose.
  @CsvSource({
    // value, convicted authorities, convicted stake, in force -> wanted
    "1000, 0, 0, BALANCED, FAST",
    "1001, 0, 0, BALANCED, SECURE",
    "901, 0, 0, SECURE, SECURE",
    "900, 0, 0, SECURE, FAST",
    "0, 1, 0, BALANCED, SECURE",
    "0, 0, 10000, BALANCED, FAST",
    "0, 0, 10001, BALANCED, SECURE",
    "0, 0, 9001, SECURE, SECURE",
    "0, 0, 9000, SECURE, FAST",
  })
  void operationalTurnsSecureWhenThereIsMuchToLose(
      long value, int authorities, int stake, Mode current, Mode wanted) {
    ModeInputs inputs =
        new ModeInputs(0, 1_000_000, 1_000_000, Amount.aitbc(value), authorities, stake);
    assertEquals(wanted, ModeRule.wanted(parameters(ModePolicy.OPERATIONAL), current, inputs));
  }

  @ParameterizedTest // Protocol §3.3: WHITEPAPER, to the letter.
  @CsvSource({
    // load, availability, participation, in force -> wanted
    "299999, 900001, 1000000, BALANCED, FAST",
    "300000, 900001, 800001, BALANCED, SECURE",
    "300000, 900001, 800000, BALANCED, BALANCED",
    "700000, 1000000, 0, BALANCED, BALANCED",
    "700001, 1000000, 0, BALANCED, SECURE",
    "299999, 900000, 800001, BALANCED, SECURE",
    "600001, 1000000, 0, SECURE, SECURE",
    "600000, 1000000, 700000, SECURE, BALANCED",
    "600000, 1000000, 700001, SECURE, SECURE",
    "399999, 800001, 1000000, FAST, FAST",
    "400000, 900001, 1000000, FAST, SECURE",
  })
  void whitePaperFollowsItsText(
      int load, int availability, int participation, Mode current, Mode wanted) {
    assertEquals(
        wanted,
        ModeRule.wanted(
            parameters(ModePolicy.WHITEPAPER), current, inputs(load, availability, participation)));
  }

  @Test // Protocol §3.3: a mode without slack is not entered while another has more.
  void aModeWithoutHeadroomIsNotEntered() {
    assertEquals(
        Mode.BALANCED, ModeRule.withHeadroom(Mode.FAST, Mode.BALANCED, ALL, new Headroom(0, 3, 3)));
    assertEquals(
        Mode.FAST, ModeRule.withHeadroom(Mode.FAST, Mode.BALANCED, ALL, new Headroom(1, 3, 3)));
  }

  @Test // Protocol §3.3: nor kept.
  void aModeWithoutHeadroomIsNotKept() {
    assertEquals(
        Mode.SECURE, ModeRule.withHeadroom(Mode.FAST, Mode.FAST, ALL, new Headroom(0, 0, 4)));
    assertEquals(
        Mode.BALANCED, ModeRule.withHeadroom(Mode.FAST, Mode.FAST, ALL, new Headroom(0, 4, 4)));
  }

  @Test // Protocol §3.3: while another has more; a chain of one validator has no slack anywhere.
  void withoutHeadroomAnywhereThePolicyDecides() {
    assertEquals(
        Mode.FAST, ModeRule.withHeadroom(Mode.FAST, Mode.BALANCED, ALL, new Headroom(0, 0, 0)));
  }

  @Test // Protocol §3.3: headroom leads only to a possible mode.
  void headroomDoesNotLeadToAForbiddenMode() {
    List<Mode> possible = List.of(Mode.FAST, Mode.SECURE);
    assertEquals(
        Mode.SECURE, ModeRule.withHeadroom(Mode.FAST, Mode.FAST, possible, new Headroom(0, 4, 3)));
  }

  @Test // Protocol §3.3: governance can forbid modes.
  void aForbiddenModeIsReplacedByTheNearest() {
    Headroom plenty = new Headroom(5, 5, 5);
    assertEquals(
        Mode.BALANCED,
        ModeRule.withHeadroom(Mode.FAST, Mode.SECURE, List.of(Mode.BALANCED, Mode.SECURE), plenty));
    assertEquals(
        Mode.SECURE,
        ModeRule.withHeadroom(Mode.BALANCED, Mode.SECURE, List.of(Mode.FAST, Mode.SECURE), plenty));
  }
}
