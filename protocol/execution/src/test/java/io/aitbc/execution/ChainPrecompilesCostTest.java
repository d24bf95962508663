// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.aitbc.attestation.Inquiry;
import io.aitbc.crypto.AccountMessage;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSecretKey;
import io.aitbc.crypto.BlsVrf;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.crypto.Secp256k1Signature;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.evm.EthereumPrecompiles;
import io.aitbc.evm.Precompile;
import io.aitbc.evm.Precompiles;
import io.aitbc.model.Address;
import io.aitbc.model.Evidence;
import io.aitbc.model.Fork;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Trace;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What the chain's own precompiles cost in processor time beside their gas, at their dearest: keys
/// are seen for the first time. Figures are printed and recorded in docs/benchmarks.md; none is
/// asserted. Protocol §14.6.
class ChainPrecompilesCostTest {
  private static final Hash NETWORK = Keccak256.hash(Bytes.of((byte) 1));
  private static final int RUNS = 12;

  private static Precompile precompile(int number) {
    return List.copyOf(
            ChainPrecompiles.addedTo(Precompiles.NONE, NETWORK, new BlsScheme())
                .functions()
                .values())
        .get(number - 0x0a01);
  }

  private static void measure(String what, int number, Bytes input) {
    // A new table each time: its scheme has seen no key.
    report(what, number, precompile(number).gas(input), least(() -> precompile(number), input));
  }

  /// The least processor time of some runs, nanoseconds.
  private static long least(Supplier<Precompile> functions, Bytes input) {
    var threads = ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < RUNS; i++) {
      Precompile function = functions.get();
      long began = threads.getCurrentThreadCpuTime();
      Bytes output = function.run(input).orElseThrow();
      least = Math.min(least, threads.getCurrentThreadCpuTime() - began);
      assertNotEquals(Bytes.wrap(new byte[output.length()]), output);
    }
    return least;
  }

  private static void report(String what, int number, long gas, long nanos) {
    System.out.printf(
        "[notice] 0x%04x %s: %d gas, %d us of processor time, %d Mgas/s%n",
        number, what, gas, nanos / 1_000, gas * 1_000 / Math.max(1, nanos));
  }

  @Test
  void theGasOfEveryPrecompileIsHeldAgainstItsProcessorTime() {
    SignedSet four = new SignedSet(4, NETWORK);
    BlsSecretKey key = four.keys.getFirst();
    Bytes publicKey = key.publicKey().bytes();
    var message = new ValidatorMessage(ValidatorMessage.Purpose.VRF, NETWORK, Bytes.of((byte) 3));
    Bytes proof = new BlsVrf(new BlsScheme()).prove(key, message);
    measure("VRF", 0x0a01, join(publicKey, proof, Bytes.of((byte) 3)));
    for (int count : new int[] {21, 100, 1_000}) {
      SignedSet set = new SignedSet(count, NETWORK);
      Integer[] all = IntStream.range(0, count).boxed().toArray(Integer[]::new);
      var certificate = set.certificate(set.header.hash(), all);
      Bytes input = set.certificateInput(NETWORK, set.header, set.set, certificate);
      measure("certificate of " + count, 0x0a02, input);
      var evidence = new Evidence.Equivocation(set.vote(1, NETWORK, 1), set.vote(1, NETWORK, 2));
      measure("two votes, set of " + count, 0x0a03, SignedSet.list(evidence, set.set));
    }
    Address account = TransferChain.account(1);
    Bytes possession = ProofOfPossession.prove(key, NETWORK, account.bytes()).bytes();
    measure("possession", 0x0a04, join(account.bytes(), publicKey, possession));
  }

  /// Inquiries about evidence are in `./aitbc bench attestation`, proofs about models of every kind
  /// in `./aitbc bench referee`.
  @Test
  void theGasOfTheJudgesIsHeldAgainstTheirProcessorTime() throws Exception {
    Bytes policy = new Inquiry.OfPolicy(AttestationPrecompileTest.policy()).encoded();
    measure("inquiry about a policy", 0x0a06, policy);
    for (int wide : new int[] {1_024, 4_096}) {
      Trace trace = RefereePrecompileTest.layer(wide, wide);
      byte[] claimed = trace.tile(trace.tree().width(0) - 1);
      claimed[0] ^= 1;
      Bytes proof = RefereePrecompileTest.input(trace, claimed);
      measure("proof about a layer of " + wide, 0x0a07, proof);
    }
  }

  /// What Ethereum's dearest signature check asks for, in the same minute on the same machine.
  @Test
  void ethereumsRecoveryForComparison() {
    Secp256k1SecretKey key = Secp256k1SecretKey.fromSeed(NETWORK.toArray());
    Secp256k1Signature signature = key.sign(new AccountMessage.TransactionDigest(NETWORK));
    TransactionSignature values = TransactionSignature.of(signature);
    Bytes input =
        join(
            NETWORK.toBytes(),
            Bytes.wrap(UInt256.of(27 + values.yParity()).toArray()),
            Bytes.wrap(values.r().toArray()),
            Bytes.wrap(values.s().toArray()));
    Precompile recover =
        EthereumPrecompiles.of(Fork.OSAKA, Secp256k1.chosen()).functions().firstEntry().getValue();
    report("ecrecover", 1, recover.gas(input), least(() -> recover, input));
  }

  private static Bytes join(Bytes... parts) {
    Bytes joined = Bytes.EMPTY;
    for (Bytes part : parts) {
      byte[] longer = new byte[joined.length() + part.length()];
      joined.copyTo(longer, 0);
      part.copyTo(longer, joined.length());
      joined = Bytes.wrap(longer);
    }
    return joined;
  }
}
