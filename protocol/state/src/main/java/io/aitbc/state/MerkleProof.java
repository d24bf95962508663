// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The encodings of the trie nodes on the way to a key, from the root down: a proof of the key's
/// value, or that it has none. Nodes inside of their parents do not stand by themselves. An empty
/// trie's proof has no nodes. Protocol §13.3.
///
/// @param nodes the encodings
public record MerkleProof(List<Bytes> nodes) {
  /// What a proof shows.
  public sealed interface Outcome {
    /// The key has this value.
    record Present(Bytes value) implements Outcome {}

    /// The key has no value.
    record Absent() implements Outcome {}

    /// It is no proof.
    record Refused(ProofRejection reason) implements Outcome {}
  }

  /// Copies the list.
  public MerkleProof {
    nodes = List.copyOf(nodes);
  }

  /// What these nodes show about `key`, 32 bytes or any other length, in the trie with this root.
  public Outcome verify(Hash root, Bytes key) {
    if (root.equals(Account.EMPTY_TRIE_ROOT)) {
      return absent(0);
    }
    byte[] nibbles = Nibbles.of(key.toArray(), 0, 2 * key.length());
    Hash expected = root;
    int depth = 0;
    for (int index = 0; index < nodes.size(); index++) {
      Bytes encoding = nodes.get(index);
      Hash actual = Keccak256.hash(encoding);
      if (!actual.equals(expected)) {
        return refused(new ProofRejection.WrongHash(index, expected, actual));
      }
      TrieNode node;
      try {
        node = TrieNode.decode(encoding.toArray());
      } catch (MalformedException malformed) {
        return refused(new ProofRejection.MalformedNode(index, malformed.reason()));
      }
      Step step = walk(node, nibbles, depth);
      if (step.outcome != null) {
        return index + 1 == nodes.size() ? step.outcome : leftOver(index + 1);
      }
      expected = step.expected;
      depth = step.depth;
    }
    return refused(new ProofRejection.NodeMissing(nodes.size()));
  }

  private Outcome absent(int used) {
    return used == nodes.size() ? new Outcome.Absent() : leftOver(used);
  }

  private Outcome leftOver(int used) {
    return refused(new ProofRejection.NodesLeft(used, nodes.size()));
  }

  private static Outcome refused(ProofRejection reason) {
    return new Outcome.Refused(reason);
  }

  /// Where a walk inside of one node ended: at an outcome, or at the hash of a node further down.
  private record Step(@Nullable Outcome outcome, Hash expected, int depth) {
    static Step done(Outcome outcome) {
      return new Step(outcome, Hash.ZERO, 0);
    }
  }

  private static Step walk(TrieNode from, byte[] nibbles, int start) {
    TrieNode node = from;
    int depth = start;
    while (true) {
      TrieNode.Item below;
      switch (node) {
        case TrieNode.Leaf leaf -> {
          byte[] rest = leaf.rest();
          boolean met = Arrays.equals(nibbles, depth, nibbles.length, rest, 0, rest.length);
          return Step.done(
              met ? new Outcome.Present(Bytes.wrap(leaf.value())) : new Outcome.Absent());
        }
        case TrieNode.Extension extension -> {
          int end = depth + extension.shared.length;
          if (end > nibbles.length
              || !Arrays.equals(
                  nibbles, depth, end, extension.shared, 0, extension.shared.length)) {
            return Step.done(new Outcome.Absent());
          }
          depth = end;
          below = extension.item();
        }
        case TrieNode.Branch branch -> {
          // A key that ends in a branch would have its value there, and no key of ours does.
          if (depth == nibbles.length || !branch.has(nibbles[depth])) {
            return Step.done(new Outcome.Absent());
          }
          below = branch.item(nibbles[depth]);
          depth++;
        }
      }
      Hash hash = below.hash();
      if (hash != null) {
        return new Step(null, hash, depth);
      }
      node = below.inline();
    }
  }

  /// The nodes on the way to `key` in a trie of `state`, from the root down.
  ///
  /// @param path the place that the first nibbles of the key, so many as given, lead to
  static MerkleProof of(FinalState state, Hash root, Hash key, IntFunction<NodePath> path) {
    List<Bytes> nodes = new ArrayList<>();
    byte[] nibbles = Nibbles.of(key.toArray(), 0, NodePath.NIBBLES_MAX);
    int depth = 0;
    boolean goesOn = !root.equals(Account.EMPTY_TRIE_ROOT);
    while (goesOn) {
      NodePath at = path.apply(depth);
      Bytes encoding =
          state.node(at).orElseThrow(() -> new IllegalStateException("no trie node at " + at));
      nodes.add(encoding);
      try {
        Step step = walk(TrieNode.decode(encoding.toArray()), nibbles, depth);
        goesOn = step.outcome == null;
        depth = step.depth;
      } catch (MalformedException damage) {
        throw new IllegalStateException("damaged trie node at " + at, damage);
      }
    }
    return new MerkleProof(nodes);
  }
}
