// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.execution.EconomyCall;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /// What is sent together with others next.
  private final LinkedHashMap<String, Posted> posted = new LinkedHashMap<>();

  private final TreeMap<String, Pause> pauses = new TreeMap<>();
  private long height;

  Outbox(WorkChain chain) {
    this.chain = chain;
  }

  /// A block became final.
  void at(long newHeight) {
    height = newHeight;
    posted.clear();
    sent.values().removeIf(at -> at + REPEAT_BLOCKS <= height);
    pauses.values().removeIf(each -> each.until + PAUSE_BLOCKS_MAX < height);
  }

  /// @param pauses whether it is tried again later after a refusal, as {@link #attempt} does
  private record Posted(EconomyCall call, boolean pauses) {}

  /// After a refusal.
  ///
  /// @param until height before which it is not tried again
  private record Pause(int blocks, long until) {}

  /// Sends what has this name when a contract takes it, and nobody is hurt if that is some blocks
  /// late: after each refusal it is tried again later.
  ///
  /// @return whether it is on its way now
  boolean attempt(String name, EconomyCall call) throws IOException {
    if (isPaused(name) && !isOnItsWay(name)) {
      return false;
    }
    if (send(name, call)) {
      Pause _ = pauses.remove(name);
      return true;
    }
    refused(name);
    return false;
  }

  /// Whether what has this name was refused, and is not tried again yet.
  boolean isPaused(String name) {
    return height < pauses.getOrDefault(name, new Pause(0, 0)).until;
  }

  private void refused(String name) {
    Pause before = pauses.getOrDefault(name, new Pause(0, 0));
    int blocks = Math.min(PAUSE_BLOCKS_MAX, Math.max(1, 2 * before.blocks));
    Pause _ = pauses.put(name, new Pause(blocks, height + blocks));
  }

  /// Whether what has this name was sent, or is about to be, and may come into a block yet.
  boolean isOnItsWay(String name) {
    return sent.containsKey(name) || posted.containsKey(name);
  }

  /// Sends what has this name together with others when {@link #flush} is called, unless it is on
  /// its way: a node far away, or busy, answers twice for all of them and not twice for each.
  void post(String name, EconomyCall call) {
    if (!isOnItsWay(name)) {
      Posted _ = posted.put(name, new Posted(call, false));
    }
  }

  /// The same with {@link #attempt}'s pauses.
  void postAttempt(String name, EconomyCall call) {
    if (!isOnItsWay(name) && !isPaused(name)) {
      Posted _ = posted.put(name, new Posted(call, true));
    }
  }

  /// Sends what was posted. What is refused, or does not get there, is decided anew after the next
  /// block.
  void flush() throws IOException {
    if (posted.isEmpty()) {
      return;
    }
    List<Map.Entry<String, Posted>> all = List.copyOf(posted.entrySet());
    posted.clear();
    List<Boolean> taken = chain.send(all.stream().map(each -> each.getValue().call).toList());
    for (int i = 0; i < all.size(); i++) {
      String name = all.get(i).getKey();
      if (taken.get(i)) {
        onItsWay(name);
        Pause _ = pauses.remove(name);
      } else if (all.get(i).getValue().pauses) {
        refused(name);
      }
    }
  }

  private void onItsWay(String name) {
    sent.put(name, height);
    LOG.atInfo().addKeyValue("height", height).addKeyValue("call", name).log("sent");
  }

  /// Sends what has this name, unless it is on its way.
  ///
  /// @return whether it is on its way now
  boolean send(String name, EconomyCall call) throws IOException {
    if (isOnItsWay(name)) {
      return true;
    }
    boolean accepted = chain.send(call);
    if (accepted) {
      onItsWay(name);
    }
    return accepted;
  }
}
