// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.MalformedException;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A place in a trie whose content is fetched from others, and what its parent says stands there: a
/// hash, or a node of less than 32 bytes. So whatever comes for it proves itself, and from the root
/// down the whole state does. It is filled by the node that stands there, which names the places
/// below, or by all keys and values below at once. Protocol §13.5.
public final class TriePlace {
  private final NodePath path;

  /// Null where the node stands inside of its parent.
  private final @Nullable Hash hash;

  /// The node that stands inside of its parent, else nothing.
  private final byte[] inline;

  private TriePlace(NodePath path, @Nullable Hash hash, byte[] inline) {
    this.path = path;
    this.hash = hash;
    this.inline = inline;
  }

  /// A key and its value, as a trie has them.
  ///
  /// @param key hash of an address or of a slot's number
  /// @param value the encoded account or slot value
  public record Entry(Hash key, Bytes value) {
    /// An account.
    public static Entry of(Address address, Account account) {
      return new Entry(Keccak256.hash(address.bytes()), account.encoded());
    }

    /// A slot.
    public static Entry of(UInt256 slot, UInt256 value) {
      return new Entry(Keccak256.hash(slot.toArray()), StateTrie.encoded(value));
    }
  }

  /// A node that is stored.
  ///
  /// @param path where it stands
  /// @param encoding what it is
  public record Node(NodePath path, Bytes encoding) {}

  /// What comes of an answer.
  public sealed interface Verdict {
    /// It is what stands here.
    ///
    /// @param nodes those of the trie that are stored, in no order
    /// @param below the places whose content is still missing; none after a range
    record Holds(List<Node> nodes, List<TriePlace> below) implements Verdict {
      /// Copies the lists.
      public Holds {
        nodes = List.copyOf(nodes);
        below = List.copyOf(below);
      }
    }

    /// It is not.
    record Refused(PlaceRejection reason) implements Verdict {}
  }

  /// The root of the trie of accounts of a state that is not empty.
  public static TriePlace ofAccounts(Hash stateRoot) {
    return new TriePlace(NodePath.inAccounts(new byte[0], 0), stateRoot, new byte[0]);
  }

  /// The root of the storage trie of an account that has storage.
  ///
  /// @param owner hash of the account's address
  public static TriePlace ofStorage(Hash owner, Hash storageRoot) {
    return new TriePlace(NodePath.inStorage(owner, new byte[0], 0), storageRoot, new byte[0]);
  }

  /// Where it is.
  public NodePath path() {
    return path;
  }

  /// Whose storage it is in; null for the trie of accounts.
  public @Nullable Hash owner() {
    return path.owner();
  }

  /// Takes the node that stands here, if it is one with places below.
  public Verdict node(Bytes encoding) {
    byte[] bytes = encoding.toArray();
    if (!stands(bytes)) {
      return new Verdict.Refused(new PlaceRejection.WrongContent(path, Keccak256.hash(encoding)));
    }
    try {
      TrieNode node = TrieNode.decode(bytes);
      List<TriePlace> below = new ArrayList<>();
      switch (node) {
        case TrieNode.Leaf _ -> {
          return new Verdict.Refused(new PlaceRejection.LeafWithoutKey(path));
        }
        case TrieNode.Extension extension -> below.add(below(extension.item(), extension.shared));
        case TrieNode.Branch branch -> {
          for (byte nibble = 0; nibble < TrieNode.WIDTH; nibble++) {
            if (branch.has(nibble)) {
              below.add(below(branch.item(nibble), new byte[] {nibble}));
            }
          }
        }
      }
      return new Verdict.Holds(stored(bytes), below);
    } catch (MalformedException | IllegalArgumentException malformed) {
      return new Verdict.Refused(
          new PlaceRejection.NoNode(path, String.valueOf(malformed.getMessage())));
    }
  }

  private List<Node> stored(byte[] encoding) {
    return hash == null ? List.of() : List.of(new Node(path, Bytes.wrap(encoding)));
  }

  private TriePlace below(TrieNode.Item item, byte[] nibbles) throws MalformedException {
    int length = path.length() + nibbles.length;
    if (length > NodePath.NIBBLES_MAX) {
      throw new IllegalArgumentException("a path of " + length + " nibbles");
    }
    byte[] all = new byte[length];
    for (int i = 0; i < path.length(); i++) {
      all[i] = (byte) path.nibble(i);
    }
    System.arraycopy(nibbles, 0, all, path.length(), nibbles.length);
    Hash owner = path.owner();
    NodePath there =
        owner == null ? NodePath.inAccounts(all, length) : NodePath.inStorage(owner, all, length);
    Hash named = item.hash();
    return named == null
        ? new TriePlace(there, null, item.inline().encoding)
        : new TriePlace(there, named, new byte[0]);
  }

  /// Takes all keys and values below, in ascending order.
  public Verdict range(List<Entry> entries) {
    if (entries.isEmpty()) {
      return new Verdict.Refused(new PlaceRejection.NothingThere(path));
    }
    List<byte[]> keys = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      Hash key = entries.get(i).key();
      boolean ascends = i == 0 || entries.get(i - 1).key().compareTo(key) < 0;
      byte[] bytes = key.toArray();
      if (!ascends || !isBelow(bytes)) {
        return new Verdict.Refused(new PlaceRejection.WrongKey(path, i, key));
      }
      keys.add(bytes);
    }
    Building building = new Building(entries, keys);
    TrieNode top = building.node(0, entries.size(), path.length());
    if (!stands(top.encoding)) {
      return new Verdict.Refused(
          new PlaceRejection.WrongContent(path, Keccak256.hash(Bytes.wrap(top.encoding))));
    }
    return new Verdict.Holds(building.nodes, List.of());
  }

  private boolean isBelow(byte[] key) {
    for (int i = 0; i < path.length(); i++) {
      if (Nibbles.at(key, i) != path.nibble(i)) {
        return false;
      }
    }
    return true;
  }

  /// Whether the parent names this node.
  private boolean stands(byte[] encoding) {
    return hash == null
        ? Arrays.equals(inline, encoding)
        : (encoding.length >= Hash.BYTES || path.length() == 0)
            && Keccak256.hash(Bytes.wrap(encoding)).equals(hash);
  }

  @Override
  public String toString() {
    return path + (hash == null ? " inside" : " " + hash);
  }

  /// Makes the nodes over keys and values.
  private final class Building {
    private final List<Entry> entries;
    private final List<byte[]> keys;
    private final List<Node> nodes = new ArrayList<>();

    Building(List<Entry> entries, List<byte[]> keys) {
      this.entries = entries;
      this.keys = keys;
    }

    /// The node at `depth` over the keys from `from` to before `to`, which share what is above it.
    TrieNode node(int from, int to, int depth) {
      byte[] first = keys.get(from);
      TrieNode made;
      if (to - from == 1) {
        made = TrieNode.Leaf.of(first, depth, entries.get(from).value().toArray(), null);
      } else {
        byte[] last = keys.get(to - 1);
        int fork = depth;
        while (Nibbles.at(first, fork) == Nibbles.at(last, fork)) {
          fork++;
        }
        made =
            fork == depth
                ? branch(from, to, depth)
                : TrieNode.Extension.of(Nibbles.of(first, depth, fork), node(from, to, fork));
      }
      if (depth == 0 || !made.isInline()) {
        byte[] nibbles = Nibbles.of(first, 0, depth);
        Hash owner = path.owner();
        nodes.add(
            new Node(
                owner == null
                    ? NodePath.inAccounts(nibbles, depth)
                    : NodePath.inStorage(owner, nibbles, depth),
                Bytes.wrap(made.encoding)));
      }
      return made;
    }

    private TrieNode branch(int from, int to, int depth) {
      @Nullable TrieNode[] children = new @Nullable TrieNode[TrieNode.WIDTH];
      int at = from;
      while (at < to) {
        int nibble = Nibbles.at(keys.get(at), depth);
        int end = at + 1;
        while (end < to && Nibbles.at(keys.get(end), depth) == nibble) {
          end++;
        }
        children[nibble] = node(at, end, depth + 1);
        at = end;
      }
      return TrieNode.Branch.of(children);
    }
  }
}
