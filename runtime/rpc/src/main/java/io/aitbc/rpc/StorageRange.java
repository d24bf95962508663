// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.evm.CallTracer;
import io.aitbc.evm.Tracer;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.execution.Calls;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import io.aitbc.model.UInt256;
import io.aitbc.state.FinalState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateDiff;
import io.aitbc.state.TriePlace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// debug_storageRangeAt: the slots of an account as a transaction of a block met them, page by page
/// in the order of the hashes of their numbers, as go-ethereum tells them.
final class StorageRange {
  /// Slots of one answer.
  static final int SLOTS_MAX = 1_024;

  private final ChainView chain;
  private final TraceMethods traces;

  StorageRange(ChainView chain, TraceMethods traces) {
    this.chain = chain;
    this.traces = traces;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("debug_storageRangeAt", this::range);
  }

  /// What a slot is to become, or is.
  ///
  /// @param number its number; empty if only the hash of it is known
  private record Slot(Optional<UInt256> number, UInt256 value) {}

  private JsonNode range(Parameters p) throws RpcError {
    Block block = chain.block(chain.height(p.block(0)));
    int index = (int) p.number(1, Integer.MAX_VALUE);
    Address address = p.address(2);
    Hash from = start(p.data(3));
    int max = (int) Math.max(1, p.number(4, SLOTS_MAX));
    if (index > 0 && index >= block.transactions().size()) {
      throw Parameters.invalid(
          "block %d has no transaction %d".formatted(block.header().number(), index));
    }
    SortedMap<Hash, Slot> changed = changed(block, index, address);
    FinalState base = base(block, address);
    SortedMap<Hash, Slot> slots = new TreeMap<>();
    // As many of what is there may be gone by then as were changed, and one more tells the next.
    for (TriePlace.Entry entry : base.slots(address, from, max + changed.size() + 1)) {
      slots.put(entry.key(), new Slot(Optional.empty(), value(entry.value())));
    }
    slots.putAll(changed.tailMap(from));
    slots.values().removeIf(slot -> slot.value().isZero());
    return told(base, address, slots, max);
  }

  /// The state before the first transaction of a block, as far as `address` goes.
  private FinalState base(Block block, Address address) throws RpcError {
    long height = block.header().number();
    return chain.provable(height == 0 || Calls.isWrittenAtStart(address) ? height : height - 1);
  }

  /// What the transactions before `index` made of an account's slots.
  private SortedMap<Hash, Slot> changed(Block block, int index, Address address) throws RpcError {
    SortedMap<Hash, Slot> changed = new TreeMap<>();
    if (index > 0) {
      List<TransactionOutcome> _ =
          traces.replay(block, index, _ -> Optional.of(new Writes(address, changed)));
    }
    return changed;
  }

  /// Notes what a transaction writes to an account's slots.
  private record Writes(Address address, SortedMap<Hash, Slot> changed) implements Calls.Watcher {
    @Override
    public Tracer tracer() {
      return new CallTracer(); // Nobody reads it: calls alone cost little.
    }

    @Override
    public void ended(Overlay changes) {
      for (StateDiff.StorageChange change : changes.storageChanges()) {
        if (change.address().equals(address)) {
          changed.put(
              Keccak256.hash(change.key().toArray()),
              new Slot(Optional.of(change.key()), change.after()));
        }
      }
    }
  }

  private static JsonNode told(
      FinalState base, Address address, SortedMap<Hash, Slot> slots, int max) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode storage = json.putObject("storage");
    SortedMap<Hash, UInt256> numbers = base.slotNumbers(address, new TreeSet<>(slots.keySet()));
    int count = 0;
    for (Map.Entry<Hash, Slot> each : slots.entrySet()) {
      if (count++ == max) {
        return json.put("nextKey", each.getKey().toHex());
      }
      Optional<UInt256> number =
          each.getValue().number().or(() -> Optional.ofNullable(numbers.get(each.getKey())));
      ObjectNode slot = storage.putObject(each.getKey().toHex()).putNull("key");
      number.ifPresent(known -> slot.put("key", known.toHash().toHex()));
      slot.put("value", each.getValue().value().toHash().toHex());
    }
    return json.putNull("nextKey");
  }

  /// The least hash that begins with these bytes, as go-ethereum reads it.
  private static Hash start(Bytes given) throws RpcError {
    if (given.length() > Hash.BYTES) {
      throw Parameters.invalid("a key has at most 32 bytes, not " + given.length());
    }
    byte[] padded = new byte[Hash.BYTES];
    given.copyTo(padded, 0);
    return Hash.of(padded);
  }

  private static UInt256 value(Bytes encoded) {
    try {
      RlpReader reader = RlpReader.of(encoded.toArray());
      UInt256 value = reader.number256();
      reader.finish();
      return value;
    } catch (MalformedException damage) {
      throw new IllegalStateException("a damaged slot in the trie", damage);
    }
  }
}
