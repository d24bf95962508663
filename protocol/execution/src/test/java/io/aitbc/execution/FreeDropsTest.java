// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.TransferChain.account;
import static io.aitbc.execution.TransferChain.transfer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.AccountMessage;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.evm.TransactionRefusal;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Authorization;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.SetCodeTransaction;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What it costs an attacker to make an honest proposer list transactions in vain, for each way in
/// which a transaction that the parent's state can pay may be dropped. Protocol §14.2.
class FreeDropsTest {
  private static final long BLOCK_GAS = 100_000_000;
  private static final int VICTIMS = 400;

  /// Calls every address in the input.
  private static final Address CALLER = account(2_001);

  /// Sends all that the account has to nobody in particular.
  private static final Address SWEEPER = account(2_002);

  /// Uses all gas that it gets.
  private static final Address BURNER = account(2_003);

  private static final TransactionSignature SIGNATURE =
      new TransactionSignature(UInt256.ONE, UInt256.ONE, 0);

  private static List<Genesis.GenesisAccount> contracts() {
    List<Genesis.GenesisAccount> all = new ArrayList<>();
    all.add(
        Contracts.contract(
            CALLER, "5f5b80361115601957" + "5f5f5f5f5f85355af150602001600156" + "5b00"));
    all.add(Contracts.contract(SWEEPER, "5f5f5f5f4761dead5af100"));
    all.add(Contracts.contract(BURNER, "5b5f56"));
    return all;
  }

  private static TransferChain chain(List<Genesis.GenesisAccount> victims) {
    List<Genesis.GenesisAccount> all = contracts();
    all.addAll(victims);
    return new TransferChain(20, TransferChain.withGasLimit(BLOCK_GAS), all);
  }

  /// Says what the attacker paid, and holds that it paid at least `least` for each place.
  private static void report(
      String way,
      ExecutionResult result,
      List<RecoveredTransaction> listed,
      long paid,
      long least) {
    int wasted = result.dropped().size();
    assertEquals(listed.size(), wasted + result.receipts().size());
    System.out.printf(
        "[notice] free drops, %s: %d listed, %d dropped, the attacker paid %d gas, %d a place%n",
        way, listed.size(), wasted, paid, paid / wasted);
    assertTrue(paid / wasted >= least, way);
  }

  private static Bytes addresses(List<Genesis.GenesisAccount> accounts) {
    ByteArrayOutputStream words = new ByteArrayOutputStream();
    accounts.forEach(each -> words.writeBytes(Contracts.word(each.address()).toArray()));
    return Bytes.wrap(words.toByteArray());
  }

  @Test // EIP-7702: others' transactions empty an account with delegated code.
  void sweepingDelegatedAccountsCostsTenThousandGasAPlace() {
    Bytes delegation = Bytes.fromHex("0xef0100" + SWEEPER.bytes().toHex().substring(2));
    List<Genesis.GenesisAccount> victims = new ArrayList<>();
    List<RecoveredTransaction> listed = new ArrayList<>();
    for (int i = 0; i < VICTIMS; i++) {
      Address victim = account(100 + i);
      victims.add(
          new Genesis.GenesisAccount(victim, TransferChain.START, 0, delegation, new TreeMap<>()));
      listed.add(transfer(100 + i, 0, 2, Amount.aitbc(1)));
    }
    listed.addFirst(
        TransferChain.transaction(
            1,
            0,
            Optional.of(CALLER),
            Amount.ZERO,
            TransferChain.FEE_CAP,
            16_000_000,
            TransferChain.CHAIN_ID,
            addresses(victims)));
    ExecutionResult result = chain(victims).execute(listed.toArray(RecoveredTransaction[]::new));
    assertEquals(VICTIMS, result.dropped().size());
    var first = assertInstanceOf(DropReason.Refused.class, result.dropped().getFirst().reason());
    assertInstanceOf(TransactionRefusal.BalanceTooLow.class, first.refusal());
    report("swept accounts", result, listed, result.facts().gasUsed(), 10_000);
  }

  @Test // EIP-7702: an authorization raises its authority's nonce.
  void authorizingInTheSameBlockCostsTwentyThousandGasAPlace() {
    List<Genesis.GenesisAccount> victims = new ArrayList<>();
    List<Authorization> authorizations = new ArrayList<>();
    List<RecoveredTransaction> listed = new ArrayList<>();
    for (int i = 0; i < VICTIMS; i++) {
      Hash seed = Keccak256.hash(Bytes.of((byte) i, (byte) (i >> 8)));
      Secp256k1SecretKey key = Secp256k1SecretKey.fromSeed(seed.toArray());
      Address victim = Address.of(key.publicKey());
      victims.add(Genesis.GenesisAccount.of(victim, TransferChain.START));
      authorizations.add(authorization(key));
      listed.add(transferFrom(victim));
    }
    var attack =
        new SetCodeTransaction.Unsigned(
            TransferChain.CHAIN_ID,
            0,
            Amount.wei(20),
            TransferChain.FEE_CAP,
            16_000_000,
            account(2),
            Amount.ZERO,
            Bytes.EMPTY,
            List.of(),
            authorizations);
    listed.addFirst(new RecoveredTransaction(attack.signedWith(SIGNATURE), account(1)));
    ExecutionResult result = chain(victims).execute(listed.toArray(RecoveredTransaction[]::new));
    assertEquals(VICTIMS, result.dropped().size());
    assertEquals(
        new DropReason.Refused(new TransactionRefusal.NonceTooLow(1, 0)),
        result.dropped().getFirst().reason());
    report("pending authorizations", result, listed, result.facts().gasUsed(), 20_000);
  }

  private static Authorization authorization(Secp256k1SecretKey key) {
    Authorization open = new Authorization(UInt256.ZERO, SWEEPER, 0, SIGNATURE);
    var digest = new AccountMessage.AuthorizationDigest(open.signingHash());
    return new Authorization(UInt256.ZERO, SWEEPER, 0, TransactionSignature.of(key.sign(digest)));
  }

  private static RecoveredTransaction transferFrom(Address sender) {
    var transfer =
        new DynamicFeeTransaction.Unsigned(
            TransferChain.CHAIN_ID,
            0,
            Amount.wei(10),
            TransferChain.FEE_CAP,
            21_000,
            Optional.of(account(2)),
            Amount.aitbc(1),
            Bytes.EMPTY,
            List.of());
    return new RecoveredTransaction(transfer.signedWith(SIGNATURE), sender);
  }

  @Test
  void whoFillsTheBlockPaysForAllOfIt() {
    // Gas limits of twice the block's in sum, as an honest proposer lists at most.
    List<RecoveredTransaction> listed = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      listed.add(greatest(i, BURNER));
    }
    ExecutionResult result = chain(List.of()).execute(listed.toArray(RecoveredTransaction[]::new));
    result
        .dropped()
        .forEach(each -> assertInstanceOf(DropReason.BlockGasExhausted.class, each.reason()));
    report("gas used up", result, listed, result.facts().gasUsed(), BLOCK_GAS / 12);
  }

  @Test
  void aGasLimitThatIsNotUsedDropsNobody() {
    List<RecoveredTransaction> listed = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      listed.add(greatest(i, account(30)));
    }
    ExecutionResult result = chain(List.of()).execute(listed.toArray(RecoveredTransaction[]::new));
    assertEquals(List.of(), result.dropped());
  }

  @Test // The first of a sender's does not fit any more, so its others have a gap before them.
  void followersOfADroppedTransactionArePaidForByWhoFillsTheBlock() {
    List<RecoveredTransaction> listed = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      listed.add(greatest(i, BURNER));
    }
    listed.add(greatest(6, account(30)));
    for (int nonce = 1; nonce <= 16; nonce++) { // As many as the pool keeps of a sender.
      listed.add(transfer(6, nonce, 2, Amount.wei(1)));
    }
    ExecutionResult result = chain(List.of()).execute(listed.toArray(RecoveredTransaction[]::new));
    assertEquals(17, result.dropped().size());
    assertInstanceOf(DropReason.BlockGasExhausted.class, result.dropped().getFirst().reason());
    result
        .dropped()
        .subList(1, 17)
        .forEach(each -> assertInstanceOf(TransactionRefusal.NonceTooHigh.class, refusal(each)));
    report("followers of one without gas", result, listed, result.facts().gasUsed(), 5_000_000);
  }

  // What an honest proposer never lists, for the parent's state cannot pay it.

  @Test
  void aDishonestListOfNoncesWastesItsMakersTurn() {
    wastesItsTurn(
        "nonces too low",
        TransactionRefusal.NonceTooLow.class,
        i -> i == 0 ? transfer(1, 0, 2, Amount.ZERO) : transfer(1, 0, 2, Amount.wei(i)));
    wastesItsTurn(
        "nonces too high",
        TransactionRefusal.NonceTooHigh.class,
        i -> transfer(i == 0 ? 2 : 1, i, 2, Amount.wei(1)));
  }

  @Test
  void aDishonestListWithoutFundsWastesItsMakersTurn() {
    wastesItsTurn(
        "senders without funds",
        TransactionRefusal.BalanceTooLow.class,
        i -> i == 0 ? transfer(2, 0, 2, Amount.ZERO) : transfer(3_000 + i, 0, 2, Amount.ZERO));
  }

  @Test
  void aDishonestListOfLowFeesWastesItsMakersTurn() {
    wastesItsTurn(
        "fees below the base fee",
        TransactionRefusal.FeeBelowBaseFee.class,
        i ->
            TransferChain.transaction(
                i == 0 ? 2 : 1,
                0,
                Optional.of(account(2)),
                Amount.wei(i),
                i == 0 ? TransferChain.FEE_CAP : Amount.wei(1),
                21_000,
                TransferChain.CHAIN_ID));
  }

  @Test // EIP-3607
  void aDishonestListOfContractsAsSendersWastesItsMakersTurn() {
    wastesItsTurn(
        "contracts as senders",
        TransactionRefusal.SenderIsContract.class,
        i -> i == 0 ? transfer(2, 0, 2, Amount.ZERO) : transfer(2_003, 1, 2, Amount.ZERO));
  }

  /// A block of the greatest count whose first transaction stands and whose others are free drops:
  /// it is the block of the first alone, so what the attack cost is the fees and the reward of a
  /// block that the maker could have filled.
  private static void wastesItsTurn(
      String way,
      Class<? extends TransactionRefusal> reason,
      IntFunction<RecoveredTransaction> listing) {
    int count = ConsensusParameters.DEFAULT.balanced().transactionsMax(); // The context's mode.
    List<RecoveredTransaction> listed = IntStream.range(0, count).mapToObj(listing).toList();
    TransferChain chain = chain(List.of());
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long from = threads.getCurrentThreadCpuTime();
    ExecutionResult result = chain.execute(listed.toArray(RecoveredTransaction[]::new));
    long nanos = threads.getCurrentThreadCpuTime() - from;
    assertEquals(count - 1, result.dropped().size());
    result.dropped().forEach(each -> assertInstanceOf(reason, refusal(each)));
    assertEquals(chain.execute(listed.getFirst()).blockHash(), result.blockHash());
    System.out.printf(
        "[notice] free drops, dishonest list, %s: %d listed, %d dropped, the attacker paid its"
            + " turn and 0 gas a place; a place took %d ns%n",
        way, count, count - 1, nanos / count);
  }

  private static TransactionRefusal refusal(ExecutionResult.Dropped dropped) {
    return assertInstanceOf(DropReason.Refused.class, dropped.reason()).refusal();
  }

  private static RecoveredTransaction greatest(int from, Address to) {
    return TransferChain.transaction(
        from,
        0,
        Optional.of(to),
        Amount.ZERO,
        TransferChain.FEE_CAP,
        16_600_000,
        TransferChain.CHAIN_ID,
        Bytes.EMPTY);
  }
}
