// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.execution.EconomyCall;
import java.io.IOException;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a service sent and is not in a block yet. A service decides anew after each block what the
/// chain waits for; without this it would send the same call until its block came. After a restart
/// one may be sent twice: the contracts refuse the second. Belongs to one thread.
final class Outbox {
  /// Blocks after which a call that changed nothing is sent again: it was lost.
  static final int REPEAT_BLOCKS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

  private final WorkChain chain;
  private final TreeMap<String, Long> sent = new TreeMap<>();
  private long height;

  Outbox(WorkChain chain) {
    this.chain = chain;
  }

  /// A block became final.
  void at(long newHeight) {
    height = newHeight;
    sent.values().removeIf(at -> at + REPEAT_BLOCKS <= height);
  }

  /// Whether what has this name was sent and may come into a block yet.
  boolean isOnItsWay(String name) {
    return sent.containsKey(name);
  }

  /// Sends what has this name, unless it is on its way.
  ///
  /// @return whether it is on its way now
  boolean send(String name, EconomyCall call) throws IOException {
    if (sent.containsKey(name)) {
      return true;
    }
    boolean accepted = chain.send(call);
    if (accepted) {
      sent.put(name, height);
      LOG.atInfo().addKeyValue("height", height).addKeyValue("call", name).log("sent");
    }
    return accepted;
  }
}
