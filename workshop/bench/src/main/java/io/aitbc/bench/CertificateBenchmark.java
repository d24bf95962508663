// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSecretKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// A certificate: one aggregated signature of many validators over one message, keys seen before.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CertificateBenchmark {
  private final BlsScheme scheme = new BlsScheme();
  private final List<BlsPublicKey> signers = new ArrayList<>();
  private final ValidatorMessage message =
      new ValidatorMessage(ValidatorMessage.Purpose.COMMIT, Hash.ZERO, Bytes.wrap(new byte[120]));

  /// How many validators signed.
  @Param({"21", "1000"})
  public int keys;

  @SuppressWarnings("NullAway.Init") // Set before the first run.
  private BlsSignature aggregate;

  /// Makes keys and signatures; the first check fills the scheme's cache of keys.
  @Setup
  public void sign() {
    List<BlsSignature> signatures = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      BlsSecretKey key = BlsSecretKey.fromSeed(Hash.fromHex("%064x".formatted(i + 1)).toArray());
      signers.add(key.publicKey());
      signatures.add(key.sign(message));
    }
    aggregate = scheme.aggregate(signatures).orElseThrow();
    if (!verify()) {
      throw new IllegalStateException("the certificate does not hold");
    }
  }

  /// One check.
  @Benchmark
  public boolean verify() {
    return scheme.verifyAggregate(signers, message, aggregate);
  }
}
