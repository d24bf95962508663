// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.SnapshotMessage;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessagesTest {
  private static final Bytes SHORT = Bytes.of((byte) 1);

  private static int weight(PeerMessage message) {
    return Messages.weightOf(message, message.encoded().length());
  }

  @Test // Protocol §15.4
  void manyShortStringsWeighWhatTheyTakeOfTheMemory() {
    List<Bytes> many = Collections.nCopies(4_096, SHORT);
    SnapshotMessage.Row row = new SnapshotMessage.Row(SHORT, SHORT);
    for (PeerMessage each :
        List.of(
            new PeerMessage.Transactions(0, many),
            new PeerMessage.MissingTransactions(Hash.ZERO, many),
            new SnapshotMessage.Parts(
                1, List.of(new SnapshotMessage.Range(Collections.nCopies(2_048, row)))))) {
      assertTrue(weight(each) > 4_096 * 40, each.frameType().toString());
    }
  }

  @Test // Protocol §15.4
  void whatIsShortWeighsAsMuchAsTheObjectsAroundIt() {
    assertEquals(Inbox.MESSAGE_BYTES_MIN, weight(new PeerMessage.Ping(1)));
  }
}
