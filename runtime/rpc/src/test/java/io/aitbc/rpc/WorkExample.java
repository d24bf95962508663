// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Sha256;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.Evm;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.execution.CallData;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.Machines;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Fork;
import io.aitbc.model.UInt256;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// A job in the state of the contracts, as they made it: a worker took it and committed to its
/// outputs. For the examples of the documents.
final class WorkExample {
  private static final Address CLIENT =
      Address.fromHex("0x00000000000000000000000000000000000000c1");
  private static final Address WORKER =
      Address.fromHex("0x00000000000000000000000000000000000000d1");
  private static final Address SYSTEM =
      Address.fromHex("0xfffffffffffffffffffffffffffffffffffffffe");
  private static final long GAS = 10_000_000;
  private static final int ITEMS = 1_000;

  private final Overlay state = new Overlay(new MemoryState());
  private final Evm machine =
      new Machines(Keccak256.hash(Bytes.of((byte) 9)), Secp256k1.chosen(), new BlsScheme())
          .another();
  private final long timeSeconds;
  private BlockEnvironment block;

  /// @param timeSeconds of block 0
  private WorkExample(List<Genesis.GenesisAccount> economy, long timeSeconds) {
    this.timeSeconds = timeSeconds;
    for (Genesis.GenesisAccount each : economy) {
      state.setBalance(each.address(), each.balance());
      state.setNonce(each.address(), each.nonce());
      Hash _ = state.setCode(each.address(), each.code());
      each.storage().forEach((slot, value) -> state.setStorage(each.address(), slot, value));
    }
    state.setBalance(CLIENT, Amount.aitbc(200));
    state.setBalance(WORKER, Amount.aitbc(3_000));
    block = begin(1);
  }

  /// What two blocks made of the contracts of a genesis.
  static Overlay after(List<Genesis.GenesisAccount> economy, long timeSeconds) {
    WorkExample example = new WorkExample(economy, timeSeconds);
    example.live();
    return example.state;
  }

  private BlockEnvironment begin(long height) {
    BlockEnvironment next =
        new BlockEnvironment(
            Fork.OSAKA,
            TestChain.CHAIN_ID,
            TestChain.RECEIVER,
            height,
            timeSeconds + height,
            30_000_000,
            Keccak256.hash(Bytes.of((byte) height)),
            Amount.ZERO,
            Amount.ZERO,
            earlier -> Keccak256.hash(Bytes.of((byte) (100 + earlier))));
    block = next;
    Bytes clock =
        CallData.of("startBlock(uint64,uint128)")
            .number(1_000 * (timeSeconds + height))
            .amount(Amount.ZERO)
            .toBytes();
    send(SYSTEM, new EconomyCall(EconomyContract.BEACON_HISTORY, Amount.ZERO, clock));
    return next;
  }

  private void send(Address from, EconomyCall call) {
    var request =
        new DynamicFeeTransaction.Unsigned(
            TestChain.CHAIN_ID,
            0,
            Amount.ZERO,
            Amount.ZERO,
            GAS,
            Optional.of(call.contract().address()),
            call.money(),
            call.input(),
            List.of());
    if (!(machine.simulate(request, from, block, state)
            instanceof TransactionOutcome.Executed executed)
        || !(executed.result() instanceof CallResult.Success)) {
      throw new AssertionError("refused: " + call);
    }
  }

  /// A model's roots and sizes: a plan of one entry, an input of 784 bytes.
  private static Bytes header() {
    return Bytes.wrap(
        ByteBuffer.allocate(92)
            .put(Keccak256.hash(Bytes.of((byte) 1)).toArray())
            .putInt(1)
            .put(Keccak256.hash(Bytes.of((byte) 2)).toArray())
            .putInt(8)
            .putInt(1)
            .putLong(784)
            .putInt(0)
            .putInt(1)
            .array());
  }

  private static Hash model() {
    byte[] header = header().toArray();
    return Sha256.hash(ByteBuffer.allocate(1 + header.length).put((byte) 2).put(header).array());
  }

  private void live() {
    send(
        WORKER,
        WorkCall.registerService(
            ServiceRole.WORKER, 1, "https://worker.example.org", Amount.aitbc(3_000)));
    send(
        CLIENT,
        WorkCall.registerModel(header(), WorkCall.Boundary.NONE, "digits", Amount.aitbc(100)));
    WorkJob.Request request =
        new WorkJob.Request(
            model(),
            Keccak256.hash(Bytes.of((byte) 3)),
            Keccak256.hash(Bytes.of((byte) 4)),
            ITEMS,
            60,
            60,
            Amount.ZERO,
            Hash.ZERO);
    send(CLIENT, WorkCall.submit(request, Amount.aitbc(10)));
    block = begin(2);
    ClaimId claim = new ClaimId(1, 0);
    send(WORKER, WorkCall.accept(claim));
    Hash outputs = Keccak256.hash(Bytes.of((byte) 5));
    Hash salt = Keccak256.hash(Bytes.of((byte) 6));
    UInt256 chain = TestChain.CHAIN_ID;
    send(WORKER, WorkCall.commit(claim, WorkCall.commitment(chain, claim, WORKER, outputs, salt)));
  }
}
