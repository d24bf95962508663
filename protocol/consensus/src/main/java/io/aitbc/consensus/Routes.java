// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Address;
import io.aitbc.model.ConsensusMessage;
import io.aitbc.model.Round;
import io.aitbc.model.Validator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Who gets votes and round changes. Few voters send to everybody; above {@link #DIRECT_VOTERS_MAX}
/// they send to the round's aggregators, who merge what they get and send certificates to
/// everybody. Another round draws others. Protocol §5.7.
final class Routes {
  /// Most voters that send to everybody: 64 of them make 4,096 messages in a phase.
  static final int DIRECT_VOTERS_MAX = 64;

  /// Aggregators of a round beside its proposer: that all of them are Byzantine happens once in
  /// 2,187 rounds with a third of the stake.
  static final int AGGREGATORS_DRAWN = 7;

  /// Rounds whose aggregators are remembered: those that are worked at, and a few that others ask
  /// for.
  private static final int ROUNDS_REMEMBERED = 16;

  private final HeightView view;
  private final Surroundings around;
  private final LinkedHashMap<Round, List<Address>> remembered = new LinkedHashMap<>();

  Routes(HeightView view, Surroundings around) {
    this.view = view;
    this.around = around;
  }

  /// Sends a vote or round change of a round where it belongs.
  void send(Round round, ConsensusMessage message) {
    if (isDirect(round)) {
      around.sendToAll(message);
      return;
    }
    List<Address> others =
        aggregators(round).stream().filter(account -> !around.identity().is(account)).toList();
    around.outbox().add(new Effect.Send(new Recipients.Validators(others), message));
  }

  /// Whether this node merges the votes of a round for the others.
  boolean aggregates(Round round) {
    return !isDirect(round) && aggregators(round).stream().anyMatch(around.identity()::is);
  }

  private boolean isDirect(Round round) {
    long voters =
        switch (view.rules().rule(round)) {
          case FAST -> view.rules().set().authorities().size();
          case RECOVERY, BALANCED, SECURE -> view.rules().set().validators().size();
        };
    return voters <= DIRECT_VOTERS_MAX;
  }

  /// The proposer of the round and {@link #AGGREGATORS_DRAWN} others, drawn by stake.
  List<Address> aggregators(Round round) {
    List<Address> known = remembered.get(round);
    if (known != null) {
      return known;
    }
    List<Address> drawn = draw(round);
    if (remembered.size() == ROUNDS_REMEMBERED) {
      remembered.pollFirstEntry();
    }
    remembered.put(round, drawn);
    return drawn;
  }

  private List<Address> draw(Round round) {
    List<Address> drawn = new ArrayList<>();
    drawn.add(view.proposer(round).account());
    List<Validator> stakers = view.rules().set().stakers();
    long[] weights = new long[stakers.size()];
    long total = 0;
    for (int i = 0; i < weights.length; i++) {
      boolean proposes = stakers.get(i).account().equals(drawn.getFirst());
      weights[i] = proposes ? 0 : stakers.get(i).stake().units();
      total += weights[i];
    }
    Lottery lottery = new Lottery(view.beacon(), "aggregators", view.rules().height().number());
    long counter = (long) round.number() * AGGREGATORS_DRAWN;
    for (int i = 0; i < AGGREGATORS_DRAWN && total > 0; i++) {
      int next = lottery.pick(counter + i, weights, total);
      drawn.add(stakers.get(next).account());
      total -= weights[next];
      weights[next] = 0;
    }
    return drawn;
  }
}
