// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.evm.Precompile;
import io.aitbc.evm.Precompiles;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateView;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a caller wants to be otherwise in a state: balance, nonce, code, all slots (`state`) or
/// single ones (`stateDiff`) of accounts, and where precompiles are.
///
/// @param accounts the caller's object, by address; it may be missing
record StateOverrides(JsonNode accounts) {
  private static final String MOVE = "movePrecompileToAddress";

  /// Whether some account gets other storage as a whole.
  boolean replaceStorage() {
    boolean replace = false;
    for (JsonNode each : accounts) {
      replace |= each.hasNonNull("state");
    }
    return replace;
  }

  /// The state of a call, where precompiles stay where they are.
  StateView of(StateView state) throws RpcError {
    for (JsonNode each : accounts) {
      if (each.hasNonNull(MOVE)) {
        throw Parameters.invalid("precompiles are moved by eth_simulateV1 alone");
      }
    }
    return accounts.isEmpty() ? state : over(state);
  }

  /// The state with the changes.
  Overlay over(StateView state) throws RpcError {
    Set<Address> replaced = new TreeSet<>();
    for (Map.Entry<String, JsonNode> each : accounts.properties()) {
      if (each.getValue().hasNonNull("state")) {
        if (each.getValue().hasNonNull("stateDiff")) {
          throw Parameters.invalid("both state and stateDiff of account " + each.getKey());
        }
        replaced.add(Parameters.address(each.getKey()));
      }
    }
    Overlay overlay = new Overlay(replaced.isEmpty() ? state : new Emptied(state, replaced));
    for (Map.Entry<String, JsonNode> each : accounts.properties()) {
      override(overlay, Parameters.address(each.getKey()), each.getValue());
    }
    return overlay;
  }

  private static void override(Overlay overlay, Address address, JsonNode account) throws RpcError {
    if (account.hasNonNull("balance")) {
      UInt256 balance = Parameters.quantity(account.get("balance").asText());
      overlay.setBalance(address, new Amount(balance));
    }
    if (account.hasNonNull("nonce")) {
      overlay.setNonce(address, Parameters.word64(account.get("nonce").asText()));
    }
    if (account.hasNonNull("code")) {
      Bytes code = Parameters.data(account.get("code").asText());
      Hash _ = overlay.setCode(address, code);
    }
    for (String slots : new String[] {"state", "stateDiff"}) {
      for (Map.Entry<String, JsonNode> slot : account.path(slots).properties()) {
        overlay.setStorage(
            address, Parameters.slot(slot.getKey()), Parameters.slot(slot.getValue().asText()));
      }
    }
  }

  /// The precompiles after the moves. One whose account is overridden is none any more.
  Precompiles over(Precompiles precompiles) throws RpcError {
    Precompiles moved = precompiles;
    Set<Address> targets = new TreeSet<>();
    for (Map.Entry<String, JsonNode> each : accounts.properties()) {
      Address from = Parameters.address(each.getKey());
      @Nullable Precompile precompile = precompiles.functions().get(from);
      if (each.getValue().hasNonNull(MOVE)) {
        Address to = Parameters.address(each.getValue().get(MOVE).asText());
        if (precompile == null) {
          throw new RpcError(RpcError.Code.REFUSED, "account " + from + " is not a precompile");
        }
        if (from.equals(to)) {
          throw new RpcError(
              RpcError.Code.PRECOMPILE_MOVED_TO_ITSELF, "moved to itself: precompile " + from);
        }
        if (!targets.add(to)) {
          throw new RpcError(
              RpcError.Code.PRECOMPILES_MOVED_TO_ONE, "two precompiles moved to " + to);
        }
        moved = moved.without(to).with(to, precompile);
      }
      if (precompile != null && !targets.contains(from)) {
        moved = moved.without(from);
      }
    }
    return moved;
  }

  /// A state in which some accounts have no storage.
  private record Emptied(StateView state, Set<Address> emptied) implements StateView {
    @Override
    public Account account(Address address) {
      Account account = state.account(address);
      return emptied.contains(address) ? account.withStorageRoot(Account.EMPTY_TRIE_ROOT) : account;
    }

    @Override
    public UInt256 storage(Address address, UInt256 key) {
      return emptied.contains(address) ? UInt256.ZERO : state.storage(address, key);
    }

    @Override
    public Bytes code(Hash codeHash) {
      return state.code(codeHash);
    }

    @Override
    public int codeLength(Hash codeHash) {
      return state.codeLength(codeHash);
    }
  }
}
