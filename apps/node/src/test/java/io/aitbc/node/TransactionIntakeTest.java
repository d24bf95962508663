// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Bytes;
import io.aitbc.network.PeerId;
import io.aitbc.storage.DiskException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class TransactionIntakeTest { // Protocol §15.4
  private static final PeerId FLOOD = new PeerId(NodeValues.hash(1));
  private static final PeerId STRANGER = new PeerId(NodeValues.hash(2));
  private static final PeerId VALIDATOR = new PeerId(NodeValues.hash(3));
  private static final int THREADS = 2;

  /// Number of a message at which the disk fails.
  private static final int FAILING = 99;

  private final DiskException failure = new DiskException("reading an account");
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final List<Integer> taken = new ArrayList<>();
  private final List<Throwable> broken = new ArrayList<>();
  private final TransactionIntake intake =
      new TransactionIntake(tasks::add, THREADS, this::take, broken::add);

  private void take(List<Bytes> message) {
    int number = message.getFirst().at(0);
    if (number == FAILING) {
      throw failure;
    }
    boolean _ = taken.add(number);
  }

  /// A message of `bytes` that begins with a number.
  private static List<Bytes> message(int number, int bytes) {
    byte[] first = new byte[bytes];
    first[0] = (byte) number;
    return List.of(Bytes.wrap(first));
  }

  private void work() {
    for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
      next.run();
    }
  }

  @Test
  void aFloodHoldsUpNobodyElsesTransactions() {
    for (int i = 0; i < 100; i++) {
      intake.fromStranger(FLOOD, message(1, 100));
    }
    intake.fromStranger(STRANGER, message(2, 100));
    intake.fromValidator(VALIDATOR, message(3, 100));
    intake.fromValidator(VALIDATOR, message(4, 100));
    assertEquals(THREADS, tasks.size());
    work();
    assertEquals(List.of(3, 4, 1, 2), taken.subList(0, 4));
    assertEquals(103, taken.size());
    intake.fromStranger(STRANGER, message(5, 100));
    work();
    assertEquals(104, taken.size(), "it goes on");
  }

  @Test // A validator may be anybody's: what it floods does not keep callers' transactions away.
  void aValidatorsFloodDoesNotEndStrangersTransactions() {
    for (int i = 0; i < 100; i++) {
      intake.fromValidator(VALIDATOR, message(1, 1_000));
    }
    intake.fromStranger(STRANGER, message(2, 1_000));
    intake.fromStranger(STRANGER, message(3, 1_000));
    work();
    assertEquals(4, taken.indexOf(2));
    assertEquals(9, taken.indexOf(3));
  }

  @Test
  void aFloodOfLargeMessagesHasNoMoreThanItsPart() {
    intake.fromStranger(FLOOD, message(2, 100_000));
    intake.fromStranger(FLOOD, message(2, 100_000));
    for (int i = 0; i < 1_000; i++) {
      intake.fromValidator(VALIDATOR, message(1, 1_000));
    }
    work();
    assertEquals(400, taken.indexOf(2));
    assertEquals(801, taken.lastIndexOf(2));
  }

  @Test
  void shortTransactionsCountLikeOthers() {
    List<Bytes> shortOnes = Collections.nCopies(1_000, Bytes.of((byte) 1));
    for (int i = 0; i < 100; i++) {
      intake.fromStranger(FLOOD, shortOnes);
    }
    int all = TransactionIntake.BYTES_PER_PEER_MAX / TransactionIntake.TRANSACTION_BYTES_MIN;
    work();
    assertEquals(all / 1_000, taken.size());
  }

  @Test
  void whatOnePeerBringsBeyondItsShareIsDropped() {
    int half = TransactionIntake.BYTES_PER_PEER_MAX / 2;
    for (int i = 0; i < 100; i++) {
      intake.fromStranger(FLOOD, message(1, half));
    }
    intake.fromStranger(STRANGER, message(2, 4 << 20));
    intake.fromStranger(STRANGER, message(3, 1));
    work();
    assertEquals(List.of(1, 2, 1), taken);
    intake.fromStranger(FLOOD, message(1, half));
    work();
    assertEquals(4, taken.size());
  }

  @Test
  void aFailureThatIsNoPeersFaultIsTold() {
    intake.fromStranger(STRANGER, message(1, 100));
    work();
    assertEquals(List.of(), broken);
    intake.fromStranger(STRANGER, message(FAILING, 100));
    intake.fromStranger(STRANGER, message(2, 100));
    work();
    assertEquals(List.of(failure), broken);
    assertEquals(List.of(1, 2), taken, "until the node has ended it goes on");
  }
}
