// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Encodable;
import io.aitbc.model.ForkSchedule;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.UInt256;
import io.aitbc.state.StateView;
import java.nio.charset.StandardCharsets;

/// What genesis sets about execution. Gas limits and fees change by governance ({@link #inForce}).
/// Protocol §14.2, §19.
///
/// @param chainId the chain
/// @param forks which of Ethereum's rules hold when
/// @param fastGasLimit gas of a block in FAST
/// @param balancedGasLimit gas of a block in BALANCED
/// @param secureGasLimit gas of a block in SECURE
/// @param fees the fee rules
public record ExecutionParameters(
    UInt256 chainId,
    ForkSchedule forks,
    long fastGasLimit,
    long balancedGasLimit,
    long secureGasLimit,
    FeeParameters fees)
    implements Encodable {
  /// Greatest gas limit of a block: a transition between modes multiplies it by ten.
  public static final long GAS_LIMIT_MAX = 1L << 50;

  /// 250 million gas a second with the default block intervals of 100 ms, 500 ms and 2 s: the rate
  /// at which one core runs compiled code, so that a block of it fits its interval. The dearest
  /// precompile takes some 15 intervals (docs/benchmarks.md).
  public static ExecutionParameters of(UInt256 chainId) {
    return new ExecutionParameters(
        chainId,
        ForkSchedule.OSAKA_FROM_GENESIS,
        25_000_000,
        125_000_000,
        500_000_000,
        FeeParameters.DEFAULT);
  }

  /// @throws IllegalArgumentException if a gas limit is out of range
  public ExecutionParameters {
    if (!fits(fastGasLimit) || !fits(balancedGasLimit) || !fits(secureGasLimit)) {
      throw new IllegalArgumentException(
          "gas limits %d, %d, %d".formatted(fastGasLimit, balancedGasLimit, secureGasLimit));
    }
  }

  private static boolean fits(long gasLimit) {
    return gasLimit > 0 && gasLimit <= GAS_LIMIT_MAX;
  }

  /// These with other fee rules.
  public ExecutionParameters with(FeeParameters others) {
    return new ExecutionParameters(
        chainId, forks, fastGasLimit, balancedGasLimit, secureGasLimit, others);
  }

  /// Those of the block after the one that left `state`: gas limits and fees may be others than at
  /// genesis. Protocol §14.4.
  public ExecutionParameters inForce(StateView state) {
    return BlockRules.current(this, state);
  }

  /// The static rules of transactions.
  public TransactionRules transactionRules() {
    return TransactionRules.of(chainId);
  }

  /// Gas of a block in this mode; while modes change it moves from one to the other.
  public long gasLimit(ModeSetting setting) {
    return setting.between(gasLimit(setting.from()), gasLimit(setting.to()));
  }

  private long gasLimit(Mode mode) {
    return switch (mode) {
      case FAST -> fastGasLimit;
      case BALANCED -> balancedGasLimit;
      case SECURE -> secureGasLimit;
    };
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(chainId);
    writer.list(
        forks.activations(),
        (to, activation) ->
            to.begin()
                .number(activation.timestampSeconds())
                .string(activation.fork().name().getBytes(StandardCharsets.US_ASCII))
                .end());
    writer.number(fastGasLimit).number(balancedGasLimit).number(secureGasLimit);
    fees.writeTo(writer);
    writer.end();
  }
}
