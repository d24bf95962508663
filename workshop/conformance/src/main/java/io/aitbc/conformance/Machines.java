// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import io.aitbc.crypto.Secp256k1;
import io.aitbc.evm.CodeCache;
import io.aitbc.evm.EthereumPrecompiles;
import io.aitbc.evm.Evm;

/// A machine with Ethereum's precompiles for each thread.
final class Machines {
  private static final ThreadLocal<Evm> MACHINES =
      ThreadLocal.withInitial(() -> {
        Secp256k1 secp256k1 = Secp256k1.chosen();
        return new Evm(
            secp256k1,
            fork -> EthereumPrecompiles.of(fork, secp256k1),
            new CodeCache(CodeCache.CODE_BYTES_DEFAULT));
      });

  private Machines() {}

  /// The machine of the thread that asks.
  static Evm ofThread() {
    return MACHINES.get();
  }
}
