// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.AccountMessage;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Authorization;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.SetCodeTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

// Protocol §15.3.
class MempoolTest extends PoolWorld {
  @Test
  void theBetterTipIsProposedFirstAndNoncesStayInOrder() {
    Transaction cheap = transfer(0, 0, 100, 2, Amount.ZERO);
    Transaction dear = transfer(0, 1, 100, 50, Amount.ZERO);
    Transaction middle = transfer(1, 0, 100, 10, Amount.ZERO);
    admit(dear);
    admit(cheap);
    admit(middle);
    assertEquals(List.of(middle.hash(), cheap.hash(), dear.hash()), selected(ALL));
  }

  @Test
  void aTransactionBehindAMissingNonceIsNotProposed() {
    admit(transfer(0, 1, 100));
    assertEquals(List.of(), selected(ALL));
    assertEquals(0, pool.nextNonce(sender(0)));
    admit(transfer(0, 0, 100));
    assertEquals(2, selected(ALL).size());
    assertEquals(2, pool.nextNonce(sender(0)));
  }

  @Test
  void whatWaitsIsToldByWhetherANonceIsMissing() {
    admit(transfer(0, 0, 100));
    admit(transfer(0, 2, 100));
    admit(transfer(1, 0, 100));
    Mempool.Waiting all = pool.waiting(Optional.empty());
    assertEquals(2, all.executable().size());
    assertEquals(1, all.later().size());
    Mempool.Waiting own = pool.waiting(Optional.of(sender(0)));
    assertEquals(List.of(0L), nonces(own.executable()));
    assertEquals(List.of(2L), nonces(own.later()));
    assertEquals(List.of(), pool.waiting(Optional.of(sender(3))).executable());
  }

  private static List<Long> nonces(List<RecoveredTransaction> transactions) {
    return transactions.stream().map(each -> each.transaction().nonce()).toList();
  }

  @Test
  void aTransactionBelowTheNextBaseFeeWaits() {
    admit(transfer(0, 0, 100));
    pool.advance(head(101), List.of(), List.of());
    assertEquals(List.of(), selected(ALL));
    assertEquals(false, pool.hasExecutable());
    pool.advance(head(100), List.of(), List.of());
    assertEquals(1, selected(ALL).size());
  }

  @Test
  void aSelectionKeepsItsThreeBounds() {
    for (int i = 0; i < 3; i++) {
      admit(transfer(i, 0, 100));
    }
    int bytes = transfer(0, 0, 100).encoded().length();
    assertEquals(2, selected(new Mempool.Selection(2, 1 << 20, BLOCK_GAS)).size());
    assertEquals(1, selected(new Mempool.Selection(9, bytes + 10, BLOCK_GAS)).size());
    assertEquals(1, selected(new Mempool.Selection(9, 1 << 20, 41_999)).size());
  }

  @Test
  void aNonceThatIsFinalIsRefusedWithBothNumbers() {
    give(0, Amount.ONE_AITBC, 5);
    assertEquals(new Admission.NonceTooLow(5, 4), pool.add(transfer(0, 4, 100)));
    assertEquals(new Admission.NonceTooHigh(5, 1_030, 1_024), pool.add(transfer(0, 1_030, 100)));
  }

  @Test // Protocol §15.3
  void whatOffersLessThanTheOperatorsLeastFeeIsRefused() {
    pool = pool(MempoolLimits.DEFAULT.asking(Amount.wei(100)));
    give(0, Amount.ONE_AITBC, 0);
    assertEquals(
        new Admission.FeeTooLow(Amount.wei(100), Amount.wei(99)), pool.add(transfer(0, 0, 99)));
    admit(transfer(0, 0, 100));
  }

  @Test
  void allWaitingTransactionsOfASenderStayWithinItsBalance() {
    give(0, Amount.wei(2 * 2_100_000 + 1), 0);
    admit(transfer(0, 0, 100, 1, Amount.ZERO));
    assertEquals(
        new Admission.InsufficientFunds(Amount.wei(4_200_002), Amount.wei(4_200_001)),
        pool.add(transfer(0, 1, 100, 1, Amount.wei(2))));
    admit(transfer(0, 1, 100, 1, Amount.wei(1)));
  }

  @Test
  void aReplacementMustOfferTenPercentMoreInBothFees() {
    Transaction first = transfer(0, 0, 100, 10, Amount.ZERO);
    admit(first);
    assertEquals(
        new Admission.ReplacementUnderpriced(Amount.wei(110), Amount.wei(109)),
        pool.add(transfer(0, 0, 109, 11, Amount.ZERO)));
    assertInstanceOf(
        Admission.ReplacementUnderpriced.class, pool.add(transfer(0, 0, 110, 10, Amount.ZERO)));
    Transaction second = transfer(0, 0, 110, 11, Amount.ZERO);
    admit(second);
    assertEquals(List.of(second.hash()), selected(ALL));
    assertEquals(1, pool.size());
    assertEquals(true, pool.wants(first.hash()));
  }

  @Test
  void whatIsFinalIsNotAdmittedAgain() {
    Transaction first = transfer(0, 0, 100);
    Transaction next = transfer(0, 1, 100);
    admit(first);
    admit(next);
    give(0, Amount.ONE_AITBC, 1);
    pool.advance(head(1), List.of(first), changes());
    assertEquals(new Admission.AlreadyFinal(first.hash()), pool.add(first));
    assertEquals(List.of(next.hash()), selected(ALL));
    assertEquals(next.encoded().length(), pool.bytes());
  }

  @Test // Protocol §10.4.
  void whatABlockHeldThatIsTakenBackWaitsAgainBeforeWhatFollowsIt() {
    Transaction first = transfer(0, 0, 100);
    Transaction second = transfer(0, 1, 100);
    Transaction third = transfer(0, 2, 100);
    Transaction spent = transfer(1, 0, 100, 1, Amount.ONE_AITBC.minus(Amount.wei(3_000_000)));
    List.of(first, second, third, spent).forEach(this::admit);
    give(0, Amount.ONE_AITBC, 2);
    give(1, Amount.wei(1), 1);
    pool.advance(head(1), List.of(first, second, spent), changes());
    assertEquals(List.of(third.hash()), selected(ALL));
    give(0, Amount.ONE_AITBC, 0);
    give(1, Amount.wei(1), 0); // On the other chain it has nothing to send.
    pool.retreat(
        head(1),
        Stream.of(first, second, spent)
            .map(each -> RecoveredTransaction.of(each, Secp256k1.chosen()).orElseThrow())
            .toList());
    assertEquals(List.of(first.hash(), second.hash(), third.hash()), selected(ALL));
    assertInstanceOf(Admission.InsufficientFunds.class, pool.add(spent));
    checkBooks();
  }

  @Test
  void aSenderWhoseBalanceFellLosesItsLastTransactions() {
    Transaction first = transfer(0, 0, 100);
    Transaction second = transfer(0, 1, 100);
    Transaction third = transfer(0, 2, 100);
    List.of(first, second, third).forEach(this::admit);
    give(0, Amount.wei(2_100_001), 1);
    pool.advance(head(1), List.of(first), changes());
    assertEquals(List.of(second.hash()), selected(ALL));
    assertEquals(1, pool.size());
  }

  @Test
  void anotherTransactionOfTheSameNonceMakesAWaitingOneStale() {
    Transaction waiting = transfer(0, 0, 100);
    admit(waiting);
    give(0, Amount.ONE_AITBC, 1);
    pool.advance(head(1), List.of(transfer(0, 0, 500)), changes());
    assertEquals(0, pool.size());
  }

  private Transaction delegation(int from, long nonce, int... authorities) {
    List<Authorization> authorizations = new ArrayList<>();
    for (int each : authorities) {
      var open = new TransactionSignature(UInt256.ZERO, UInt256.ZERO, 0);
      var unsigned = new Authorization(UInt256.ZERO, sender(3), 0, open);
      var signature =
          keys[each].sign(new AccountMessage.AuthorizationDigest(unsigned.signingHash()));
      authorizations.add(
          new Authorization(UInt256.ZERO, sender(3), 0, TransactionSignature.of(signature)));
    }
    var unsigned =
        new SetCodeTransaction.Unsigned(
            CHAIN,
            nonce,
            Amount.wei(1),
            Amount.wei(100),
            200_000,
            sender(3),
            Amount.ZERO,
            Bytes.EMPTY,
            List.of(),
            authorizations);
    return unsigned.signedWith(
        keys[from].sign(new AccountMessage.TransactionDigest(unsigned.signingHash())));
  }

  @Test // EIP-7702
  void anAccountThatAWaitingTransactionMayGiveCodeHasOnePlace() {
    admit(delegation(0, 0, 1, 2));
    admit(transfer(1, 0, 100));
    assertEquals(new Admission.SenderFull(1), pool.add(transfer(1, 1, 100)));
    give(0, Amount.ONE_AITBC, 1);
    pool.advance(head(1), List.of(), changes());
    admit(transfer(1, 1, 100));
  }

  @Test // EIP-7702
  void anAccountWithMoreWaitingIsNotGivenCode() {
    admit(transfer(1, 0, 100));
    admit(delegation(2, 0, 1));
    give(2, Amount.ONE_AITBC, 1);
    pool.advance(head(1), List.of(), changes());
    admit(transfer(1, 1, 100));
    assertEquals(new Admission.AuthorityBusy(sender(1), 2), pool.add(delegation(0, 0, 1)));
  }

  @Test // EIP-7702
  void whoGivesItselfCodeHasOnePlace() {
    admit(delegation(0, 0, 0));
    assertEquals(new Admission.SenderFull(1), pool.add(transfer(0, 1, 100)));
    admit(transfer(1, 0, 100));
    assertEquals(new Admission.AuthorityBusy(sender(1), 1), pool.add(delegation(1, 1, 1)));
  }

  @Test // EIP-7702
  void whoHasBeenGivenCodeKeepsTheFirstOfItsTransactions() {
    Transaction first = transfer(0, 0, 100);
    admit(first);
    admit(transfer(0, 1, 100));
    accounts.held.put(
        sender(0),
        Account.EMPTY.withBalance(Amount.ONE_AITBC).withCodeHash(Keccak256.hash(new byte[23])));
    pool.advance(head(1), List.of(), changes());
    assertEquals(1, pool.size());
    assertTrue(pool.find(first.hash()).isPresent());
  }

  @Test
  void withoutAPriorityFeePlacesGrowWithTheBalance() {
    Amount fee = Amount.wei(16L * 2_100_000);
    give(0, fee, 0);
    give(1, Mempool.BALANCE_PER_FREE_PLACE.times(2), 0);
    for (int nonce = 0; nonce < 16; nonce++) {
      admit(transfer(0, nonce, 100, 0, Amount.ZERO));
    }
    give(0, fee.plus(fee), 0);
    assertEquals(new Admission.SenderFull(16), pool.add(transfer(0, 16, 100, 0, Amount.ZERO)));
    for (int nonce = 0; nonce < 18; nonce++) {
      admit(transfer(1, nonce, 100, 0, Amount.ZERO));
    }
    assertEquals(new Admission.SenderFull(18), pool.add(transfer(1, 18, 100, 0, Amount.ZERO)));
    admit(transfer(1, 18, 100, 1, Amount.ZERO));
  }

  @Test
  void withoutFeesTheRicherSenderDisplacesThePoorerAndGoesFirst() {
    pool = pool(new MempoolLimits(2, 1 << 20, 16, 16, Amount.ZERO));
    head = head(0);
    pool.advance(head, List.of(), List.of());
    give(0, Mempool.BALANCE_PER_FREE_PLACE, 0);
    give(1, Mempool.BALANCE_PER_FREE_PLACE.times(2), 0);
    give(2, Mempool.BALANCE_PER_FREE_PLACE.times(4), 0);
    Transaction poorest = transfer(0, 0, 0, 0, Amount.ZERO);
    Transaction middle = transfer(1, 0, 0, 0, Amount.ZERO);
    Transaction richest = transfer(2, 0, 0, 0, Amount.ZERO);
    admit(poorest);
    admit(middle);
    assertEquals(List.of(middle.hash(), poorest.hash()), selected(ALL));
    admit(richest);
    assertEquals(List.of(richest.hash(), middle.hash()), selected(ALL));
    assertInstanceOf(Admission.PoolFull.class, pool.add(poorest));
  }

  @Test // Accounts with nothing cost nothing to make.
  void withoutFeesAllWhoHaveNextToNothingShareASixteenthOfThePool() {
    pool = pool(new MempoolLimits(48, 1 << 20, 16, 16, Amount.ZERO));
    pool.advance(head(0), List.of(), List.of());
    give(0, Amount.ZERO, 0);
    give(1, Amount.wei(1), 0);
    give(2, Mempool.BALANCE_PER_FREE_PLACE, 0);
    admit(transfer(0, 0, 0, 0, Amount.ZERO));
    admit(transfer(0, 1, 0, 0, Amount.ZERO));
    admit(transfer(1, 0, 0, 0, Amount.ZERO));
    Admission full = new Admission.PartFull(3, Mempool.BALANCE_PER_FREE_PLACE);
    assertEquals(full, pool.add(transfer(1, 1, 0, 0, Amount.ZERO)));
    for (int nonce = 0; nonce < 16; nonce++) {
      admit(transfer(2, nonce, 0, 0, Amount.ZERO));
    }
    give(0, Amount.ZERO, 1); // The first is final: there is one place more.
    pool.advance(head(0), List.of(), changes());
    admit(transfer(1, 1, 0, 0, Amount.ZERO));
    assertEquals(full, pool.add(transfer(1, 2, 0, 0, Amount.ZERO)));
  }

  @Test
  void aNewBaseFeeReordersThoseWhoseTipItChanges() {
    Transaction capped = transfer(0, 0, 110, 100, Amount.ZERO);
    Transaction steady = transfer(1, 0, 1_000, 50, Amount.ZERO);
    admit(capped);
    admit(steady);
    assertEquals(List.of(capped.hash(), steady.hash()), selected(ALL));
    pool.advance(head(80), List.of(), List.of());
    assertEquals(List.of(steady.hash(), capped.hash()), selected(ALL));
    pool.advance(head(1), List.of(), List.of());
    assertEquals(List.of(capped.hash(), steady.hash()), selected(ALL));
  }

  @Test
  void theLargestFeeThereCanBeDoesNotOverflow() {
    give(0, new Amount(UInt256.MAX), 0);
    Amount half = new Amount(UInt256.MAX.dividedBy(UInt256.of(50_000)));
    admit(transfer(0, 0, half, half, Amount.ZERO));
    assertInstanceOf(
        Admission.ReplacementUnderpriced.class,
        pool.add(transfer(0, 0, half, half, Amount.wei(1))));
    assertInstanceOf(
        Admission.InsufficientFunds.class,
        List.of(1, 2).stream()
            .map(nonce -> pool.add(transfer(0, nonce, half, half, Amount.ZERO)))
            .reduce((_, last) -> last)
            .orElseThrow());
  }

  @Test
  void invalidUnsignedAndKnownTransactionsAreRefusedByKind() {
    Transaction good = transfer(0, 0, 100);
    admit(good);
    assertEquals(new Admission.Known(good.hash()), pool.add(good));
    assertInstanceOf(Admission.Invalid.class, pool.add(transfer(0, 0, 1, 2, Amount.ZERO)));
  }

  @Test
  void anAccountWithCodeOfItsOwnSendsNothing() {
    accounts.held.put(
        sender(0),
        Account.EMPTY.withBalance(Amount.ONE_AITBC).withCodeHash(Hash.fromHex("11".repeat(32))));
    assertEquals(new Admission.SenderHasCode(sender(0)), pool.add(transfer(0, 0, 100)));
  }

  @Test
  void whateverHappensTheBooksAgreeAndSelectionsAreExecutable() {
    Seed.forAll(
        1,
        20,
        seed -> {
          fourSendersWithOneCoin();
          pool = pool(new MempoolLimits(12, 3_000, 6, 8, Amount.ZERO));
          for (int step = 0; step < 120; step++) {
            if (seed.chance(5, 6)) {
              Admission _ =
                  pool.add(
                      transfer(
                          seed.below(4),
                          accounts.account(sender(0)).nonce() + seed.below(5),
                          seed.between(1, 300)));
            } else {
              finalizeSome(seed);
            }
            checkBooks();
          }
        });
  }

  private void finalizeSome(Seed seed) {
    List<Transaction> block = new ArrayList<>();
    for (RecoveredTransaction each : pool.select(ALL)) {
      if (seed.chance(2, 3)) {
        Account account = accounts.account(each.sender());
        if (account.nonce() == each.transaction().nonce()) {
          Amount left = account.balance().minus(each.transaction().costMax().orElseThrow());
          accounts.held.put(
              each.sender(), account.withNonce(account.nonce() + 1).withBalance(left));
          block.add(each.transaction());
        }
      }
    }
    pool.advance(head(seed.between(1, 200)), block, changes());
    checkAgainstReload();
  }

  /// Reading all accounts again must change nothing.
  private void checkAgainstReload() {
    List<Hash> before = selected(ALL);
    int size = pool.size();
    pool.reload(head);
    assertEquals(before, selected(ALL));
    assertEquals(size, pool.size());
  }

  private void checkBooks() {
    assertTrue(pool.size() <= 12);
    assertTrue(pool.bytes() <= 3_000);
    assertTrue(pool.waiting(Optional.empty()).later().size() <= 12 / Mempool.LATER_PART);
    Map<Address, Long> nonces = new TreeMap<>();
    for (RecoveredTransaction each : pool.select(ALL)) {
      long expected = nonces.getOrDefault(each.sender(), accounts.account(each.sender()).nonce());
      assertEquals(expected, each.transaction().nonce());
      nonces.put(each.sender(), expected + 1);
    }
  }
}
