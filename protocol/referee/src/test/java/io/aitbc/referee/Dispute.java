// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A disputed item: its honest trace, and what a worker claims instead.
final class Dispute {
  static final int ITEM = 2;
  static final int ITEMS = 5;

  final Trace honest;
  final MerkleTree inputs;
  final MerkleTree outputs;
  final byte[] output;
  final MerkleTree claimedTrace;
  final Hash stateAfter;

  private Dispute(Trace honest, byte[] output, MerkleTree claimedTrace, Hash stateAfter) {
    this.honest = honest;
    this.output = output;
    this.claimedTrace = claimedTrace;
    this.stateAfter = stateAfter;
    long length = honest.model().header().inputBytes();
    this.inputs = among(ItemLeaf.input(ITEM, length, honest.inputTree().root()));
    this.outputs = among(ItemLeaf.output(ITEM, output));
  }

  private static MerkleTree among(Hash leaf) {
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < ITEMS; i++) {
      leaves.add(i == ITEM ? leaf : MerkleTree.leaf(new byte[] {(byte) i}));
    }
    return MerkleTree.over(leaves);
  }

  private static byte[] committed(Trace honest) {
    return honest.model().trains() ? honest.nextStateTree().root().toArray() : honest.output();
  }

  static Dispute honest(Trace trace) {
    return new Dispute(trace, committed(trace), trace.tree(), trace.nextStateTree().root());
  }

  /// The worker claims another output or state than its trace ends with.
  static Dispute withOutput(Trace trace, byte[] output) {
    return new Dispute(trace, output, trace.tree(), trace.nextStateTree().root());
  }

  static Dispute withStateAfter(Trace trace, Hash after) {
    return new Dispute(trace, after.toArray(), trace.tree(), after);
  }

  /// The worker's trace has another tile.
  static Dispute withTile(Trace trace, int tile, byte[] content) {
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < trace.tree().width(0); i++) {
      leaves.add(i == tile ? MerkleTree.leaf(content) : trace.tree().node(0, i));
    }
    return new Dispute(
        trace, committed(trace), MerkleTree.over(leaves), trace.nextStateTree().root());
  }

  Claim claim() {
    return new Claim(
        honest.model().id(),
        inputs.root(),
        ITEMS,
        ITEM,
        outputs.root(),
        ITEMS,
        ITEM,
        claimedTrace.root(),
        honest.stateTree().root(),
        stateAfter);
  }

  Prover prover() {
    return new Prover(honest, claimedTrace, inputs, ITEM);
  }

  /// The challenger's walk: what it knows of the worker's tree afterwards, and the first tile that
  /// differs.
  record Walk(MerkleTree learned, int tile, int answers) {}

  Optional<Walk> walk() {
    MerkleTree learned = honest.tree().copy();
    learned.learnRoot(claimedTrace.root());
    int level = honest.tree().height();
    int index = 0;
    int answers = 0;
    if (claimedTrace.root().equals(honest.tree().root())) {
      return Optional.empty();
    }
    while (level > 0) {
      List<Hash> answer = claimedTrace.below(level, index);
      if (!learned.learn(level, index, answer)) {
        throw new AssertionError("a true answer is refused");
      }
      answers++;
      index = honest.tree().firstDifference(level, index, answer).orElseThrow();
      level -= Math.min(level, MerkleTree.ANSWER_LEVELS);
    }
    return Optional.of(new Walk(learned, index, answers));
  }

  Verdict judge(byte[] proof) {
    return Judge.judge(claim(), proof);
  }
}
