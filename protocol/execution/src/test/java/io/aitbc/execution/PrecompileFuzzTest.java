// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.evm.EthereumPrecompiles;
import io.aitbc.evm.Precompile;
import io.aitbc.model.Fork;
import java.util.List;
import java.util.stream.Stream;

/// Any bytes are input of every precompile: the first says of which. Protocol §14.6.
class PrecompileFuzzTest {
  /// Gas that is worth some 10 ms.
  private static final long GAS_MAX = 1_000_000;

  /// The chain's own without their wall, which would hide what is looked for.
  private static final List<Precompile> FUNCTIONS =
      Stream.of(
              EthereumPrecompiles.of(Fork.OSAKA, Secp256k1.chosen()),
              ChainPrecompiles.bare(Hash.ZERO, new BlsScheme()))
          .flatMap(table -> table.functions().values().stream())
          .toList();

  @FuzzTest
  void anyBytesAreInputWithOneResult(byte[] input) {
    if (input.length == 0) {
      return;
    }
    Precompile function = FUNCTIONS.get(Byte.toUnsignedInt(input[0]) % FUNCTIONS.size());
    Bytes rest = Bytes.of(input, 1, input.length - 1);
    long gas = function.gas(rest);
    assertTrue(gas >= 0);
    if (gas <= GAS_MAX) {
      assertEquals(function.run(rest), function.run(rest));
    }
  }
}
