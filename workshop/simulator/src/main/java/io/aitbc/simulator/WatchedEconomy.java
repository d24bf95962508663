// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.execution.CallData;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.SystemCalls;
import io.aitbc.execution.SystemContracts;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockContext;
import io.aitbc.model.EpochReport;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Log;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The economy's contracts, and what they say they mint and burn when an epoch is settled. A
/// network without them mints and burns nothing.
final class WatchedEconomy implements SystemContracts {
  private static final Hash SETTLED = topic("Settled(uint64,uint256,uint256)");
  private static final Hash SLASHED = topic("Slashed(address,uint256,uint64,uint256)");

  /// Number of the parameter SLASH_BURNED (Protocol §19.3).
  private static final long SLASH_BURNED = 41;

  private static final BigInteger MILLIONTHS = BigInteger.valueOf(1_000_000);
  private static final int WORD_BYTES = 32;

  private final SystemContracts contracts;
  private BigInteger minted = BigInteger.ZERO;
  private BigInteger burned = BigInteger.ZERO;

  WatchedEconomy(SystemContracts contracts) {
    this.contracts = contracts;
  }

  /// Another block begins.
  void forget() {
    minted = BigInteger.ZERO;
    burned = BigInteger.ZERO;
  }

  /// Wei minted in this block.
  BigInteger minted() {
    return minted;
  }

  /// Wei of penalties burned in this block.
  BigInteger burned() {
    return burned;
  }

  @Override
  public void startBlock(BlockContext context, Amount burnedByParent, SystemCalls calls) {
    contracts.startBlock(context, burnedByParent, calls);
  }

  @Override
  public Address feesTo(Address proposer, SystemCalls calls) {
    return contracts.feesTo(proposer, calls);
  }

  @Override
  public void paidProposer(Amount fees, SystemCalls calls) {
    contracts.paidProposer(fees, calls);
  }

  @Override
  public EpochSnapshot settle(EpochReport report, BlockContext context, SystemCalls calls) {
    BigInteger penalties =
        word(calls.call(EconomyContract.SLASHING.address(), CallData.of("pot()").toBytes()), 0);
    BigInteger part =
        word(
            calls.call(
                EconomyContract.PARAMS.address(),
                CallData.of("get(uint256)").number(SLASH_BURNED).toBytes()),
            0);
    int from = calls.logs().size();
    EpochSnapshot snapshot = contracts.settle(report, context, calls);
    for (Log log : calls.logs().subList(from, calls.logs().size())) {
      Hash topic = log.topics().isEmpty() ? Hash.ZERO : log.topics().getFirst();
      if (topic.equals(SETTLED) && log.address().equals(EconomyContract.REWARDS.address())) {
        minted = minted.add(word(log.data(), 0)).add(word(log.data(), 1));
      } else if (topic.equals(SLASHED)) {
        penalties = penalties.add(word(log.data(), 2));
      }
    }
    burned = penalties.multiply(part).divide(MILLIONTHS); // rounded down
    return snapshot;
  }

  @Override
  public List<Address> convicted(List<Log> logs) {
    return contracts.convicted(logs);
  }

  private static Hash topic(String event) {
    return Keccak256.hash(Bytes.wrap(event.getBytes(StandardCharsets.US_ASCII)));
  }

  private static BigInteger word(Bytes data, int index) {
    return new BigInteger(1, data.slice(index * WORD_BYTES, WORD_BYTES).toArray());
  }
}
