// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.Precompile;
import io.aitbc.evm.Precompiles;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Claim;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Inference;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Judge;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Prover;
import io.aitbc.referee.Tensor;
import io.aitbc.referee.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RefereePrecompileTest { // Protocol §14.6
  private static final Precompile REFEREE =
      Objects.requireNonNull(
          ChainPrecompiles.addedTo(Precompiles.NONE, Hash.ZERO, new BlsScheme())
              .functions()
              .get(Address.fromHex("0x0000000000000000000000000000000000000a07")));

  /// A layer of floats as wide as asked for, carried out.
  static Trace layer(int inputs, int outputs) throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.FLOAT32, 1, inputs);
    float[] weights = new float[inputs * outputs];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (i % 13 - 6) / 8f;
    }
    Tensor w = plan.constant(Elements.of(weights), outputs, inputs);
    Tensor bias = plan.constant(Elements.of(new float[outputs]), 1, outputs);
    Tensor y = plan.sumProducts(x, w, 1, List.of(bias));
    byte[] input = new byte[4 * inputs];
    for (int i = 0; i < inputs; i++) {
      input[4 * i + 3] = 0x3f;
    }
    return new Inference(plan.inference(y), Kernel.plain(), Workers.NONE).trace(input);
  }

  /// Claim and proof about the first element of the last tile, which holds `claimed`.
  static Bytes input(Trace trace, byte[] claimed) {
    int last = trace.tree().width(0) - 1;
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < last; i++) {
      leaves.add(trace.tree().node(0, i));
    }
    leaves.add(MerkleTree.leaf(claimed));
    MerkleTree tree = MerkleTree.over(leaves);
    long length = trace.model().header().inputBytes();
    MerkleTree inputs =
        MerkleTree.over(List.of(ItemLeaf.input(0, length, trace.inputTree().root())));
    MerkleTree outputs = MerkleTree.over(List.of(ItemLeaf.output(0, trace.output())));
    Claim claim =
        new Claim(
            trace.model().id(),
            inputs.root(),
            1,
            0,
            outputs.root(),
            1,
            0,
            tree.root(),
            Hash.ZERO,
            Hash.ZERO);
    byte[] proof = new Prover(trace, tree, inputs, 0).element(last, claimed);
    byte[] joined = new byte[Claim.BYTES + proof.length];
    System.arraycopy(claim.encoded(), 0, joined, 0, Claim.BYTES);
    System.arraycopy(proof, 0, joined, Claim.BYTES, proof.length);
    return Bytes.wrap(joined);
  }

  private static Optional<Bytes> word(long number) {
    return Optional.of(Bytes.wrap(UInt256.of(number).toArray()));
  }

  @Test // Protocol §17.5.
  void aFalseElementIsFraudAndATrueOneIsRight() throws Exception {
    Trace trace = layer(1500, 1100);
    byte[] claimed = trace.tile(trace.tree().width(0) - 1);
    assertEquals(word(3), REFEREE.run(input(trace, claimed)));
    claimed[2] ^= 1;
    assertEquals(word(1), REFEREE.run(input(trace, claimed)));
  }

  @Test
  void whatIsNoProofHasNoEffectAndWhatIsTooLongFails() {
    assertEquals(word(0), REFEREE.run(Bytes.EMPTY));
    assertEquals(word(0), REFEREE.run(Bytes.wrap(new byte[Judge.INPUT_BYTES_MAX])));
    assertEquals(Optional.empty(), REFEREE.run(Bytes.wrap(new byte[Judge.INPUT_BYTES_MAX + 1])));
  }

  @Test // Protocol §14.6: 2^24 is the most gas of a transaction; a byte of call data costs 40.
  void theGreatestProofFitsIntoATransaction() throws Exception {
    Trace trace = layer(4096, 4096);
    byte[] claimed = trace.tile(trace.tree().width(0) - 1);
    claimed[0] ^= 1;
    Bytes input = input(trace, claimed);
    assertTrue(input.length() <= Judge.INPUT_BYTES_MAX, () -> input.length() + " bytes");
    assertTrue(40L * input.length() + REFEREE.gas(input) < 4_000_000);
    assertEquals(word(1), REFEREE.run(input));
  }
}
