// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.DerivedState;
import io.aitbc.model.Address;
import io.aitbc.model.HeightRules;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.Oversight;
import io.aitbc.model.Quorums;
import io.aitbc.model.Round;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.Weight;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;

/// Which nodes suffice to go on: in every mode that may come, those of this epoch and of the next.
final class Core {
  private final DerivedState chain;

  /// Judges by the most advanced chain there is.
  Core(DerivedState chain) {
    this.chain = chain;
  }

  /// A small group of honest nodes that suffices; all of them if no smaller one was found.
  static List<VirtualNode> drawn(Seed seed, DerivedState chain, List<VirtualNode> honest) {
    Core judge = new Core(chain);
    List<VirtualNode> core = new ArrayList<>(honest);
    for (int i = 0; i < honest.size(); i++) {
      List<VirtualNode> fewer = new ArrayList<>(core);
      fewer.remove(seed.pick(core));
      if (!fewer.isEmpty() && seed.chance(1, 2) && judge.suffices(fewer)) {
        core = fewer;
      }
    }
    return core;
  }

  /// Whether these nodes decide by themselves.
  boolean suffices(List<VirtualNode> nodes) {
    List<Address> accounts =
        nodes.stream().filter(VirtualNode::isKeyed).map(VirtualNode::account).distinct().toList();
    for (ValidatorSet set : List.of(chain.set(), chain.nextPlan().set())) {
      for (Mode mode : Mode.values()) {
        if (mayCome(set, mode) && !decides(set, mode, accounts)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean mayCome(ValidatorSet set, Mode mode) {
    boolean pinned = chain.parameters().policy() == ModePolicy.PINNED;
    boolean chosen = !pinned || chain.mode().quorumMode() == mode || chain.mode().to() == mode;
    return chosen && Quorums.of(set, chain.parameters().fallback()).carries(mode);
  }

  private boolean decides(ValidatorSet set, Mode mode, List<Address> accounts) {
    List<Address> members = accounts.stream().filter(set::contains).toList();
    Weight weight = set.weightOf(members);
    HeightRules rules =
        new HeightRules(
            chain.nextHeight(), mode, chain.parameters().fallback(), Oversight.REQUIRED, set);
    return rules.isQuorum(Round.ZERO, weight)
        || rules.isQuorum(new Round(Round.FALLBACK_FIRST), weight);
  }
}
