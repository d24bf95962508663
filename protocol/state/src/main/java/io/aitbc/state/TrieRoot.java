// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.RlpWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// The root of a Merkle Patricia trie made at once from all of its values, keys as they are: that
/// of a block's transactions, receipts or withdrawals. Yellow Paper §4.4.3 and appendix D, Protocol
/// §13.2.
public final class TrieRoot {
  private TrieRoot() {}

  /// Root of the trie whose keys are the encoded positions, from 0 on, of `values`.
  public static Hash ofList(List<Bytes> values) {
    return of(byPosition(values));
  }

  /// The proof of the value at a position under the root of {@link #ofList}; {@link #key} is what
  /// it is verified with.
  ///
  /// @throws IndexOutOfBoundsException if there is no such value
  static MerkleProof proofOfList(List<Bytes> values, int position) {
    int checked = Objects.checkIndex(position, values.size());
    List<Bytes> nodes = new ArrayList<>();
    byte[] key = key(checked).toArray();
    addProof(sorted(byPosition(values)), 0, Nibbles.of(key, 0, 2 * key.length), nodes);
    return new MerkleProof(nodes);
  }

  /// The key of a position.
  static Bytes key(int position) {
    return new RlpWriter(16).number(position).toBytes();
  }

  private static SortedMap<Bytes, Bytes> byPosition(List<Bytes> values) {
    SortedMap<Bytes, Bytes> entries = new TreeMap<>();
    for (int i = 0; i < values.size(); i++) {
      entries.put(key(i), values.get(i));
    }
    return entries;
  }

  /// Root of the trie of `entries`, whose values are not empty.
  public static Hash of(SortedMap<Bytes, Bytes> entries) {
    if (entries.isEmpty()) {
      return Account.EMPTY_TRIE_ROOT;
    }
    return Keccak256.hash(node(sorted(entries), 0));
  }

  private static List<Entry> sorted(SortedMap<Bytes, Bytes> entries) {
    List<Entry> sorted = new ArrayList<>(entries.size());
    for (Map.Entry<Bytes, Bytes> entry : entries.entrySet()) {
      byte[] key = entry.getKey().toArray();
      sorted.add(new Entry(Nibbles.of(key, 0, 2 * key.length), entry.getValue()));
    }
    return sorted;
  }

  /// Adds the nodes over `entries` on the way to one of their keys, none of which is the beginning
  /// of another.
  private static void addProof(List<Entry> entries, int depth, byte[] key, List<Bytes> nodes) {
    addNode(node(entries, depth), nodes);
    if (entries.size() == 1) {
      return;
    }
    int fork = fork(entries, depth);
    if (fork > depth) {
      addNode(branch(entries, fork), nodes);
    }
    List<Entry> below = entries.stream().filter(entry -> entry.key[fork] == key[fork]).toList();
    addProof(below, fork + 1, key, nodes);
  }

  /// A root stands by itself however short it is, other nodes from a length on.
  private static void addNode(Bytes node, List<Bytes> nodes) {
    if (nodes.isEmpty() || node.length() >= Hash.BYTES) {
      nodes.add(node);
    }
  }

  /// Where the keys of `entries`, more than one, part.
  private static int fork(List<Entry> entries, int depth) {
    byte[] first = entries.getFirst().key;
    byte[] last = entries.getLast().key;
    int fork = depth;
    while (fork < first.length && first[fork] == last[fork]) {
      fork++;
    }
    return fork;
  }

  /// The nibbles of a key and its value.
  private static final class Entry {
    final byte[] key;
    final Bytes value;

    Entry(byte[] key, Bytes value) {
      this.key = key;
      this.value = value;
    }
  }

  /// The encoding of the node over `entries`, which share their first `depth` nibbles.
  private static Bytes node(List<Entry> entries, int depth) {
    Entry first = entries.getFirst();
    if (entries.size() == 1) {
      byte[] rest = Arrays.copyOfRange(first.key, depth, first.key.length);
      return new RlpWriter()
          .begin()
          .string(Nibbles.compactLeaf(rest))
          .string(first.value)
          .end()
          .toBytes();
    }
    int fork = fork(entries, depth);
    if (fork == depth) {
      return branch(entries, depth);
    }
    byte[] shared = Arrays.copyOfRange(first.key, depth, fork);
    RlpWriter writer = new RlpWriter().begin().string(Nibbles.compactExtension(shared));
    reference(writer, branch(entries, fork));
    return writer.end().toBytes();
  }

  private static Bytes branch(List<Entry> entries, int depth) {
    RlpWriter writer = new RlpWriter(600).begin();
    Entry first = entries.getFirst();
    boolean endsHere = first.key.length == depth;
    int from = endsHere ? 1 : 0;
    for (int nibble = 0; nibble < TrieNode.WIDTH; nibble++) {
      int to = from;
      while (to < entries.size() && entries.get(to).key[depth] == nibble) {
        to++;
      }
      if (to == from) {
        writer.string(Bytes.EMPTY);
      } else {
        reference(writer, node(entries.subList(from, to), depth + 1));
      }
      from = to;
    }
    return writer.string(endsHere ? first.value : Bytes.EMPTY).end().toBytes();
  }

  private static void reference(RlpWriter writer, Bytes node) {
    if (node.length() < Hash.BYTES) {
      writer.encoded(node);
    } else {
      writer.hash(Keccak256.hash(node));
    }
  }
}
