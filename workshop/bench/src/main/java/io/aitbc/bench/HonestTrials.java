// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.bench.ServedItems.Item;
import io.aitbc.bench.ServedItems.Laid;
import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Sha256;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Inference;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.Model;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import io.aitbc.referee.Trace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Honest claims in the contracts of AI work, on the chain's own machine with the referee, in
/// virtual time, among people who mean harm: nothing may be taken of an honest bond, and no wei may
/// come from nowhere or go there. Every trial begins in the same state. Belongs to one thread.
final class HonestTrials {
  /// Items of a claim.
  static final int ITEMS = 16;

  static final Address CLIENT = VirtualChain.address(1);
  static final Address MAKER = VirtualChain.address(2);
  static final List<Address> STRANGERS = List.of(VirtualChain.address(3), VirtualChain.address(4));
  static final List<Address> WORKERS = accounts(5, 3);
  static final List<Address> AUDITORS = accounts(8, 12);

  /// The first of the auditors, a third of their bonds, mean harm.
  static final int HOSTILE_AUDITORS = 4;

  static final List<Address> EVALUATORS = accounts(20, 9);

  /// The first of the evaluators mean harm.
  static final int HOSTILE_EVALUATORS = 3;

  static final Amount WORKER_BOND = Amount.aitbc(10_000);
  static final Amount SMALL_BOND = Amount.aitbc(1_000);
  static final Amount MODEL_DEPOSIT = new Amount(EconomyParameter.MODEL_DEPOSIT.standard());

  /// Models at the genesis, each with its deposit.
  static final int MODELS = 3;

  private static final int ACCOUNTS = 28;
  private static final int LINKS = 64;
  private static final int POOL = 24;
  private static final int ROWS = 300;
  private static final int LONG_ROWS = 40;
  private static final int LONG_COLUMNS = 1_024;

  final VirtualChain chain = new VirtualChain(ACCOUNTS);

  /// The auditors' places in the draws.
  final List<Address> places = new ArrayList<>();

  private final Model rows = rowsModel();
  private final Model sums = sumsModel();
  private final Bytes malformedHeader = malformedHeader();
  private final List<Item> rowItems;
  private final List<Item> sumItems;

  /// What the job is about.
  enum Kind {
    /// Items that fit.
    ORDINARY,
    /// Some of the items do not fit the model: their outputs are rightly empty.
    MALFORMED_ITEMS,
    /// Inputs that are too long for one answer to a demand.
    LONG_ITEMS,
    /// A model with a plan that cannot be carried out, which a worker took all the same.
    MALFORMED_MODEL,
    /// The client keeps its input to itself: no worker accepts.
    WITHHELD_INPUT,
    /// A client that gives no time for the work: no worker accepts.
    NO_TIME
  }

  HonestTrials() {
    rowItems = pool(rows);
    sumItems = pool(sums);
    register();
  }

  private static List<Address> accounts(int from, int count) {
    return IntStream.range(from, from + count).mapToObj(VirtualChain::address).toList();
  }

  /// A layer of floats over rows: a trace of some three hundred tiles, two answers deep.
  private static Model rowsModel() {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.FLOAT32, ROWS, 4);
    Tensor w = plan.constant(Elements.of(new float[] {1, 2, 3, 4, -1, -2, 0.5f, 2}), 2, 4);
    Tensor bias = plan.constant(Elements.of(new float[2]), 1, 2);
    return built(plan, plan.sumProducts(x, w, 1, List.of(bias)));
  }

  /// Sums of long rows of int8.
  private static Model sumsModel() {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.INT8, LONG_ROWS, LONG_COLUMNS);
    byte[] weights = new byte[LONG_COLUMNS];
    Arrays.fill(weights, (byte) 3);
    Tensor w = plan.constant(Elements.of(weights), 1, LONG_COLUMNS);
    Tensor bias = plan.constant(Elements.of(new int[1]), 1, 1);
    return built(plan, plan.sumProducts(x, w, 1, List.of(bias)));
  }

  private static Model built(PlanBuilder plan, Tensor output) {
    try {
      return plan.inference(output);
    } catch (MalformedModelException impossible) {
      throw new IllegalStateException("a plan of one layer is refused", impossible);
    }
  }

  /// The entry of a plan that names no operator.
  private static final byte[] MALFORMED_ENTRY = {(byte) 0xff};

  private static Bytes malformedHeader() {
    ByteBuffer header = ByteBuffer.allocate(92);
    header.put(MerkleTree.leaf(MALFORMED_ENTRY).toArray()).putInt(1);
    header.put(Hash.ZERO.toArray()).putInt(0);
    header.putInt(1).putLong(4).putInt(0).putInt(1);
    return Bytes.wrap(header.array());
  }

  /// The proof that the plan of the malformed model cannot be carried out. Protocol §17.5.
  Bytes malformedProof() {
    ByteBuffer plan = ByteBuffer.allocate(1 + 92 + 4 + 2 + 1 + 4);
    plan.put((byte) 5).put(malformedHeader.toArray()).putInt(0).putShort((short) 1);
    plan.put(MALFORMED_ENTRY).putInt(0);
    return Bytes.wrap(plan.array());
  }

  private Hash malformedModel() {
    byte[] preimage = new byte[1 + malformedHeader.length()];
    preimage[0] = 2;
    System.arraycopy(malformedHeader.toArray(), 0, preimage, 1, malformedHeader.length());
    return Sha256.hash(preimage);
  }

  private static List<Item> pool(Model model) {
    Inference referee = new Inference(model, Kernel.fastest(), Workers.NONE);
    List<Item> items = new ArrayList<>();
    int length = Math.toIntExact(model.header().inputBytes());
    for (int i = 0; i < POOL; i++) {
      ByteBuffer input = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      for (int at = 0; at < length / Float.BYTES; at++) {
        ByteBuffer _ = input.putFloat((at + i) % 17);
      }
      Trace trace = referee.trace(input.array());
      boolean _ =
          items.add(
              new Item(
                  ItemFile.tiles(model, Bytes.wrap(input.array())),
                  Bytes.wrap(trace.output()),
                  Optional.of(Laid.of(trace))));
    }
    return items;
  }

  private void register() {
    nextBlock(0, VirtualChain.BLOCK_MILLIS);
    for (Address worker : WORKERS) {
      chain.require(
          worker, WorkCall.registerService(ServiceRole.WORKER, 1, "http://here", WORKER_BOND));
    }
    for (Address auditor : AUDITORS) {
      chain.require(auditor, WorkCall.registerService(ServiceRole.AUDITOR, 1, "", SMALL_BOND));
      chain.require(auditor, WorkCall.registerSecretChain(link(auditor, 0)));
    }
    for (Address evaluator : EVALUATORS) {
      chain.require(evaluator, WorkCall.registerService(ServiceRole.EVALUATOR, 1, "", SMALL_BOND));
    }
    for (Bytes header :
        List.of(
            Bytes.wrap(rows.header().encoded()),
            Bytes.wrap(sums.header().encoded()),
            malformedHeader)) {
      chain.require(
          MAKER, WorkCall.registerModel(header, WorkCall.Boundary.NONE, "model", MODEL_DEPOSIT));
    }
    while (chain.height() < VirtualChain.EPOCH_BLOCKS) {
      nextBlock(0, VirtualChain.BLOCK_MILLIS);
    }
    for (long place = 0; place <= AUDITORS.size(); place++) {
      places.add(chain.read(WorkRead.accountAt(ServiceRole.AUDITOR, place)).orElse(Address.ZERO));
    }
  }

  /// Begins a block of a trial.
  void nextBlock(long trial, long afterMillis) {
    chain.nextBlock(
        Keccak256.hash(
            ByteBuffer.allocate(2 * Long.BYTES).putLong(trial).putLong(chain.height() + 1).array()),
        afterMillis);
  }

  /// The secret of an auditor for an epoch, from 1 on; 0 is the end of its chain.
  static Hash link(Address auditor, long epoch) {
    Hash link = Keccak256.hash(auditor.bytes());
    for (long i = LINKS; i > epoch; i--) {
      link = Keccak256.hash(link.toBytes());
    }
    return link;
  }

  /// The items of a claim.
  ServedItems items(Kind kind, SplittableRandom dice) {
    List<Item> items = new ArrayList<>(kind == Kind.LONG_ITEMS ? sumItems : rowItems);
    Collections.shuffle(items, new Random(dice.nextLong()));
    items = new ArrayList<>(items.subList(0, ITEMS));
    if (kind == Kind.MALFORMED_MODEL) {
      Bytes any = Bytes.of((byte) 0, (byte) 0, (byte) 0, (byte) 0);
      Laid laid =
          new Laid(MerkleTree.over(List.of(MerkleTree.leaf(any.toArray()))), Optional.empty(), any);
      return ServedItems.of(
          malformedModel(),
          Optional.empty(),
          Collections.nCopies(ITEMS, new Item(List.of(any), any, Optional.of(laid))));
    }
    if (kind == Kind.MALFORMED_ITEMS) {
      for (int count = 1 + dice.nextInt(ITEMS); count > 0; count--) {
        Item _ = items.set(dice.nextInt(ITEMS), misfit(dice));
      }
    }
    Model model = kind == Kind.LONG_ITEMS ? sums : rows;
    return ServedItems.of(model.id(), Optional.of(model), items);
  }

  /// An input that is too short or too long by whatever.
  private Item misfit(SplittableRandom dice) {
    int right = Math.toIntExact(rows.header().inputBytes());
    int length =
        switch (dice.nextInt(4)) {
          case 0 -> 0;
          case 1 -> right - 1 - dice.nextInt(right - 1);
          case 2 -> right + 1 + dice.nextInt(right);
          default -> 40_000; // More than one answer holds.
        };
    return new Item(List.of(Bytes.wrap(new byte[length])), Bytes.EMPTY, Optional.empty());
  }

  /// One claim from its order to its end, and that of all disputes about it.
  ///
  /// @param number of the trial: with the same, the same happens
  /// @throws IllegalStateException if somebody honest lost something, or money appeared or vanished
  HonestTrial.Outcome run(long number) {
    VirtualChain.Mark before = chain.mark();
    try {
      return new HonestTrial(this, number).run();
    } catch (IllegalStateException e) {
      throw new IllegalStateException("trial " + number + ": " + e.getMessage(), e);
    } finally {
      chain.revertTo(before);
    }
  }
}
