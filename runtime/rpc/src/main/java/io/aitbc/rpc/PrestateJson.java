// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Hash;
import io.aitbc.evm.AccessTracer;
import io.aitbc.evm.Delegation;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.Overlay;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/// What a transaction touched, in the shape of go-ethereum's prestateTracer: accounts with balance,
/// nonce, code and slots as they were before it; or, with `difference`, what of that it changed,
/// before (`pre`) and after (`post`). What is empty is left out.
///
/// @param subject the transaction
/// @param difference whether only what changed is wanted, before and after
/// @param code whether code is wanted
/// @param storage whether slots are wanted
/// @param empty whether accounts that did not exist before are wanted too
record PrestateJson(
    TraceWatch.Subject subject, boolean difference, boolean code, boolean storage, boolean empty) {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /// What is told of a transaction that ended.
  ///
  /// @param touched what it touched
  /// @param changes its own over the state in which it began
  ObjectNode of(AccessTracer touched, Overlay changes) {
    ObjectNode pre = NODES.objectNode();
    ObjectNode post = NODES.objectNode();
    for (Address address : accounts(touched, changes)) {
      Set<UInt256> slots = touched.touched().getOrDefault(address, new TreeSet<>());
      if (difference) {
        change(address, slots, changes, pre, post);
      } else if (empty || !changes.accountBefore(address).isEmpty()) {
        ObjectNode account = before(address, changes);
        if (storage && !slots.isEmpty()) {
          ObjectNode values = account.putObject("storage");
          slots.forEach(key -> put(values, key, changes.storageBefore(address, key)));
        }
        pre.set(address.toString(), account);
      }
    }
    if (!difference) {
      return pre;
    }
    ObjectNode both = NODES.objectNode();
    both.set("post", post);
    both.set("pre", pre);
    return both;
  }

  /// Sender, callees, creations, coinbase, those who delegate and whom they delegate to, and what
  /// instructions named.
  private NavigableSet<Address> accounts(AccessTracer touched, Overlay changes) {
    NavigableSet<Address> accounts = new TreeSet<>(touched.entered());
    for (Address called : touched.entered()) {
      Delegation.of(changes.codeAt(called)).ifPresent(accounts::add);
    }
    accounts.add(subject.coinbase());
    accounts.addAll(subject.authorities());
    accounts.addAll(touched.touched().keySet());
    return accounts;
  }

  private ObjectNode before(Address address, Overlay changes) {
    Account account = changes.accountBefore(address);
    ObjectNode json = NODES.objectNode();
    json.put("balance", EthereumJson.amount(account.balance()));
    if (account.hasCode()) {
      if (code) {
        json.put("code", changes.code(account.codeHash()).toHex());
      }
      json.put("codeHash", account.codeHash().toHex());
    }
    if (account.nonce() != 0) {
      json.put("nonce", account.nonce());
    }
    return json;
  }

  private void change(
      Address address, Set<UInt256> slots, Overlay changes, ObjectNode pre, ObjectNode post) {
    Account was = changes.accountBefore(address);
    Account is = changes.account(address);
    ObjectNode before = before(address, changes);
    ObjectNode after = NODES.objectNode();
    boolean changed = false;
    if (!is.balance().equals(was.balance())) {
      changed = true;
      after.put("balance", EthereumJson.amount(is.balance()));
    }
    if (is.nonce() != was.nonce()) {
      changed = true;
      after.put("nonce", is.nonce());
    }
    if (!is.codeHash().equals(was.codeHash())) {
      changed = true;
      if (code) {
        after.put("code", changes.code(is.codeHash()).toHex());
      }
      after.put("codeHash", (is.hasCode() ? is.codeHash() : Hash.ZERO).toHex());
    }
    ObjectNode slotsBefore = NODES.objectNode();
    ObjectNode slotsAfter = NODES.objectNode();
    for (UInt256 key : slots) {
      UInt256 valueBefore = changes.storageBefore(address, key);
      UInt256 valueAfter = changes.storage(address, key);
      if (storage && !valueBefore.equals(valueAfter)) {
        changed = true;
        putUnlessZero(slotsBefore, key, valueBefore);
        putUnlessZero(slotsAfter, key, valueAfter);
      }
    }
    if (!changed) {
      return;
    }
    if (!slotsBefore.isEmpty()) {
      before.set("storage", slotsBefore);
    }
    if (!slotsAfter.isEmpty()) {
      after.set("storage", slotsAfter);
    }
    if (empty || !was.isEmpty()) {
      pre.set(address.toString(), before);
    }
    post.set(address.toString(), after);
  }

  private static void putUnlessZero(ObjectNode slots, UInt256 key, UInt256 value) {
    if (!value.isZero()) {
      put(slots, key, value);
    }
  }

  private static void put(ObjectNode slots, UInt256 key, UInt256 value) {
    slots.put(word(key), word(value));
  }

  private static String word(UInt256 value) {
    return value.toHash().toHex();
  }
}
