// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.UInt256;

/// Where a new contract lives. Yellow Paper §7, EIP-1014.
public final class ContractAddress {
  private ContractAddress() {}

  /// The address of a contract that `creator` creates with CREATE or a transaction while it has
  /// this nonce.
  ///
  /// @param nonce 64 bits without sign
  public static Address ofNonce(Address creator, long nonce) {
    RlpWriter writer = new RlpWriter(32);
    writer.begin().address(creator).number(new UInt256(0, 0, 0, nonce)).end();
    return tail(Keccak256.hash(writer.toBytes()));
  }

  /// The address of a contract that `creator` creates with CREATE2.
  public static Address ofSalt(Address creator, Hash salt, Hash initCodeHash) {
    byte[] preimage = new byte[1 + Address.BYTES + 2 * Hash.BYTES];
    preimage[0] = (byte) 0xff;
    creator.copyTo(preimage, 1);
    salt.copyTo(preimage, 1 + Address.BYTES);
    initCodeHash.copyTo(preimage, 1 + Address.BYTES + Hash.BYTES);
    return tail(Keccak256.hash(preimage));
  }

  private static Address tail(Hash hash) {
    return Address.of(hash.toArray(), Hash.BYTES - Address.BYTES);
  }
}
