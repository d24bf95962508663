// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.Evm;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Fork;
import io.aitbc.model.UInt256;
import io.aitbc.state.Overlay;
import org.junit.jupiter.api.Test;

// Protocol §16.2: who draws by the beacon of a block names its height.
class BeaconHistoryTest {
  private static final long KEPT_BLOCKS = 65_536;
  private static final long DRAWN = 1_000;

  private final Evm machine =
      new Machines(Hash.ZERO, Secp256k1.chosen(), new BlsScheme()).another();
  private final Overlay state = new EconomyWorld(4, 2, 2).state;

  private static Hash beacon(long height) {
    return Keccak256.hash(UInt256.of(height).toHash().toBytes());
  }

  private static BlockEnvironment block(long height) {
    return new BlockEnvironment(
        Fork.OSAKA,
        UInt256.of(7),
        Address.ZERO,
        height,
        1_700_000_000 + height,
        100_000_000,
        beacon(height),
        Amount.ZERO,
        Amount.wei(1),
        _ -> Hash.ZERO);
  }

  private void startBlock(long height) {
    var _ =
        new SystemCalls(machine, block(height), state)
            .call(
                EconomyContract.BEACON_HISTORY.address(),
                CallData.of("startBlock(uint64,uint128)")
                    .number(1_000 * (1_700_000_000 + height))
                    .number(0)
                    .toBytes());
  }

  /// What the contract answers in the block at `now` about the beacon of another.
  private CallResult ask(long height, long now) {
    return machine
        .systemCall(
            Address.ZERO,
            EconomyContract.BEACON_HISTORY.address(),
            CallData.of("beacon(uint256)").number(height).toBytes(),
            100_000,
            block(now),
            state)
        .result();
  }

  private void assertKept(long height, long now) {
    CallResult.Success answer = assertInstanceOf(CallResult.Success.class, ask(height, now));
    assertEquals(beacon(height).toBytes(), answer.output());
  }

  private void assertNotKept(long height, long now) {
    CallResult.Revert refused = assertInstanceOf(CallResult.Revert.class, ask(height, now));
    assertEquals(CallData.of("NotKept(uint256)").number(height).toBytes(), refused.output());
  }

  @Test
  void theBeaconOfABlockIsThereFromItsStartUntilTheRingComesRound() {
    startBlock(DRAWN);
    assertKept(DRAWN, DRAWN);
    assertNotKept(DRAWN + 1, DRAWN); // Not yet drawn.
    assertKept(DRAWN, DRAWN + KEPT_BLOCKS - 1);
  }

  @Test
  void whatNobodyAskedForInTimeIsVoidAndNeverALaterBeacon() {
    startBlock(DRAWN);
    assertNotKept(DRAWN, DRAWN + KEPT_BLOCKS); // Though the place still holds it.
    startBlock(DRAWN + KEPT_BLOCKS);
    assertKept(DRAWN + KEPT_BLOCKS, DRAWN + KEPT_BLOCKS);
    assertNotKept(DRAWN, DRAWN + KEPT_BLOCKS);
    assertNotKept(DRAWN, DRAWN + 10 * KEPT_BLOCKS);
  }

  @Test // Protocol §16.2: block time, of which one block counts for at most 4 seconds.
  void aHaltCountsAsFourSecondsOfActiveTime() {
    assertEquals(4_000, active(1)); // What the first block counts for, at 1,000,000.
    startBlock(2, 1_000_150);
    assertEquals(4_150, active(2));
    startBlock(3, 1_000_150);
    assertEquals(4_150, active(3));
    startBlock(4, 1_000_150 + 4_000);
    assertEquals(8_150, active(4));
    startBlock(5, 1_000_150 + 4_000 + 86_400_000);
    assertEquals(12_150, active(5));
  }

  private void startBlock(long height, long timeMillis) {
    var _ =
        new SystemCalls(machine, block(height), state)
            .call(
                EconomyContract.BEACON_HISTORY.address(),
                CallData.of("startBlock(uint64,uint128)").number(timeMillis).number(0).toBytes());
  }

  private long active(long height) {
    CallResult answer =
        machine
            .systemCall(
                Address.ZERO,
                EconomyContract.BEACON_HISTORY.address(),
                CallData.of("activeMillis()").toBytes(),
                100_000,
                block(height),
                state)
            .result();
    return new ReturnData(answer.output()).word(0).orElseThrow().toLongExact();
  }
}
