// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.execution.EconomyCall;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a service sent and is not in a block yet. A service decides anew after each block what the
/// chain waits for; without this it would send the same call until its block came. After a restart
/// one may be sent twice: the contracts refuse the second. Belongs to one thread.
final class Outbox {
  /// Blocks after which a call that changed nothing and is not pending is sent again: it was lost.
  static final int REPEAT_BLOCKS = 10;

  /// Longest pause between two attempts.
  private static final int PAUSE_BLOCKS_MAX = 8;

  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

  private final WorkChain chain;
  private final TreeMap<String, Sent> sent = new TreeMap<>();

  /// What is sent together next.
  private final List<Posted> posted = new ArrayList<>();

  /// Names of that.
  private final TreeSet<String> names = new TreeSet<>();

  private final TreeMap<String, Pause> pauses = new TreeMap<>();
  private long height;

  Outbox(WorkChain chain) {
    this.chain = chain;
  }

  /// A call.
  ///
  /// @param name tells calls apart: one of a name is on its way at a time
  record Choice(String name, EconomyCall call) {}

  /// What was sent after a block.
  private record Sent(EconomyCall call, long height) {}

  /// @param choices of which the first is sent that a contract takes
  /// @param pauses whether each is tried again later after a refusal
  private record Posted(List<Choice> choices, boolean pauses) {}

  /// After a refusal.
  ///
  /// @param until height before which it is not tried again
  private record Pause(int blocks, long until) {}

  /// A block became final.
  void at(long newHeight) {
    height = newHeight;
    posted.clear();
    names.clear();
    // In FAST ten blocks are a second: what waits longer for its turn is not sent twice.
    sent.values()
        .removeIf(each -> each.height + REPEAT_BLOCKS <= height && !chain.isPending(each.call));
    pauses.values().removeIf(each -> each.until + PAUSE_BLOCKS_MAX < height);
  }

  /// Whether what has this name was refused, and is not tried again yet.
  private boolean isPaused(String name) {
    return height < pauses.getOrDefault(name, new Pause(0, 0)).until;
  }

  private void refused(String name) {
    Pause before = pauses.getOrDefault(name, new Pause(0, 0));
    int blocks = Math.min(PAUSE_BLOCKS_MAX, Math.max(1, 2 * before.blocks));
    Pause _ = pauses.put(name, new Pause(blocks, height + blocks));
  }

  /// Whether what has this name was sent, or is about to be, and may come into a block yet.
  boolean isOnItsWay(String name) {
    return sent.containsKey(name) || names.contains(name);
  }

  /// Sends what has this name together with others when {@link #flush} is called, unless it is on
  /// its way: a node far away, or busy, answers twice for all of them and not twice for each.
  void post(String name, EconomyCall call) {
    post(List.of(new Choice(name, call)));
  }

  /// The same with the first of several calls that a contract takes, unless one of them is on its
  /// way.
  void post(List<Choice> choices) {
    post(new Posted(choices, false));
  }

  /// The same where nobody is hurt if it is some blocks late: after each refusal a call is tried
  /// again later.
  void postAttempt(String name, EconomyCall call) {
    postAttempt(List.of(new Choice(name, call)));
  }

  /// The same with the first of several calls that a contract takes.
  void postAttempt(List<Choice> choices) {
    post(new Posted(choices.stream().filter(each -> !isPaused(each.name)).toList(), true));
  }

  private void post(Posted wanted) {
    if (!wanted.choices.isEmpty()
        && wanted.choices.stream().noneMatch(each -> isOnItsWay(each.name))) {
      boolean _ = posted.add(wanted);
      wanted.choices.forEach(each -> names.add(each.name));
    }
  }

  /// Sends what was posted. What is refused, or does not get there, is decided anew after the next
  /// block.
  void flush() throws IOException {
    List<Posted> all = List.copyOf(posted);
    posted.clear();
    names.clear();
    for (int choice = 0; !all.isEmpty(); choice++) {
      all = send(all, choice);
    }
  }

  /// Sends one choice of each.
  ///
  /// @return those that are refused and have another
  private List<Posted> send(List<Posted> all, int choice) throws IOException {
    List<Boolean> taken =
        chain.send(all.stream().map(each -> each.choices.get(choice).call).toList());
    List<Posted> left = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Posted each = all.get(i);
      Choice it = each.choices.get(choice);
      String name = it.name;
      if (taken.get(i)) {
        Sent _ = sent.put(name, new Sent(it.call, height));
        Pause _ = pauses.remove(name);
        LOG.atInfo().addKeyValue("height", height).addKeyValue("call", name).log("sent");
        continue;
      }
      if (each.pauses) {
        refused(name);
      }
      if (choice + 1 < each.choices.size()) {
        boolean _ = left.add(each);
      }
    }
    return left;
  }
}
