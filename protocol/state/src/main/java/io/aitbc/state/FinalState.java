// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// The whole state after a block: what accounts and slots hold, and the tries over them. Several
/// threads may read it at once; while it is read it does not change. Protocol §13.
public interface FinalState extends StateView {
  /// The tries, as far as they are in memory.
  Trie trie();

  /// The encoding of the trie node with this hash at `place`, which {@link #trie} has and which is
  /// not in memory; empty if the state lost it.
  Optional<Bytes> storedNode(NodePath place, Hash hash);

  /// The code with this hash, if the state holds it.
  Optional<Bytes> findCode(Hash codeHash);

  /// The numbers of an account's slots that have these hashes, as far as the state knows them: the
  /// tries have the hashes alone.
  ///
  /// @param hashes hash of a slot's number each
  SortedMap<Hash, UInt256> slotNumbers(Address address, SortedSet<Hash> hashes);

  /// The first `max` slots of an account that are not 0, ascending by the hash of their number,
  /// which is at least `from`.
  default List<TriePlace.Entry> slots(Address address, Hash from, int max) {
    return trie().slots(this, StateTrie.hash(address), from, max);
  }

  /// Root of the trie of accounts: the block's state root.
  default Hash root() {
    return trie().root();
  }

  /// The encoding of the trie node at `place`, if there is one. A node shorter than 32 bytes that
  /// is not a root stands inside of its parent and has no place.
  default Optional<Bytes> node(NodePath place) {
    return trie().node(this, place);
  }

  @Override
  default Bytes code(Hash codeHash) {
    if (codeHash.equals(Account.EMPTY_CODE_HASH)) {
      return Bytes.EMPTY;
    }
    return findCode(codeHash)
        .orElseThrow(() -> new IllegalStateException("the state has no code " + codeHash));
  }
}
