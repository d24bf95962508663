// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;

/// What workers, auditors and challengers send to the contract Disputes. Protocol §17.14.
public final class DisputeCall {
  /// Bytes of an output, and of a part of an input but for its last tile. Protocol §17.14 rule 2.
  public static final int DATA_BYTES_MAX = 32_768;

  /// Bytes of a part of an input: of a tile at most 4,096. Protocol §17.14 rule 2.
  public static final int PART_BYTES_MAX = DATA_BYTES_MAX - 1 + 4_096;

  /// Tiles of a part of an input. Protocol §17.14 rule 2.
  public static final int PART_TILES_MAX = 512;

  /// Times that a challenge of a report brings what the report set aside.
  private static final int REPORT_STAKES = 2;

  private DisputeCall() {}

  /// The tile behind a part of an input: behind as many as it takes to hold 32 KiB, or 512, or all
  /// that there are.
  ///
  /// @param lengths of all tiles of the input, bytes
  /// @param first tile of the part
  public static int partEnd(List<Integer> lengths, int first) {
    int end = first;
    long length = 0;
    while (end < lengths.size() && end - first < PART_TILES_MAX && length < DATA_BYTES_MAX) {
      length += lengths.get(end);
      end++;
    }
    return end;
  }

  /// The first tiles of the parts of an input, one behind the other; an input without tiles has one
  /// part.
  ///
  /// @param lengths of its tiles, bytes
  public static List<Integer> parts(List<Integer> lengths) {
    List<Integer> firsts = new ArrayList<>();
    int first = 0;
    do {
      firsts.add(first);
      first = partEnd(lengths, first);
    } while (first < lengths.size());
    return firsts;
  }

  /// Demands a leaf that the worker does not serve: its output and the first part of its input.
  ///
  /// @param deposit zero for a leaf that an auditor with a seat of the claim has without one
  public static EconomyCall demand(ClaimId claim, long leaf, Amount deposit) {
    return open("demand(uint64,uint32,uint32)", claim, leaf, deposit);
  }

  /// Demands a leaf's output with a part of its input.
  ///
  /// @param tile of the item's input, the first of the part; of a job that trains the one that is
  ///   demanded, of the data set or, counted on behind those, of the first state
  /// @param deposit zero for tile 0 of a leaf that an auditor with a seat of the claim has without
  ///   one
  public static EconomyCall demandPart(ClaimId claim, long leaf, long tile, Amount deposit) {
    return new EconomyCall(
        EconomyContract.DISPUTES,
        deposit,
        claim
            .on(CallData.of("demandPart(uint64,uint32,uint32,uint32)"))
            .number(leaf)
            .number(tile)
            .toBytes());
  }

  /// Challenges a leaf.
  public static EconomyCall challenge(ClaimId claim, long leaf, Amount deposit) {
    return open("challenge(uint64,uint32,uint32)", claim, leaf, deposit);
  }

  /// What a challenge of a report costs as a deposit. Protocol §17.14 rule 8.
  ///
  /// @param ofLeaf what a challenge of a leaf of the claim costs
  /// @param stake what the report set aside
  public static Amount reportDeposit(Amount ofLeaf, Amount stake) {
    return ofLeaf.plus(stake.times(REPORT_STAKES));
  }

  /// Challenges what an auditor reported of a leaf.
  ///
  /// @param deposit {@link #reportDeposit} at least
  /// @param seat {@link WorkAudit#SECOND} for the second auditor
  /// @param number of the leaf among those of the seat; of the second auditor, the seat whose leaf
  ///   it was given
  /// @param hashes all of the report
  public static EconomyCall challengeReport(
      ClaimId claim, long seat, long number, List<Hash> hashes, Amount deposit) {
    return new EconomyCall(
        EconomyContract.DISPUTES,
        deposit,
        claim
            .on(CallData.of("challengeReport(uint64,uint32,uint8,uint8,bytes32[])"))
            .number(seat)
            .number(number)
            .numbers(words(hashes))
            .toBytes());
  }

  private static EconomyCall open(String function, ClaimId claim, long leaf, Amount deposit) {
    return new EconomyCall(
        EconomyContract.DISPUTES, deposit, claim.on(CallData.of(function)).number(leaf).toBytes());
  }

  /// What is laid open, with its path to a root.
  ///
  /// @param parts of it: tiles, or the output alone
  /// @param path from its leaf up; of several tiles what is beside them ({@link MerkleTree#beside})
  public record Served(List<Bytes> parts, List<Hash> path) {
    /// Nothing: of an input that does not fit its model.
    public static final Served NOTHING = new Served(List.of(), List.of());

    /// Copies the lists.
    public Served {
      parts = List.copyOf(parts);
      path = List.copyOf(path);
    }

    /// A part of an input.
    ///
    /// @param tiles all of the input
    /// @param tree over them
    /// @param first tile of the part
    public static Served part(List<Bytes> tiles, MerkleTree tree, int first) {
      int end = partEnd(tiles.stream().map(Bytes::length).toList(), first);
      return end == first
          ? NOTHING
          : new Served(tiles.subList(first, end), tree.beside(first, end - first));
    }
  }

  /// The leaf of an item's input with its path.
  ///
  /// @param length of the input, bytes
  /// @param tiles root over its tiles
  /// @param path from the leaf up
  public record InputLeaf(long length, Hash tiles, List<Hash> path) {
    /// Copies the list.
    public InputLeaf {
      path = List.copyOf(path);
    }
  }

  /// Answers a demand; only the worker.
  ///
  /// @param part of the input that was demanded; of one that does not fit the model {@link
  ///   Served#NOTHING}
  /// @param output one part
  public static EconomyCall serve(long dispute, InputLeaf input, Served part, Served output) {
    return of(
        on("serve(uint256,uint64,bytes32,bytes32[],bytes[],bytes32[],bytes,bytes32[])", dispute)
            .number(input.length)
            .hash(input.tiles)
            .numbers(words(input.path))
            .byteStrings(part.parts)
            .numbers(words(part.path))
            .bytes(output.parts.getFirst())
            .numbers(words(output.path)));
  }

  /// Answers a demand about training; only the worker.
  ///
  /// @param tiles root over the data set's tiles
  /// @param tile with its path under that root, or under the first state's
  /// @param output of the segment, with its path
  public static EconomyCall serveTile(long dispute, Hash tiles, Served tile, Served output) {
    return of(
        on("serveTile(uint256,bytes32,bytes,bytes32[],bytes32,bytes32[])", dispute)
            .hash(tiles)
            .bytes(tile.parts.getFirst())
            .numbers(words(tile.path))
            .hash(Hash.of(output.parts.getFirst().toArray()))
            .numbers(words(output.path)));
  }

  /// The root of a state with its path in a tree.
  ///
  /// @param root of the state
  /// @param path from its leaf up
  public record StateAt(Hash root, List<Hash> path) {
    /// Copies the list.
    public StateAt {
      path = List.copyOf(path);
    }
  }

  /// Answers a challenge of a segment; only the worker.
  ///
  /// @param before the state before it, with the path of the output before; without one if the
  ///   segment is the first
  /// @param states after each of its steps
  /// @param outputPath of the last of them
  public static EconomyCall answerStates(
      long dispute, StateAt before, List<Hash> states, List<Hash> outputPath) {
    return of(
        on("answerStates(uint256,bytes32,bytes32[],bytes32[],bytes32[])", dispute)
            .hash(before.root)
            .numbers(words(before.path))
            .numbers(words(states))
            .numbers(words(outputPath)));
  }

  /// Goes into a step of a segment; only the challenger.
  ///
  /// @param step its number, from 0 on
  /// @param before the state before it, with its path among the state before the segment and those
  ///   after its steps
  /// @param after the state after it, likewise
  public static EconomyCall nameStep(long dispute, int step, StateAt before, StateAt after) {
    return of(
        on("nameStep(uint256,uint32,bytes32,bytes32[],bytes32,bytes32[])", dispute)
            .number(step)
            .hash(before.root)
            .numbers(words(before.path))
            .hash(after.root)
            .numbers(words(after.path)));
  }

  /// Leaves a trace that is right for the state after the step; only the challenger.
  public static EconomyCall descendState(long dispute) {
    return of(on("descendState(uint256)", dispute));
  }

  /// Answers a challenge, or a step that was named; only the worker.
  ///
  /// @param trace root over the trace's tiles
  /// @param hashes up to eight levels below it
  public static EconomyCall answerRoot(long dispute, Hash trace, List<Hash> hashes) {
    return of(
        on("answerRoot(uint256,bytes32,bytes32[])", dispute).hash(trace).numbers(words(hashes)));
  }

  /// Answers with the hashes below the node that the challenger went to; only the worker.
  public static EconomyCall answerNodes(long dispute, List<Hash> hashes) {
    return of(on("answerNodes(uint256,bytes32[])", dispute).numbers(words(hashes)));
  }

  /// Goes to a hash of the last answer; only the challenger.
  ///
  /// @param child its number in the answer
  /// @param siblings from it up to the node that was answered
  public static EconomyCall descend(long dispute, int child, Hash hash, List<Hash> siblings) {
    return of(
        on("descend(uint256,uint32,bytes32,bytes32[])", dispute)
            .number(child)
            .hash(hash)
            .numbers(words(siblings)));
  }

  /// Opens the tile that the challenger went to; only the worker.
  public static EconomyCall openTile(long dispute, Bytes tile) {
    return of(on("openTile(uint256,bytes)", dispute).bytes(tile));
  }

  /// Brings a proof of fraud or of a malformed model; only the challenger. Protocol §17.5.
  public static EconomyCall prove(long dispute, Bytes proof) {
    return of(on("prove(uint256,bytes)", dispute).bytes(proof));
  }

  /// Answers a challenge of an output that is rightly empty; only the worker.
  public static EconomyCall proveEmpty(long dispute, Bytes proof) {
    return of(on("proveEmpty(uint256,bytes)", dispute).bytes(proof));
  }

  /// Ends a dispute whose next move did not come in time.
  public static EconomyCall timeOut(long dispute) {
    return of(on("timeOut(uint256)", dispute));
  }

  /// Ends a dispute about a claim that is over: the deposit goes back.
  public static EconomyCall dismiss(long dispute) {
    return of(on("dismiss(uint256)", dispute));
  }

  private static CallData on(String function, long dispute) {
    return CallData.of(function).number(dispute);
  }

  private static EconomyCall of(CallData data) {
    return new EconomyCall(EconomyContract.DISPUTES, Amount.ZERO, data.toBytes());
  }

  private static List<UInt256> words(List<Hash> hashes) {
    return hashes.stream().map(UInt256::of).toList();
  }
}
