// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Amount;
import io.aitbc.model.Transaction;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FullPoolTest extends PoolWorld { // Protocol §15.3
  @Test
  void aFullPoolLetsTheCheapestTailGoAndRefusesWhatIsNoBetter() {
    pool = pool(new MempoolLimits(2, 1 << 20, 16, 16, Amount.ZERO));
    Transaction cheap = transfer(0, 0, 100);
    admit(cheap);
    admit(transfer(1, 0, 200));
    assertEquals(new Admission.PoolFull(Amount.wei(100)), pool.add(transfer(2, 0, 100)));
    admit(transfer(2, 0, 101));
    assertEquals(2, pool.size());
    assertTrue(pool.find(cheap.hash()).isEmpty());
  }

  @Test // Protocol §15.3: what no block can hold pays for nothing.
  void whatHasANonceMissingBeforeItDisplacesNothingThatABlockCanHold() {
    pool = pool(new MempoolLimits(4, 1 << 20, 16, 16, Amount.ZERO));
    for (int nonce = 0; nonce < 4; nonce++) {
      admit(transfer(0, nonce, 10));
    }
    assertEquals(new Admission.LaterFull(0, 1), pool.add(transfer(1, 1, 100)));
    assertEquals(new Admission.PoolFull(Amount.wei(10)), pool.add(transfer(1, 0, 10)));
    admit(transfer(1, 0, 11));
    assertEquals(4, pool.size());
  }

  @Test // Protocol §15.3
  void whatHasANonceMissingBeforeItGoesFirstWhateverItOffers() {
    pool = pool(new MempoolLimits(4, 1 << 20, 16, 16, Amount.ZERO));
    Transaction behindGap = transfer(1, 1, 100);
    admit(behindGap);
    for (int nonce = 0; nonce < 3; nonce++) {
      admit(transfer(0, nonce, 10));
    }
    Transaction executable = transfer(2, 0, 1);
    admit(executable);
    assertTrue(pool.find(behindGap.hash()).isEmpty());
    assertTrue(pool.find(executable.hash()).isPresent());
  }

  @Test // Protocol §15.3
  void whatWaitsBehindACheapTransactionOffersNoMoreThanThat() {
    pool = pool(new MempoolLimits(3, 1 << 20, 16, 16, Amount.ZERO));
    Transaction held = transfer(0, 2, 100);
    admit(transfer(0, 0, 100));
    admit(transfer(0, 1, 2));
    admit(held);
    assertEquals(new Admission.PoolFull(Amount.wei(2)), pool.add(transfer(1, 0, 2)));
    admit(transfer(1, 0, 3));
    assertTrue(pool.find(held.hash()).isEmpty());
    assertEquals(
        new Admission.PoolFull(Amount.wei(2)),
        pool.add(transfer(0, 2, 100)),
        "behind an offer of 2 it is no better than one of 3");
  }

  @Test // Protocol §15.3
  void whatComesBeforeTheOthersOfItsSenderGivesThemTheirStanding() {
    pool = pool(new MempoolLimits(4, 1 << 20, 16, 16, Amount.ZERO));
    admit(transfer(0, 1, 100));
    admit(transfer(0, 0, 100));
    admit(transfer(1, 0, 50));
    admit(transfer(1, 1, 50));
    assertEquals(new Admission.PoolFull(Amount.wei(50)), pool.add(transfer(2, 0, 50)));
    admit(transfer(2, 0, 51));
    give(0, Amount.ONE_AITBC, 1);
    give(1, Amount.ONE_AITBC, 1);
    pool.advance(head(1), List.of(), changes());
    assertEquals(2, pool.size());
    assertEquals(2, selected(ALL).size());
  }

  @Test // Protocol §15.3
  void allThatWaitBehindAMissingNonceShareAQuarterOfThePool() {
    pool = pool(new MempoolLimits(8, 1 << 20, 16, 16, Amount.ZERO));
    Transaction cheap = transfer(0, 2, 10);
    admit(transfer(0, 1, 20));
    admit(cheap);
    assertEquals(new Admission.LaterFull(0, 1), pool.add(transfer(1, 1, 10)));
    assertEquals(new Admission.LaterFull(0, 3), pool.add(transfer(0, 3, 100)));
    admit(transfer(1, 1, 11));
    assertTrue(pool.find(cheap.hash()).isEmpty());
    admit(transfer(0, 0, 10)); // What waited behind it has nothing missing any more.
    admit(transfer(2, 1, 1));
    assertEquals(2, pool.waiting(Optional.empty()).later().size());
  }

  @Test
  void aTransactionThatDoesNotFitEvictsNobodyInVain() {
    Transaction cheap = transfer(0, 0, 100);
    int bytes = cheap.encoded().length();
    pool = pool(new MempoolLimits(10, 2L * bytes + 20, 16, 16, Amount.ZERO));
    admit(cheap);
    Transaction dear = transfer(1, 0, 300);
    admit(dear);
    Transaction large = transfer(2, 0, 200, 1, Amount.ZERO, Bytes.wrap(new byte[bytes]));
    assertInstanceOf(Admission.PoolFull.class, pool.add(large));
    assertEquals(2, pool.size());
  }

  @Test
  void aReplacementInAFullPoolEvictsNobody() {
    pool = pool(new MempoolLimits(2, 1 << 20, 16, 16, Amount.ZERO));
    admit(transfer(0, 0, 100));
    admit(transfer(1, 0, 100));
    admit(transfer(1, 0, 200, 20, Amount.ZERO));
    assertEquals(2, pool.size());
  }
}
