// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Optional;

/// An account and some of its slots with the proof under a state root, as `eth_getProof` gives it
/// (EIP-1186). Protocol §13.3.
///
/// @param address whose account
/// @param account what is claimed; {@link Account#EMPTY} claims that there is none
/// @param accountProof nodes of the trie of accounts
/// @param slots values claimed, each with nodes of the account's storage trie
public record StateProof(
    Address address, Account account, MerkleProof accountProof, List<SlotProof> slots) {
  /// A slot's value and its proof.
  ///
  /// @param key which slot
  /// @param value what is claimed; 0 claims that there is none
  /// @param proof nodes of the storage trie
  public record SlotProof(UInt256 key, UInt256 value, MerkleProof proof) {}

  /// Copies the list.
  public StateProof {
    slots = List.copyOf(slots);
  }

  /// The proof of the account at `address` and of the slots `keys`, in that order.
  public static StateProof of(FinalState state, Address address, List<UInt256> keys) {
    Account account = state.account(address);
    Hash owner = StateTrie.hash(address);
    byte[] ownerNibbles = Nibbles.of(owner.toArray(), 0, NodePath.NIBBLES_MAX);
    MerkleProof accountProof =
        MerkleProof.of(
            state, state.root(), owner, depth -> NodePath.inAccounts(ownerNibbles, depth));
    List<SlotProof> slots =
        keys.stream()
            .map(key -> {
              Hash hash = StateTrie.hash(key);
              byte[] nibbles = Nibbles.of(hash.toArray(), 0, NodePath.NIBBLES_MAX);
              MerkleProof proof =
                  MerkleProof.of(
                      state,
                      account.storageRoot(),
                      hash,
                      depth -> NodePath.inStorage(owner, nibbles, depth));
              return new SlotProof(key, state.storage(address, key), proof);
            })
            .toList();
    return new StateProof(address, account, accountProof, slots);
  }

  /// Why this does not prove what it claims under `stateRoot`; empty if it does.
  public Optional<ProofRejection> verify(Hash stateRoot) {
    Bytes claimed = account.equals(Account.EMPTY) ? Bytes.EMPTY : account.encoded();
    Optional<ProofRejection> rejection =
        verify(accountProof, stateRoot, StateTrie.hash(address), claimed);
    for (SlotProof slot : slots) {
      if (rejection.isPresent()) {
        break;
      }
      Bytes value = slot.value.isZero() ? Bytes.EMPTY : StateTrie.encoded(slot.value);
      rejection = verify(slot.proof, account.storageRoot(), StateTrie.hash(slot.key), value);
    }
    return rejection;
  }

  private static Optional<ProofRejection> verify(
      MerkleProof proof, Hash root, Hash key, Bytes claimed) {
    return switch (proof.verify(root, key.toBytes())) {
      case MerkleProof.Outcome.Refused(var reason) -> Optional.of(reason);
      case MerkleProof.Outcome.Absent() ->
          claimed.isEmpty() ? Optional.empty() : wrong(claimed, Bytes.EMPTY);
      case MerkleProof.Outcome.Present(var value) ->
          claimed.equals(value) ? Optional.empty() : wrong(claimed, value);
    };
  }

  private static Optional<ProofRejection> wrong(Bytes claimed, Bytes proven) {
    return Optional.of(new ProofRejection.WrongClaim(claimed, proven));
  }
}
