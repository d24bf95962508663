// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.model.ForkSchedule.Activation;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which rules a block follows. Protocol §14.7.
class ForkScheduleTest {
  private static final ForkSchedule SCHEDULE =
      new ForkSchedule(List.of(new Activation(0, Fork.PRAGUE), new Activation(100, Fork.OSAKA)));

  @Test
  void aForkBeginsWithItsSecond() {
    assertEquals(Fork.PRAGUE, SCHEDULE.at(0));
    assertEquals(Fork.PRAGUE, SCHEDULE.at(99));
    assertEquals(Fork.OSAKA, SCHEDULE.at(100));
    assertEquals(Fork.OSAKA, SCHEDULE.at(Long.MAX_VALUE));
  }

  @Test
  void aScheduleBeginsAtZeroAndAscends() {
    Activation osaka = new Activation(0, Fork.OSAKA);
    refused();
    refused(new Activation(1, Fork.OSAKA));
    refused(osaka, new Activation(1, Fork.PRAGUE));
    refused(osaka, osaka);
    refused(new Activation(0, Fork.PRAGUE), osaka);
  }

  private static void refused(Activation... activations) {
    assertThrows(IllegalArgumentException.class, () -> new ForkSchedule(List.of(activations)));
  }
}
