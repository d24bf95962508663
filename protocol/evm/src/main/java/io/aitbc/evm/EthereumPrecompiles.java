// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Secp256k1Signature;
import io.aitbc.crypto.Sha256;
import io.aitbc.crypto.precompile.Blake2f;
import io.aitbc.crypto.precompile.Bls12381;
import io.aitbc.crypto.precompile.Bn254;
import io.aitbc.crypto.precompile.KzgPointEvaluation;
import io.aitbc.crypto.precompile.P256;
import io.aitbc.crypto.precompile.Ripemd160;
import io.aitbc.model.Address;
import io.aitbc.model.Fork;
import io.aitbc.model.UInt256;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// Ethereum's precompiles, as each fork has them. Protocol §14.6, Yellow Paper appendix E.
public final class EthereumPrecompiles {
  private EthereumPrecompiles() {}

  /// The table of `fork`.
  public static Precompiles of(Fork fork, Secp256k1 secp256k1) {
    Precompiles table = cancun(fork, secp256k1);
    table = fork.isAtLeast(Fork.PRAGUE) ? withBls12381(table) : table;
    return fork.isAtLeast(Fork.OSAKA)
        ? table.with(0x100, fixed(6_900, EthereumPrecompiles::verifyP256))
        : table;
  }

  private static Precompiles cancun(Fork fork, Secp256k1 secp256k1) {
    return Precompiles.NONE
        .with(0x01, fixed(3_000, input -> Optional.of(recover(input, secp256k1))))
        .with(0x02, perWord(60, 12, input -> Optional.of(Sha256.hash(input).toBytes())))
        .with(0x03, perWord(600, 120, input -> Optional.of(ripemd160(input))))
        .with(0x04, perWord(15, 3, Optional::of))
        .with(0x05, new PowerPrecompile(fork))
        .with(0x06, fixed(150, onArrays(Bn254::add)))
        .with(0x07, fixed(6_000, onArrays(Bn254::multiply)))
        .with(0x08, perPair(45_000, 34_000, Bn254.PAIR_BYTES, onArrays(Bn254::pairing)))
        .with(0x09, priced(EthereumPrecompiles::blakeGas, onArrays(Blake2f::compress)))
        .with(0x0a, fixed(50_000, onArrays(KzgPointEvaluation::verify)));
  }

  private static Precompiles withBls12381(Precompiles table) {
    return table
        .with(0x0b, fixed(375, onArrays(Bls12381::addG1)))
        .with(
            0x0c,
            priced(input -> Bls12381Gas.G1.gas(input.length()), onArrays(Bls12381::multiplyG1)))
        .with(0x0d, fixed(600, onArrays(Bls12381::addG2)))
        .with(
            0x0e,
            priced(input -> Bls12381Gas.G2.gas(input.length()), onArrays(Bls12381::multiplyG2)))
        .with(0x0f, perPair(37_700, 32_600, Bls12381.PAIR_BYTES, onArrays(Bls12381::pairing)))
        .with(0x10, fixed(5_500, onArrays(Bls12381::mapToG1)))
        .with(0x11, fixed(23_800, onArrays(Bls12381::mapToG2)));
  }

  /// One gas for every round, which the first four bytes count (EIP-152).
  private static long blakeGas(Bytes input) {
    byte[] rounds = padded(input, Integer.BYTES);
    return UInt256.of(rounds, 0, Integer.BYTES).low();
  }

  private static Function<Bytes, Optional<Bytes>> onArrays(
      Function<byte[], Optional<byte[]>> function) {
    return input -> function.apply(input.toArray()).map(Bytes::wrap);
  }

  /// A function whose price is the same for every input.
  static Precompile fixed(long gas, Function<Bytes, Optional<Bytes>> function) {
    return priced(input -> gas, function);
  }

  /// A function that costs `gas` and `gasPerWord` for every 32 bytes, rounded up.
  static Precompile perWord(long gas, long gasPerWord, Function<Bytes, Optional<Bytes>> function) {
    return priced(input -> gas + gasPerWord * GasCost.words(input.length()), function);
  }

  /// A function that costs `gas` and `gasPerPair` for every `pairBytes`, rounded down.
  private static Precompile perPair(
      long gas, long gasPerPair, int pairBytes, Function<Bytes, Optional<Bytes>> function) {
    return priced(input -> gas + gasPerPair * (input.length() / pairBytes), function);
  }

  /// A function with its price.
  static Precompile priced(ToLongFunction<Bytes> price, Function<Bytes, Optional<Bytes>> function) {
    return new Precompile() {
      @Override
      public long gas(Bytes input) {
        return price.applyAsLong(input);
      }

      @Override
      public Optional<Bytes> run(Bytes input) {
        return function.apply(input);
      }
    };
  }

  /// The address that signed: hash, v, r and s of 32 bytes each. Nothing if nobody did.
  private static Bytes recover(Bytes input, Secp256k1 secp256k1) {
    byte[] fields = padded(input, 4 * Hash.BYTES);
    UInt256 v = UInt256.of(fields, Hash.BYTES, Hash.BYTES);
    if (!v.fitsLong() || v.low() < 27 || v.low() > 28) {
      return Bytes.EMPTY;
    }
    Secp256k1Signature signature =
        new Secp256k1Signature(
            Hash.of(fields, 2 * Hash.BYTES), Hash.of(fields, 3 * Hash.BYTES), (int) v.low() - 27);
    return secp256k1
        .recoverAnyS(Hash.of(fields, 0), signature)
        .map(key -> leftPadded(Address.of(key).bytes()))
        .orElse(Bytes.EMPTY);
  }

  private static Bytes ripemd160(Bytes input) {
    return leftPadded(Bytes.wrap(Ripemd160.hash(input.toArray())));
  }

  /// The number 1 for a valid signature, nothing for everything else (EIP-7951).
  private static Optional<Bytes> verifyP256(Bytes input) {
    boolean valid = P256.verify(input.toArray());
    return Optional.of(valid ? UInt256.ONE.toHash().toBytes() : Bytes.EMPTY);
  }

  /// The first `length` bytes of `input`, with zeros behind if there are fewer.
  static byte[] padded(Bytes input, int length) {
    byte[] padded = new byte[length];
    input.copyTo(0, padded, 0, Math.min(length, input.length()));
    return padded;
  }

  private static Bytes leftPadded(Bytes bytes) {
    byte[] word = new byte[UInt256.BYTES];
    bytes.copyTo(word, UInt256.BYTES - bytes.length());
    return Bytes.wrap(word);
  }
}
