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

  /// Longest pause between two attempts.
  private static final int PAUSE_BLOCKS_MAX = 8;

  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

  private final WorkChain chain;
  private final TreeMap<String, Long> sent = new TreeMap<>();
  private final TreeMap<String, Pause> pauses = new TreeMap<>();
  private long height;

  Outbox(WorkChain chain) {
    this.chain = chain;
  }

  /// A block became final.
  void at(long newHeight) {
    height = newHeight;
    sent.values().removeIf(at -> at + REPEAT_BLOCKS <= height);
    pauses.values().removeIf(each -> each.until + PAUSE_BLOCKS_MAX < height);
  }

  /// After a refusal.
  ///
  /// @param until height before which it is not tried again
  private record Pause(int blocks, long until) {}

  /// Sends what has this name when a contract takes it, and nobody is hurt if that is some blocks
  /// late: after each refusal it is tried again later.
  ///
  /// @return whether it is on its way now
  boolean attempt(String name, EconomyCall call) throws IOException {
    Pause pause = pauses.getOrDefault(name, new Pause(0, 0));
    if (height < pause.until && !sent.containsKey(name)) {
      return false;
    }
    if (send(name, call)) {
      Pause _ = pauses.remove(name);
      return true;
    }
    int blocks = Math.min(PAUSE_BLOCKS_MAX, Math.max(1, 2 * pause.blocks));
    Pause _ = pauses.put(name, new Pause(blocks, height + blocks));
    return false;
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
