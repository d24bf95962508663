// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AnnouncementsTest {
  private static final long START = -3; // The clock may start anywhere.
  private static final Hash A = Keccak256.hash(new byte[] {1});
  private static final Hash B = Keccak256.hash(new byte[] {2});
  private static final Hash C = Keccak256.hash(new byte[] {3});

  @Test // Protocol §15.3
  void theFirstIsToldAtOnceAndTheNextAfterThePause() {
    Announcements announcements = new Announcements(Announcements.PAUSE_NANOS);
    assertEquals(OptionalLong.of(0), announcements.add(List.of(A), START));
    assertEquals(List.of(A), announcements.take(START));
    assertEquals(
        OptionalLong.of(Announcements.PAUSE_NANOS - 3), announcements.add(List.of(B), START + 3));
    assertEquals(OptionalLong.empty(), announcements.add(List.of(C, A), START + 4));
    assertEquals(List.of(B, C, A), announcements.take(START + Announcements.PAUSE_NANOS));
  }

  @Test // Protocol §15.3
  void afterAPauseOneIsToldAtOnceAgain() {
    Announcements announcements = new Announcements(Announcements.PAUSE_NANOS);
    assertEquals(OptionalLong.of(0), announcements.add(List.of(A), START));
    assertEquals(List.of(A), announcements.take(START));
    assertEquals(
        OptionalLong.of(0), announcements.add(List.of(B), START + Announcements.PAUSE_NANOS));
    assertEquals(List.of(B), announcements.take(START + Announcements.PAUSE_NANOS));
  }
}
