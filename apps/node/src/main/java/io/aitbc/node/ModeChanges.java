// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.ModeInputs;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Quorums;
import io.aitbc.rpc.LiveNode;
import io.aitbc.rpc.LiveNode.ModeChange;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// Tells when a change of mode begins, and of what. Protocol §3.3, §3.4, §6.1.
final class ModeChanges {
  private ModeChanges() {}

  /// The change that begins with the block after `now`; empty if none does.
  ///
  /// @param before what the chain said one block earlier
  static Optional<ModeChange> between(DerivedState before, DerivedState now) {
    ModeSetting old = before.mode();
    ModeSetting next = now.mode();
    boolean begins = next.isTransition() ? next.step() == 1 : next.to() != old.to();
    if (!begins || now.height().number() != before.height().number() + 1) {
      return Optional.empty();
    }
    return Optional.of(
        new ModeChange(
            now.nextHeight().number(),
            old.to(),
            next.to(),
            cause(old, next, now),
            measured(now),
            headroom(now)));
  }

  private static ModeChange.Cause cause(ModeSetting old, ModeSetting next, DerivedState now) {
    if (!next.isTransition()) {
      Quorums quorums = Quorums.of(now.set(), now.parameters().fallback());
      return quorums.carries(old.to()) ? ModeChange.Cause.FALLBACK : ModeChange.Cause.SET;
    }
    int slack = now.headroom(old.to());
    return slack < 1 && now.headroom(next.to()) > slack
        ? ModeChange.Cause.HEADROOM
        : ModeChange.Cause.POLICY;
  }

  /// What the policy looks at; empty while nothing is measured.
  static Optional<LiveNode.Measured> measured(DerivedState derived) {
    return derived.modeInputs().map(ModeChanges::measured);
  }

  private static LiveNode.Measured measured(ModeInputs inputs) {
    return new LiveNode.Measured(
        inputs.loadMillionths(),
        inputs.availabilityMillionths(),
        inputs.participationMillionths(),
        inputs.valueMoved(),
        inputs.convictedAuthorities(),
        inputs.convictedStakeMillionths());
  }

  /// How many present validators each mode may lose.
  static Map<Mode, Integer> headroom(DerivedState derived) {
    Map<Mode, Integer> headroom = new EnumMap<>(Mode.class);
    for (Mode mode : Mode.values()) {
      headroom.put(mode, derived.headroom(mode));
    }
    return headroom;
  }
}
