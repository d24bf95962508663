// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.MalformedException;
import java.util.List;
import java.util.Optional;

/// Nodes of strangers prove one thing about an account, or nothing. Protocol §13.3.
class StateProofFuzzTest {
  /// An address, and the node that is to prove something about its account; a root that is the
  /// node's hash lets any node be looked into.
  @FuzzTest(maxDuration = "1m")
  void aNodeProvesAnAccountOrItsAbsenceOrNothing(byte[] input) {
    if (input.length < Address.BYTES) {
      return;
    }
    Address address = new Address(Bytes.of(input, 0, Address.BYTES));
    Bytes node = Bytes.of(input, Address.BYTES, input.length - Address.BYTES);
    Hash root = Keccak256.hash(node);
    MerkleProof proof = new MerkleProof(List.of(node));
    boolean absent = proves(address, Account.EMPTY, proof, root);
    switch (proof.verify(root, StateTrie.hash(address).toBytes())) {
      case MerkleProof.Outcome.Absent() -> assertTrue(absent);
      case MerkleProof.Outcome.Refused(var _) -> assertFalse(absent);
      case MerkleProof.Outcome.Present(Bytes value) -> {
        assertFalse(absent);
        Optional<Account> account = account(value);
        assertEquals(
            account.isPresent(),
            account.filter(claimed -> proves(address, claimed, proof, root)).isPresent());
      }
    }
  }

  private static boolean proves(Address address, Account claimed, MerkleProof proof, Hash root) {
    return new StateProof(address, claimed, proof, List.of()).verify(root).isEmpty();
  }

  /// The account of a value; empty for no account, and for one that nobody has a claim for.
  private static Optional<Account> account(Bytes value) {
    try {
      return Optional.of(Account.decode(value)).filter(account -> !account.equals(Account.EMPTY));
    } catch (MalformedException refused) {
      return Optional.empty();
    }
  }
}
