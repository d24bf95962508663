// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Fork;
import io.aitbc.model.UInt256;
import java.util.Optional;

/// Ethereum's rules of headers since proof of stake, as far as they do not need the block's
/// transactions: where the network has its own. Yellow Paper §4.4.4, EIP-1559, EIP-3675.
final class EthereumHeaders {
  /// Least gas limit of a block.
  private static final long GAS_LIMIT_MIN = 5_000;

  /// A gas limit differs from its parent's by less than this part of it.
  private static final long GAS_LIMIT_DIVISOR = 1_024;

  /// The gas limit is so many times the gas that leaves the base fee as it is.
  private static final long ELASTICITY = 2;

  /// A full block raises the base fee by this part of it.
  private static final long BASE_FEE_DIVISOR = 8;

  private EthereumHeaders() {}

  /// Which rule `header` breaks as a child of `parent`, if it breaks one.
  static Optional<String> refusal(BlockHeader header, BlockHeader parent, Fork fork) {
    if (header.number() != parent.number() + 1) {
      return Optional.of("WrongNumber");
    }
    if (Long.compareUnsigned(header.timestampSeconds(), parent.timestampSeconds()) <= 0) {
      return Optional.of("NotLaterThanParent");
    }
    long step = Math.absExact(header.gasLimit() - parent.gasLimit());
    if (header.gasLimit() < GAS_LIMIT_MIN || step >= parent.gasLimit() / GAS_LIMIT_DIVISOR) {
      return Optional.of("WrongGasLimit");
    }
    if (header.gasUsed() > header.gasLimit()) {
      return Optional.of("GasUsedAboveLimit");
    }
    if (!header.baseFeePerGas().equals(baseFee(parent))) {
      return Optional.of("WrongBaseFee");
    }
    return header.requestsHash().isPresent() == fork.isAtLeast(Fork.PRAGUE)
        ? Optional.empty()
        : Optional.of("WrongFields");
  }

  /// EIP-1559. Divisions round down.
  private static Amount baseFee(BlockHeader parent) {
    long target = parent.gasLimit() / ELASTICITY;
    long above = parent.gasUsed() - target;
    Amount baseFee = parent.baseFeePerGas();
    UInt256 change =
        baseFee
            .times(Math.abs(above))
            .wei()
            .dividedBy(UInt256.of(target))
            .dividedBy(UInt256.of(BASE_FEE_DIVISOR));
    if (above > 0) {
      return baseFee.plus(change.isZero() ? Amount.wei(1) : new Amount(change));
    }
    return baseFee.minus(new Amount(change));
  }
}
