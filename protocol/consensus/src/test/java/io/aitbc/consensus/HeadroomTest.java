// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.model.Fallback;
import io.aitbc.model.Mode;
import io.aitbc.model.TestValidators;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// Protocol §3.3.
class HeadroomTest {
  private static Predicate<Validator> without(int... absent) {
    List<Integer> gone = java.util.Arrays.stream(absent).boxed().toList();
    return validator ->
        gone.stream().noneMatch(i -> validator.account().equals(TestValidators.account(i)));
  }

  private static Headroom of(ValidatorSet set, int... absent) {
    return Headroom.of(set, Fallback.ON, without(absent));
  }

  @Test // Protocol §3.3: 21 authorities leave FAST unable to decide below 18.
  void slackIsWhatMayGoBeforeTheQuorumIsLost() {
    ValidatorSet set = TestValidators.set(21, 1, 1, 1, 1, 1, 1, 1);
    assertEquals(3, of(set).slack(Mode.FAST));
    assertEquals(0, of(set, 0, 1, 2).slack(Mode.FAST));
    assertEquals(-1, of(set, 0, 1, 2, 3).slack(Mode.FAST));
    assertEquals(2, of(set).slack(Mode.BALANCED));
    assertEquals(1, of(set, 0, 1, 2, 3, 4).slack(Mode.BALANCED));
    assertEquals(-1, of(set, 21, 22, 23).slack(Mode.BALANCED));
  }

  @Test // Protocol §3.3: the worst order, so the largest stakes go first.
  void theLargestStakesGoFirst() {
    assertEquals(0, of(TestValidators.set(0, 4, 1, 1, 1)).slack(Mode.SECURE));
    assertEquals(1, of(TestValidators.set(0, 2, 2, 2, 2)).slack(Mode.SECURE));
    assertEquals(-1, of(TestValidators.set(0, 1, 1, 1), 0).slack(Mode.SECURE));
  }

  @Test // Protocol §4: a mode that the set does not carry has none.
  void aClassWithoutMembersHasNoSlack() {
    assertEquals(-1, of(TestValidators.set(4)).slack(Mode.SECURE));
    assertEquals(-1, of(TestValidators.set(4)).slack(Mode.BALANCED));
    assertEquals(-1, of(TestValidators.set(0, 1, 1)).slack(Mode.FAST));
  }
}
