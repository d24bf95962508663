// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.EpochPlan;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.AuthorityAccount;
import io.aitbc.execution.Calls;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.model.Address;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Validator;
import io.aitbc.network.PeerId;
import io.aitbc.state.StateView;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Which node a validator runs, as far as the chain knows: the genesis names the nodes of its
/// validators, and an authority describes its own in the registry, which counts for more. Of who
/// joined by stake later the chain does not know it. Protocol §15.4, §16.5.
final class ValidatorNodes {
  /// What is known.
  ///
  /// @param nodes of validators, present ones or not
  /// @param present the nodes of the validators of this epoch and the next
  record Known(Map<Address, PeerId> nodes, Set<PeerId> present) {}

  private final Map<Address, PeerId> genesis;
  private final ExecutionParameters parameters;
  private final Calls calls;
  private volatile Known known;

  private long lookedAtEpoch = -1;

  /// @param genesis the nodes that the genesis names
  /// @param calls to the contracts, on the thread that calls {@link #look}
  ValidatorNodes(Map<Address, PeerId> genesis, ExecutionParameters parameters, Calls calls) {
    this.genesis = genesis;
    known = new Known(genesis, Set.copyOf(genesis.values()));
    this.parameters = parameters;
    this.calls = calls;
  }

  /// The node of a validator.
  Optional<PeerId> of(Address account) {
    return Optional.ofNullable(known.nodes().get(account));
  }

  /// The peers to which what is for some validators goes: their nodes. Where one of these is not
  /// known, or not connected, any peer may be it that is not known to be another validator's of
  /// this epoch or the next. Protocol §15.4.
  ///
  /// @param connected peers
  Set<PeerId> reached(List<Address> accounts, Set<PeerId> connected) {
    return reached(known, accounts, connected);
  }

  static Set<PeerId> reached(Known known, List<Address> accounts, Set<PeerId> connected) {
    Set<PeerId> reached = new LinkedHashSet<>();
    boolean isElsewhere = false;
    for (Address account : accounts) {
      Optional<PeerId> node =
          Optional.ofNullable(known.nodes().get(account)).filter(connected::contains);
      node.ifPresent(reached::add);
      isElsewhere |= node.isEmpty();
    }
    if (isElsewhere) {
      connected.stream().filter(peer -> !known.present().contains(peer)).forEach(reached::add);
    }
    return reached;
  }

  /// Looks at the validators of this epoch and the next in a state, once an epoch.
  ///
  /// @param header of the block that the state is of
  /// @return their nodes, which are to have places of their own; empty if they were looked at
  ///   before
  Optional<Set<PeerId>> look(BlockHeader header, StateView state, DerivedState derived) {
    long epoch = derived.currentPlan().epoch();
    if (epoch == lookedAtEpoch) {
      return Optional.empty();
    }
    lookedAtEpoch = epoch;
    Map<Address, PeerId> found = new TreeMap<>(genesis);
    Set<PeerId> validators = new HashSet<>();
    for (EpochPlan plan : List.of(derived.currentPlan(), derived.nextPlan())) {
      for (Validator each : plan.set().validators()) {
        if (each.validatorClass().isAuthority()) {
          described(header, state, each.account()).ifPresent(id -> found.put(each.account(), id));
        }
        Optional.ofNullable(found.get(each.account())).ifPresent(validators::add);
      }
    }
    known = new Known(found, validators);
    return Optional.of(validators);
  }

  private Optional<PeerId> described(BlockHeader header, StateView state, Address account) {
    return calls
        .validator(parameters, header, state, account)
        .authority()
        .map(AuthorityAccount::nodeIdentity)
        .filter(id -> !id.equals(Hash.ZERO))
        .map(PeerId::new);
  }
}
