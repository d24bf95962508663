// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.Optional;

/// The whole state after a block: what accounts and slots hold, and the nodes of the tries over
/// them. Several threads may read it at once; while it is read it does not change. Protocol §13.
public interface FinalState extends StateView {
  /// Root of the trie of accounts: the block's state root.
  Hash root();

  /// The encoding of the trie node at `path`, if there is one. A node shorter than 32 bytes that is
  /// not a root stands inside of its parent and is not stored.
  Optional<Bytes> node(NodePath path);

  /// The code with this hash, if the state holds it.
  Optional<Bytes> findCode(Hash codeHash);

  @Override
  default Bytes code(Hash codeHash) {
    if (codeHash.equals(Account.EMPTY_CODE_HASH)) {
      return Bytes.EMPTY;
    }
    return findCode(codeHash)
        .orElseThrow(() -> new IllegalStateException("the state has no code " + codeHash));
  }
}
