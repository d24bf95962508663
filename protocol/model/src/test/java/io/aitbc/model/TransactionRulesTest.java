// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Validity without a state. Protocol §14.1.
class TransactionRulesTest {
  private static final UInt256 CHAIN = UInt256.of(7);
  private static final TransactionRules RULES = TransactionRules.of(CHAIN);
  private static final TransactionSignature SIGNATURE =
      new TransactionSignature(UInt256.ONE, UInt256.ONE, 0);
  private static final Authorization AUTHORIZATION =
      new Authorization(UInt256.ZERO, Address.ZERO, 0, SIGNATURE);

  /// A valid transfer whose parts a test changes.
  private static final class Draft {
    private UInt256 chainId = CHAIN;
    private long nonce;
    private Amount priority = Amount.wei(1);
    private Amount maximum = Amount.wei(2);
    private long gasLimit = 21_000;
    private Optional<Address> recipient = Optional.of(Address.ZERO);
    private Amount value = Amount.ZERO;
    private Bytes data = Bytes.EMPTY;
    private List<AccessListEntry> accessList = List.of();
    private TransactionSignature signature = SIGNATURE;

    private Transaction build() {
      return new DynamicFeeTransaction.Unsigned(
              chainId, nonce, priority, maximum, gasLimit, recipient, value, data, accessList)
          .signedWith(signature);
    }

    private Optional<TransactionRejection> judged() {
      return RULES.judge(build(), Fork.OSAKA);
    }
  }

  private static Transaction setCode(List<Authorization> authorizations, long gasLimit) {
    return new SetCodeTransaction.Unsigned(
            CHAIN,
            0,
            Amount.ZERO,
            Amount.ZERO,
            gasLimit,
            Address.ZERO,
            Amount.ZERO,
            Bytes.EMPTY,
            List.of(),
            authorizations)
        .signedWith(SIGNATURE);
  }

  private static Transaction legacy(Optional<UInt256> chainId) {
    return new LegacyTransaction.Unsigned(
            chainId, 0, Amount.ZERO, 21_000, Optional.of(Address.ZERO), Amount.ZERO, Bytes.EMPTY)
        .signedWith(SIGNATURE);
  }

  private static Bytes ones(int length) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) 1);
    return Bytes.wrap(bytes);
  }

  private static void rejected(TransactionRejection expected, Draft draft) {
    assertEquals(Optional.of(expected), draft.judged());
  }

  @Test
  void aTransferIsValid() {
    assertEquals(Optional.empty(), new Draft().judged());
  }

  @Test
  void aTransactionForAnotherChainIsNot() {
    Draft draft = new Draft();
    draft.chainId = UInt256.MAX;
    rejected(new TransactionRejection.WrongChain(CHAIN, Optional.of(UInt256.MAX)), draft);
  }

  @Test
  void aLegacyTransactionNamesItsChain() {
    assertEquals(Optional.empty(), RULES.judge(legacy(Optional.of(CHAIN)), Fork.OSAKA));
    assertEquals(
        Optional.of(new TransactionRejection.WrongChain(CHAIN, Optional.empty())),
        RULES.judge(legacy(Optional.empty()), Fork.OSAKA));
    TransactionRules ethereum =
        new TransactionRules(CHAIN, TransactionRules.ReplayProtection.OPTIONAL, 1_000);
    assertEquals(Optional.empty(), ethereum.judge(legacy(Optional.empty()), Fork.OSAKA));
  }

  @Test
  void theLastNonceIsNeverUsed() {
    Draft draft = new Draft();
    draft.nonce = -1;
    rejected(new TransactionRejection.NonceTooHigh(), draft);
    draft.nonce = -2;
    assertEquals(Optional.empty(), draft.judged());
  }

  @Test
  void aPriorityFeeIsPartOfTheMaximumFee() {
    Draft draft = new Draft();
    draft.priority = Amount.wei(3);
    rejected(new TransactionRejection.PriorityFeeAboveMaxFee(Amount.wei(3), Amount.wei(2)), draft);
  }

  @Test
  void theGreatestCostHasAtMost256Bits() {
    Draft draft = new Draft();
    draft.maximum = new Amount(UInt256.MAX.dividedBy(UInt256.of(21_000)));
    assertEquals(Optional.empty(), draft.judged());
    draft.value = new Amount(UInt256.MAX);
    assertInstanceOf(TransactionRejection.CostTooHigh.class, draft.judged().orElseThrow());
  }

  @Test
  void signaturesOutOfRangeAreNone() {
    UInt256 order = TransactionSignature.GROUP_ORDER;
    UInt256 half = TransactionSignature.S_MAX;
    Draft draft = new Draft();
    for (TransactionSignature signature :
        List.of(
            new TransactionSignature(UInt256.ZERO, UInt256.ONE, 0),
            new TransactionSignature(UInt256.ONE, UInt256.ZERO, 0),
            new TransactionSignature(order, UInt256.ONE, 0),
            new TransactionSignature(UInt256.ONE, order, 0),
            new TransactionSignature(UInt256.ONE, UInt256.ONE, 2))) {
      draft.signature = signature;
      rejected(new TransactionRejection.SignatureOutOfRange(signature), draft);
    }
    draft.signature = new TransactionSignature(UInt256.ONE, half.plus(UInt256.ONE), 0);
    rejected(new TransactionRejection.SignatureNotLow(half.plus(UInt256.ONE)), draft);
    draft.signature = new TransactionSignature(UInt256.ONE, half, 0);
    assertEquals(Optional.empty(), draft.judged());
  }

  @Test
  void gasForDataIsChargedByTheByte() {
    Draft draft = new Draft();
    draft.accessList =
        List.of(
            new AccessListEntry(Address.ZERO, List.of(Hash.ZERO, Hash.ZERO)),
            new AccessListEntry(Address.ZERO, List.of()));
    draft.data = Bytes.fromHex("000102");
    long needed = 21_000 + 4 + 2 * 16 + 2 * 2_400 + 2 * 1_900;
    draft.gasLimit = needed - 1;
    rejected(new TransactionRejection.GasLimitBelowIntrinsic(needed, needed - 1), draft);
    draft.gasLimit = needed;
    assertEquals(Optional.empty(), draft.judged());
  }

  @Test // EIP-7623.
  void muchDataSetsAFloorFromPragueOn() {
    Draft draft = new Draft();
    draft.data = ones(100);
    draft.gasLimit = 21_000 + 100 * 16;
    rejected(new TransactionRejection.GasLimitBelowFloor(25_000, draft.gasLimit), draft);
    assertEquals(Optional.empty(), RULES.judge(draft.build(), Fork.CANCUN));
    draft.gasLimit = 25_000;
    assertEquals(Optional.empty(), draft.judged());
  }

  @Test // EIP-3860.
  void creatingAContractIsChargedByTheWordAndBounded() {
    Draft draft = new Draft();
    draft.recipient = Optional.empty();
    draft.data = ones(33);
    long needed = 21_000 + 32_000 + 33 * 16 + 2 * 2;
    draft.gasLimit = needed - 1;
    rejected(new TransactionRejection.GasLimitBelowIntrinsic(needed, needed - 1), draft);
    draft.data = ones(49_152);
    draft.gasLimit = 3_000_000;
    assertEquals(Optional.empty(), draft.judged());
    draft.data = ones(49_153);
    rejected(new TransactionRejection.InitCodeTooLarge(49_153, 49_152), draft);
    draft.recipient = Optional.of(Address.ZERO);
    assertEquals(Optional.empty(), draft.judged());
  }

  @Test // EIP-7825.
  void oneTransactionHasACapOfGasFromOsakaOn() {
    Draft draft = new Draft();
    draft.gasLimit = 1L << 24;
    assertEquals(Optional.empty(), draft.judged());
    draft.gasLimit = (1L << 24) + 1;
    rejected(new TransactionRejection.GasLimitTooHigh(UInt256.of(draft.gasLimit), 1L << 24), draft);
    assertEquals(Optional.empty(), RULES.judge(draft.build(), Fork.PRAGUE));
    draft.gasLimit = -1;
    rejected(new TransactionRejection.GasLimitTooHigh(UInt256.unsigned(-1), 1L << 24), draft);
  }

  @Test // EIP-7702.
  void aSetCodeTransactionNeedsAnAuthorizationAndItsGas() {
    assertEquals(
        Optional.of(new TransactionRejection.NoAuthorization()),
        RULES.judge(setCode(List.of(), 100_000), Fork.OSAKA));
    assertEquals(
        Optional.of(new TransactionRejection.GasLimitBelowIntrinsic(46_000, 45_999)),
        RULES.judge(setCode(List.of(AUTHORIZATION), 45_999), Fork.OSAKA));
    assertEquals(
        Optional.empty(), RULES.judge(setCode(List.of(AUTHORIZATION), 46_000), Fork.OSAKA));
    assertEquals(
        Optional.of(new TransactionRejection.TypeNotAllowed(TransactionType.SET_CODE, Fork.CANCUN)),
        RULES.judge(setCode(List.of(AUTHORIZATION), 46_000), Fork.CANCUN));
  }

  @Test
  void anEncodingMayNotBeTooLong() {
    Draft draft = new Draft();
    draft.data = Bytes.wrap(new byte[TransactionRules.TRANSACTION_BYTES_MAX]);
    draft.gasLimit = 10_000_000;
    assertEquals(
        Optional.of(
            new TransactionRejection.TooLarge(
                draft.build().encoded().length(), TransactionRules.TRANSACTION_BYTES_MAX)),
        draft.judged());
  }
}
