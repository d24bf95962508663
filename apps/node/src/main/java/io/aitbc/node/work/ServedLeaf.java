// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Model;
import io.aitbc.referee.Trace;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// An item of a claim of inference, with its output and the paths of both: what is served of it
/// alone, compared with the chain. Protocol §17.4, §17.9.
///
/// @param leaf the item's number in the claim
/// @param inputPath of the input in the job's tree, from its leaf up
/// @param outputPath of the output in the claim's
record ServedLeaf(
    Model model, long leaf, Bytes input, Bytes inputPath, Bytes output, Bytes outputPath) {
  /// What a leaf takes on the wire beside its input, its output and the paths.
  private static final int LENGTHS_BYTES = 8;

  /// A leaf of a claim that is here whole.
  ///
  /// @param outputs the tree over the claim's outputs
  static ServedLeaf of(ClaimId claim, long leaf, ServedClaim whole, MerkleTree outputs) {
    int item = JobWork.first(claim) + (int) leaf;
    return new ServedLeaf(
        whole.work().model(),
        leaf,
        whole.work().inputs().get(item),
        Bytes.wrap(whole.work().tree().path(item)),
        whole.outputs().get((int) leaf),
        Bytes.wrap(outputs.path((int) leaf)));
  }

  /// Bytes of the encoding.
  long encodedBytes() {
    return LENGTHS_BYTES
        + (long) input.length()
        + inputPath.length()
        + output.length()
        + outputPath.length();
  }

  /// The leaves one behind the other: the input's length (4), the input, its path, the output's
  /// length (4), the output, its path.
  static byte[] encoded(List<ServedLeaf> leaves) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      for (ServedLeaf each : leaves) {
        out.writeInt(each.input.length());
        out.write(each.input.toArray());
        out.write(each.inputPath.toArray());
        out.writeInt(each.output.length());
        out.write(each.output.toArray());
        out.write(each.outputPath.toArray());
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /// Reads the encoding of leaves with these numbers, which a stranger made; empty if it is none,
  /// or one of them is not what the chain says.
  static Optional<List<ServedLeaf>> decode(
      ClaimId claim,
      WorkJob job,
      WorkClaim state,
      Model model,
      List<Long> numbers,
      byte[] encoding) {
    ByteBuffer buffer = ByteBuffer.wrap(encoding);
    List<ServedLeaf> leaves = new ArrayList<>();
    int outputs = (int) JobWork.itemsOf(claim, job);
    for (long leaf : numbers) {
      int item = JobWork.first(claim) + (int) leaf;
      Optional<Bytes> input = counted(buffer);
      Optional<Bytes> inputPath = path(buffer, item, (int) job.count());
      Optional<Bytes> output = counted(buffer);
      Optional<Bytes> outputPath = path(buffer, (int) leaf, outputs);
      if (input.isEmpty() || inputPath.isEmpty() || output.isEmpty() || outputPath.isEmpty()) {
        return Optional.empty();
      }
      ServedLeaf served =
          new ServedLeaf(model, leaf, input.get(), inputPath.get(), output.get(), outputPath.get());
      if (!served.isRight(claim, job, state)) {
        return Optional.empty();
      }
      boolean _ = leaves.add(served);
    }
    return buffer.hasRemaining() ? Optional.empty() : Optional.of(leaves);
  }

  private static Optional<Bytes> counted(ByteBuffer buffer) {
    return buffer.remaining() < Integer.BYTES ? Optional.empty() : bytes(buffer, buffer.getInt());
  }

  private static Optional<Bytes> path(ByteBuffer buffer, int index, int leaves) {
    return bytes(buffer, MerkleTree.pathLength(index, leaves) * Hash.BYTES);
  }

  private static Optional<Bytes> bytes(ByteBuffer buffer, int length) {
    if (length < 0 || length > buffer.remaining()) {
      return Optional.empty();
    }
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return Optional.of(Bytes.wrap(bytes));
  }

  /// Whether an output could be laid open on the chain, and so be proven false. What is longer
  /// counts as not served: its leaf is demanded on the chain, where no worker can answer.
  static boolean isProvable(Bytes output) {
    return output.length() <= DisputeCall.DATA_BYTES_MAX;
  }

  private boolean isRight(ClaimId claim, WorkJob job, WorkClaim state) {
    int item = JobWork.first(claim) + (int) leaf;
    int items = (int) JobWork.itemsOf(claim, job);
    return isProvable(output)
        && MerkleTree.fold(inputLeaf(item), item, (int) job.count(), inputPath.toArray(), 0)
            .equals(job.inputs())
        && MerkleTree.fold(outputLeaf(), (int) leaf, items, outputPath.toArray(), 0)
            .equals(state.outputs());
  }

  private Hash inputLeaf(int item) {
    return ItemLeaf.input(item, input.length(), ItemFile.tileTree(model, input).root());
  }

  private Hash outputLeaf() {
    return ItemLeaf.output((int) leaf, output.toArray());
  }

  /// Whether the input has the model's length; else its output is empty and there is no trace.
  boolean fits() {
    return input.length() == model.header().inputBytes();
  }

  /// What a dispute about it takes.
  ClaimLeaf disputed(ClaimId claim, WorkJob job) {
    int item = JobWork.first(claim) + (int) leaf;
    return new ClaimLeaf(
        model,
        MerkleTree.ofPath(inputLeaf(item), item, (int) job.count(), hashes(inputPath)),
        item,
        input,
        MerkleTree.ofPath(
            outputLeaf(), (int) leaf, (int) JobWork.itemsOf(claim, job), hashes(outputPath)),
        (int) leaf,
        output);
  }

  private static List<Hash> hashes(Bytes path) {
    List<Hash> hashes = new ArrayList<>();
    for (int at = 0; at < path.length(); at += Hash.BYTES) {
      hashes.add(Hash.of(path.toArray(), at));
    }
    return hashes;
  }

  /// Runs items of one model again, those that fit in one go, or one after the other where that
  /// takes too much memory.
  static List<ClaimLeaf.Again> runAgain(List<ServedLeaf> leaves, Tracer tracer) {
    List<ClaimLeaf.Again> again = new ArrayList<>();
    boolean atOnce =
        leaves.isEmpty() || ExecutionMemory.suffices(leaves.getFirst().model, leaves.size());
    int step = atOnce ? Math.max(1, leaves.size()) : 1;
    for (int from = 0; from < leaves.size(); from += step) {
      again.addAll(runTogether(leaves.subList(from, from + step), tracer));
    }
    return again;
  }

  private static List<ClaimLeaf.Again> runTogether(List<ServedLeaf> leaves, Tracer tracer) {
    List<byte[]> fitting =
        leaves.stream().filter(ServedLeaf::fits).map(each -> each.input.toArray()).toList();
    if (fitting.isEmpty()) {
      return compared(leaves, List.of());
    }
    Model model = leaves.getFirst().model;
    return TraceRoom.SHARED.with(
        ExecutionMemory.traceBytes(model) * fitting.size(),
        () -> compared(leaves, tracer.traces(model, fitting)));
  }

  /// @param all traces of those that fit
  private static List<ClaimLeaf.Again> compared(List<ServedLeaf> leaves, List<Trace> all) {
    Iterator<Trace> traces = all.iterator();
    List<ClaimLeaf.Again> again = new ArrayList<>();
    for (ServedLeaf each : leaves) {
      if (each.fits()) {
        Trace trace = traces.next();
        boolean right = Bytes.wrap(trace.output()).equals(each.output);
        again.add(new ClaimLeaf.Again(trace.tree().root(), right));
      } else {
        again.add(new ClaimLeaf.Again(Hash.ZERO, each.output.isEmpty()));
      }
    }
    return again;
  }
}
