// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import java.util.List;
import java.util.OptionalDouble;

/// What a benchmark is held to.
///
/// @param name name on the command line
/// @param what what one operation is
/// @param benchmark the benchmark's method
/// @param parameter its parameter; empty if it has none
/// @param targetMicros most microseconds per operation
/// @param prototypeMicros microseconds that the prototype took on the reference machine, if it was
///   measured
record MicroTarget(
    String name,
    String what,
    String benchmark,
    String parameter,
    double targetMicros,
    OptionalDouble prototypeMicros) {
  /// Every benchmark.
  static List<MicroTarget> all() {
    return List.of(
        new MicroTarget(
            "recover",
            "sender of a transfer: hash, recover, address",
            RecoverBenchmark.class.getName() + ".sender",
            "",
            50,
            OptionalDouble.of(42.8)),
        new MicroTarget(
            "keccak",
            "Keccak-256 of 532 bytes",
            KeccakBenchmark.class.getName() + ".hash",
            "",
            2,
            OptionalDouble.of(1.59)),
        new MicroTarget(
            "certificate-1000",
            "certificate of 1,000 cached keys",
            CertificateBenchmark.class.getName() + ".verify",
            "1000",
            2_500,
            OptionalDouble.of(1_804)),
        new MicroTarget(
            "certificate-21",
            "certificate of 21 cached keys",
            CertificateBenchmark.class.getName() + ".verify",
            "21",
            1_600,
            OptionalDouble.of(1_247)),
        new MicroTarget(
            "vote",
            "vote at the round machine, 64 voters, without its signature check",
            VoteBenchmark.class.getName() + ".handle",
            "",
            10,
            OptionalDouble.empty()),
        new MicroTarget(
            "trie",
            "trie update, 10,000 of 100,000 accounts a batch",
            TrieBenchmark.class.getName() + ".root",
            "",
            4,
            OptionalDouble.of(2.5)),
        new MicroTarget(
            "rlp",
            "RLP decode and hash of a transfer",
            RlpBenchmark.class.getName() + ".decodeAndHash",
            "",
            4,
            OptionalDouble.empty()));
  }
}
