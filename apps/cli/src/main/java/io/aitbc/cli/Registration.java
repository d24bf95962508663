// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.execution.EconomyCall;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.signer.BlsValidatorKey;

/// The call that makes an account a candidate by stake. Protocol §12.2, §16.6.
final class Registration {
  private Registration() {}

  /// With 5 % commission, 20 % at most.
  static EconomyCall of(Hash genesis, Address account, BlsValidatorKey key, Amount stake) {
    return of(genesis, account, key, new EconomyCall.Commission(500, 2_000), Address.ZERO, stake);
  }

  /// @param genesis hash of the network's first block, which the proof of possession names
  /// @param displaced where the list is full: the candidate whose place the account takes
  static EconomyCall of(
      Hash genesis,
      Address account,
      BlsValidatorKey key,
      EconomyCall.Commission commission,
      Address displaced,
      Amount stake) {
    return EconomyCall.register(
        key.publicKey(),
        key.sign(ProofOfPossession.message(genesis, account.bytes(), key.publicKey())),
        commission,
        displaced,
        stake);
  }
}
