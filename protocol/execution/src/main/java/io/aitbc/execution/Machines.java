// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.evm.CodeCache;
import io.aitbc.evm.EthereumPrecompiles;
import io.aitbc.evm.Evm;
import io.aitbc.evm.Precompiles;
import io.aitbc.model.Fork;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Virtual machines with the chain's precompiles, one for every task that runs at once; they keep
/// their code from block to block.
public final class Machines {
  private final Secp256k1 secp256k1;
  private final Map<Fork, Precompiles> precompiles = new EnumMap<>(Fork.class);
  private final List<Evm> machines = new ArrayList<>();

  /// Machines of one network.
  ///
  /// @param genesisHash the network
  /// @param secp256k1 recovers who signed
  /// @param scheme checks validators' signatures
  public Machines(Hash genesisHash, Secp256k1 secp256k1, SignatureScheme scheme) {
    this(
        secp256k1,
        fork ->
            ChainPrecompiles.addedTo(EthereumPrecompiles.of(fork, secp256k1), genesisHash, scheme));
  }

  /// Machines with other precompiles.
  ///
  /// @param tables those of each fork
  public Machines(Secp256k1 secp256k1, Function<Fork, Precompiles> tables) {
    this.secp256k1 = secp256k1;
    for (Fork fork : Fork.values()) {
      precompiles.put(fork, tables.apply(fork));
    }
  }

  /// A machine for somebody else: another thread, or a caller of JSON-RPC.
  public Evm another() {
    return new Evm(
        secp256k1, fork -> precompiles.getOrDefault(fork, Precompiles.NONE), newCodeCache());
  }

  /// Has the JVM compile the machine ({@link Evm#rehearse}); on any thread.
  public void rehearse() {
    Evm.rehearse(secp256k1);
  }

  /// The machine of task `index`, from 0 on. Asked for on one thread, before the tasks start.
  Evm of(int index) {
    while (machines.size() <= index) {
      machines.add(another());
    }
    return machines.get(index);
  }

  private static CodeCache newCodeCache() {
    return new CodeCache(CodeCache.CODE_BYTES_DEFAULT);
  }
}
