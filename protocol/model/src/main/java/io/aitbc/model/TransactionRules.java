// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.util.Optional;

/// What a transaction must fulfil whatever the state: one function for mempool, JSON-RPC and
/// execution. Protocol §14.1.
///
/// @param chainId the chain
/// @param replayProtection whether legacy transactions must name their chain
/// @param transactionBytesMax greatest length of an encoding
public record TransactionRules(
    UInt256 chainId, ReplayProtection replayProtection, int transactionBytesMax) {
  /// Greatest length of a transaction on the network, in bytes: two init codes of the greatest size
  /// and room for lists. Pools of Ethereum accept no more, so wallets and compilers live with it.
  public static final int TRANSACTION_BYTES_MAX = 128 * 1024;

  /// Greatest gas limit of a transaction from Osaka on (EIP-7825): 2^24, so that a block is made of
  /// pieces that can be scheduled.
  public static final long TRANSACTION_GAS_MAX = 1L << 24;

  /// Greatest length of code that creates a contract, in bytes (EIP-3860): twice {@link
  /// #CODE_BYTES_MAX}.
  public static final int INIT_CODE_BYTES_MAX = 49_152;

  /// Greatest length of a contract's code, in bytes (EIP-170).
  public static final int CODE_BYTES_MAX = 24_576;

  /// The nonce that no transaction may have (EIP-2681), 2^64 - 1 in 64 bits without sign.
  private static final long NONCE_EXHAUSTED = -1;

  /// Whether a legacy transaction must name its chain (EIP-155).
  public enum ReplayProtection {
    /// It must: the rule of the network.
    REQUIRED,
    /// It may be valid on every chain: the rule of Ethereum, for its vectors.
    OPTIONAL
  }

  /// @throws IllegalArgumentException if the length is not positive
  public TransactionRules {
    if (transactionBytesMax <= 0) {
      throw new IllegalArgumentException("no room for a transaction: " + transactionBytesMax);
    }
  }

  /// The rules of a network with this chain id.
  public static TransactionRules of(UInt256 chainId) {
    return new TransactionRules(chainId, ReplayProtection.REQUIRED, TRANSACTION_BYTES_MAX);
  }

  /// Why `transaction` is not valid under `fork`; empty if it is valid as far as can be told
  /// without a state. That its signature is somebody's is told by {@link Transaction#sender}.
  public Optional<TransactionRejection> judge(Transaction transaction, Fork fork) {
    return judgeForm(transaction, fork)
        .or(() -> judgeSignature(transaction.signature()))
        .or(() -> judgeFees(transaction))
        .or(() -> judgeGas(transaction.unsigned(), fork));
  }

  private Optional<TransactionRejection> judgeForm(Transaction transaction, Fork fork) {
    if (transaction.encoded().length() > transactionBytesMax) {
      return Optional.of(
          new TransactionRejection.TooLarge(transaction.encoded().length(), transactionBytesMax));
    }
    if (transaction.type() == TransactionType.SET_CODE) {
      if (!fork.isAtLeast(Fork.PRAGUE)) {
        return Optional.of(new TransactionRejection.TypeNotAllowed(transaction.type(), fork));
      }
      if (transaction.authorizations().isEmpty()) {
        return Optional.of(new TransactionRejection.NoAuthorization());
      }
    }
    Optional<UInt256> actual = transaction.chainId();
    boolean here =
        actual.map(chainId::equals).orElse(replayProtection == ReplayProtection.OPTIONAL);
    if (!here) {
      return Optional.of(new TransactionRejection.WrongChain(chainId, actual));
    }
    if (transaction.nonce() == NONCE_EXHAUSTED) {
      return Optional.of(new TransactionRejection.NonceTooHigh());
    }
    if (transaction.to().isEmpty() && transaction.data().length() > INIT_CODE_BYTES_MAX) {
      return Optional.of(
          new TransactionRejection.InitCodeTooLarge(
              transaction.data().length(), INIT_CODE_BYTES_MAX));
    }
    return Optional.empty();
  }

  private static Optional<TransactionRejection> judgeSignature(TransactionSignature signature) {
    if (!signature.isInRange()) {
      return Optional.of(new TransactionRejection.SignatureOutOfRange(signature));
    }
    if (!signature.isLow()) {
      return Optional.of(new TransactionRejection.SignatureNotLow(signature.s()));
    }
    return Optional.empty();
  }

  private static Optional<TransactionRejection> judgeFees(Transaction transaction) {
    Amount priority = transaction.maxPriorityFeePerGas();
    Amount maximum = transaction.maxFeePerGas();
    if (priority.compareTo(maximum) > 0) {
      return Optional.of(new TransactionRejection.PriorityFeeAboveMaxFee(priority, maximum));
    }
    if (transaction.costMax().isEmpty()) {
      return Optional.of(
          new TransactionRejection.CostTooHigh(
              UInt256.unsigned(transaction.unsigned().gasLimit()), maximum, transaction.value()));
    }
    return Optional.empty();
  }

  private static Optional<TransactionRejection> judgeGas(
      UnsignedTransaction transaction, Fork fork) {
    long limit = transaction.gasLimit();
    IntrinsicGas gas = IntrinsicGas.of(transaction, fork);
    if (Long.compareUnsigned(limit, gas.charged()) < 0) {
      return Optional.of(new TransactionRejection.GasLimitBelowIntrinsic(gas.charged(), limit));
    }
    if (Long.compareUnsigned(limit, gas.floor()) < 0) {
      return Optional.of(new TransactionRejection.GasLimitBelowFloor(gas.floor(), limit));
    }
    if (fork.isAtLeast(Fork.OSAKA) && Long.compareUnsigned(limit, TRANSACTION_GAS_MAX) > 0) {
      return Optional.of(
          new TransactionRejection.GasLimitTooHigh(UInt256.unsigned(limit), TRANSACTION_GAS_MAX));
    }
    return Optional.empty();
  }
}
