// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.FrameType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutboundQueuesTest {
  private final OutboundQueues queues = new OutboundQueues();

  @Test // Protocol §15.2
  void aVoteNeverWaitsBehindAnythingElse() {
    offer(TrafficClass.SYNC, 1000);
    offer(TrafficClass.TRANSACTIONS, 1000);
    offer(TrafficClass.PROPOSALS, 1000);
    offer(TrafficClass.VOTES, 100);
    assertEquals(
        List.of(
            TrafficClass.VOTES,
            TrafficClass.PROPOSALS,
            TrafficClass.SYNC,
            TrafficClass.TRANSACTIONS),
        drained());
  }

  @Test // Protocol §15.2
  void transactionsAndSyncShareByBytes() {
    for (int i = 0; i < 4; i++) {
      offer(TrafficClass.SYNC, 1000);
    }
    for (int i = 0; i < 40; i++) {
      offer(TrafficClass.TRANSACTIONS, 100);
    }
    List<TrafficClass> order = drained();
    int firstHalf = 0;
    for (TrafficClass each : order.subList(0, 22)) {
      firstHalf += each == TrafficClass.SYNC ? 1000 : 0;
    }
    assertEquals(2000, firstHalf);
  }

  @Test // Protocol §15.2
  void withinAClassOrderIsKept() {
    List<OutboundFrame> sent = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      OutboundFrame frame = frame(TrafficClass.VOTES, i);
      sent.add(frame);
      assertTrue(queues.offer(frame));
    }
    for (OutboundFrame each : sent) {
      assertEquals(each, queues.poll());
    }
    assertNull(queues.poll());
  }

  @ParameterizedTest // Protocol §15.2
  @EnumSource
  void aFullQueueTakesNothingMoreAndTheOthersDo(TrafficClass full) {
    int max = full.queueBytesMax();
    assertTrue(queues.offer(frame(full, max - FrameDecoder.HEADER_BYTES)));
    assertFalse(queues.offer(frame(full, 0)));
    for (TrafficClass each : TrafficClass.values()) {
      assertEquals(each != full, queues.offer(frame(each, 1)));
    }
  }

  @Test // Protocol §15.2
  void whatWasTakenMakesRoom() {
    OutboundFrame large = frame(TrafficClass.VOTES, TrafficClass.VOTES.queueBytesMax() - 5);
    assertTrue(queues.offer(large));
    assertEquals(large, queues.poll());
    assertTrue(queues.isEmpty());
    assertTrue(queues.offer(large));
  }

  @ParameterizedTest // Protocol §15.2
  @EnumSource
  void everyMessageFitsAnEmptyQueueOfItsClass(FrameType type) {
    TrafficClass traffic = Messages.trafficOf(type);
    assertTrue(type.payloadBytesMax() + FrameDecoder.HEADER_BYTES <= traffic.queueBytesMax());
  }

  private void offer(TrafficClass traffic, int length) {
    assertTrue(queues.offer(frame(traffic, length - FrameDecoder.HEADER_BYTES)));
  }

  private static OutboundFrame frame(TrafficClass traffic, int body) {
    return OutboundFrame.of(traffic, 1, Bytes.wrap(new byte[body]));
  }

  private List<TrafficClass> drained() {
    List<TrafficClass> order = new ArrayList<>();
    while (!queues.isEmpty()) {
      order.add(requireNonNull(queues.poll()).traffic());
    }
    return order;
  }
}
