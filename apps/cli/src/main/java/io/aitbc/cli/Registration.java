// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.execution.CallData;
import io.aitbc.model.Address;
import io.aitbc.signer.BlsValidatorKey;

/// The call that makes an account a candidate by stake. Protocol §12.2, §16.6.
final class Registration {
  private Registration() {}

  /// Of delegators' rewards, in parts of 10,000.
  ///
  /// @param now what is taken
  /// @param max what it never exceeds
  record Commission(int now, int max) {}

  /// With 5 % commission, 20 % at most.
  static CallData of(Hash genesis, Address account, BlsValidatorKey key) {
    return of(genesis, account, key, new Commission(500, 2_000), Address.ZERO);
  }

  /// @param genesis hash of the network's first block, which the proof of possession names
  /// @param displaced where the list is full: the candidate whose place the account takes
  static CallData of(
      Hash genesis,
      Address account,
      BlsValidatorKey key,
      Commission commission,
      Address displaced) {
    return CallData.of("register(bytes,bytes,uint16,uint16,address)")
        .bytes(key.publicKey().bytes())
        .bytes(
            key.sign(ProofOfPossession.message(genesis, account.bytes(), key.publicKey())).bytes())
        .number(commission.now)
        .number(commission.max)
        .address(displaced);
  }
}
