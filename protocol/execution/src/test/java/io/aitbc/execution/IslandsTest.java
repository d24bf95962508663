// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.TransferChain.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import io.aitbc.evm.CallResult;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Receipt;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.Seed;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Two networks with other validators and another genesis: contracts of the one believe the other
/// what more than two thirds of its stake have signed, and nothing else.
class IslandsTest { // Protocol §10.5, §10.3, §14.6
  private static final String MINT = "mint(uint256,uint256,address,uint256,bytes[],bytes[])";
  private static final String RELEASE = "release(uint256,uint256,address,uint256,bytes[],bytes[])";
  private static final Amount FIVE = Amount.aitbc(5);

  private final Island home = new Island(1);
  private final Island away = new Island(2);

  private static CallData constructor(Island followed) {
    return CallData.ofConstructor()
        .hash(followed.genesisHash())
        .number(0)
        .number(followed.millis)
        .number(0)
        .hash(followed.set(0).hash())
        .hash(followed.set(1).hash());
  }

  /// The contract of `on` that follows `followed`.
  private static Address follower(Island on, Island followed) {
    return on.deploy(0, "ForeignChain", constructor(followed));
  }

  private static CallData follow(Bytes statement) {
    return CallData.of("follow(bytes)").bytes(statement);
  }

  private static void succeed(Receipt.Outcome outcome) {
    assertEquals(Receipt.Outcome.SUCCEEDED, outcome);
  }

  /// Asserts that a call is taken back with this error.
  private static void refuses(String error, Island on, Address contract, CallData call) {
    Bytes answer = on.call(3, contract, call.toBytes()).output();
    assertEquals(CallData.selector(error), answer.slice(0, Math.min(4, answer.length())), error);
  }

  /// Asserts that a call is taken back, for whatever reason.
  private static void fails(Island on, Address contract, CallData call) {
    assertInstanceOf(CallResult.Revert.class, on.call(3, contract, call.toBytes()));
  }

  @Test
  void aHeaderOfAnotherNetworkIsFollowedByItsCertificate() {
    Address chain = follower(away, home);
    home.emptyBlocks(1);
    assertEquals(UInt256.ZERO, away.word(chain, CallData.of("stateRoot(uint256)").number(1)));
    succeed(away.send(1, chain, Amount.ZERO, follow(home.statement())));
    assertEquals(
        UInt256.of(home.chain.parent.stateRoot()),
        away.word(chain, CallData.of("stateRoot(uint256)").number(1)));
    home.emptyBlocks(7);
    succeed(away.send(2, chain, Amount.ZERO, follow(home.statement())));
    assertEquals(
        UInt256.of(home.chain.parent.stateRoot()),
        away.word(chain, CallData.of("stateRoot(uint256)").number(8)));
  }

  @Test
  void setsAreFollowedFromEpochToEpochAndNoneIsSkipped() {
    Address chain = follower(away, home);
    home.emptyBlocks(101);
    away.millis = home.millis;
    succeed(away.send(1, chain, Amount.ZERO, follow(home.statement())));
    home.emptyBlocks(200);
    away.millis = home.millis;
    away.emptyBlocks(1);
    refuses("SkippedEpochs(uint256,uint256)", away, chain, follow(home.statement()));
  }

  @Test
  void whatTooFewOrOthersSignedIsRefused() {
    Address chain = follower(away, home);
    home.emptyBlocks(1);
    Hash genesis = home.genesisHash();
    for (Integer[] signers : new Integer[][] {{0}, {0, 1}, {2, 3}}) {
      refuses("NotCertified()", away, chain, follow(home.statement(genesis, 0, signers)));
    }
    refuses("NotCertified()", away, chain, follow(home.statement(genesis, 1, 0, 1, 2, 3)));
    Island stranger = new Island(3);
    stranger.emptyBlocks(1);
    Bytes pretended = stranger.statement(genesis, 0, 0, 1, 2, 3);
    refuses("WrongSet(bytes32,bytes32)", away, chain, follow(pretended));
    refuses("WrongNetwork(bytes32,bytes32)", away, chain, follow(stranger.statement()));
  }

  @Test
  void anAlteredHeaderIsRefused() {
    Address chain = follower(away, home);
    home.emptyBlocks(1);
    byte[] statement = home.statement().toArray();
    Seed seed = Seed.of(10_500);
    for (int i = 0; i < 200; i++) {
      byte[] altered = statement.clone();
      altered[seed.below(altered.length)] ^= (byte) (1 << seed.below(8));
      CallResult result = away.call(1, chain, follow(Bytes.wrap(altered)).toBytes());
      assertFalse(result instanceof CallResult.Success, "seed 10500, change " + i);
    }
    assertInstanceOf(
        CallResult.Success.class, away.call(1, chain, follow(home.statement()).toBytes()));
  }

  @Test
  void aHeaderThatNoStakeHadToSignIsRefused() {
    Address chain = follower(away, home);
    home.mode = ModeSetting.settled(Mode.FAST);
    home.emptyBlocks(1);
    refuses("NoStakeAskedFor()", away, chain, follow(home.statement()));
    home.mode = new ModeSetting(Mode.FAST, Mode.SECURE, 1);
    home.emptyBlocks(1);
    succeed(away.send(1, chain, Amount.ZERO, follow(home.statement())));
    home.mode = ModeSetting.settled(Mode.SECURE);
    home.emptyBlocks(1);
    succeed(away.send(1, chain, Amount.ZERO, follow(home.statement())));
  }

  @Test
  void whatIsNotAboveOrAheadOfTheClockOrTooOldIsRefused() {
    Address chain = follower(away, home);
    home.emptyBlocks(1);
    Bytes first = home.statement();
    succeed(away.send(1, chain, Amount.ZERO, follow(first)));
    refuses("NotAbove(uint256,uint256)", away, chain, follow(first));

    long awaySeconds = away.chain.parent.timestampSeconds();
    home.millis = awaySeconds * 1_000 + 10_001;
    home.emptyBlocks(1);
    refuses("WrongTime(uint256,uint256)", away, chain, follow(home.statement()));
    away.millis = awaySeconds * 1_000 + 1_000;
    succeed(away.send(1, chain, Amount.ZERO, follow(home.statement())));

    away.millis = home.millis + Duration.ofDays(14).toMillis();
    home.millis = away.millis;
    home.emptyBlocks(1);
    away.emptyBlocks(1);
    refuses("Expired(uint256)", away, chain, follow(home.statement()));
  }

  @Test
  void coinsAreLockedOnOneNetworkMintedOnTheOtherAndComeBack() {
    Address homeChain = follower(home, away);
    Address awayChain = follower(away, home);
    Address voucher = away.nextContract(0, 0);
    Address vault = home.deploy(0, "Vault", ends(homeChain, voucher));
    assertEquals(voucher, away.deploy(0, "Voucher", ends(awayChain, vault)));

    succeed(home.send(1, vault, FIVE, CallData.of("lock(address)").address(account(2))));
    CallData mint = home.arrival(CallData.of(MINT), vault, 0, account(2), FIVE);
    refuses("NotFollowed(uint256)", away, voucher, mint);
    succeed(away.send(3, awayChain, Amount.ZERO, follow(home.statement())));
    Amount more = FIVE.plus(Amount.wei(1));
    String notSent = "NotSent(uint256,address,uint256)";
    CallData dearer = home.arrival(CallData.of(MINT), vault, 0, account(2), more);
    refuses(notSent, away, voucher, dearer);
    CallData thief = home.arrival(CallData.of(MINT), vault, 0, account(3), FIVE);
    refuses(notSent, away, voucher, thief);
    fails(away, voucher, home.arrival(CallData.of(MINT), vault, 1, account(2), FIVE));
    fails(away, voucher, home.arrival(CallData.of(MINT), homeChain, 0, account(2), FIVE));
    succeed(away.send(3, voucher, Amount.ZERO, mint));
    assertEquals(new Supplies(FIVE, FIVE), supplies(vault, voucher));
    refuses("AlreadyArrived(uint256)", away, voucher, mint);

    CallData burn =
        CallData.of("burn(address,uint256)").address(account(3)).amount(Amount.aitbc(2));
    succeed(away.send(2, voucher, Amount.ZERO, burn));
    succeed(home.send(0, homeChain, Amount.ZERO, follow(away.statement())));
    Amount before = home.balance(account(3));
    CallData release = away.arrival(CallData.of(RELEASE), voucher, 0, account(3), Amount.aitbc(2));
    succeed(home.send(0, vault, Amount.ZERO, release));
    assertEquals(before.plus(Amount.aitbc(2)), home.balance(account(3)));
    assertEquals(new Supplies(Amount.aitbc(3), Amount.aitbc(3)), supplies(vault, voucher));
    refuses("AlreadyArrived(uint256)", home, vault, release);
  }

  private static CallData ends(Address followed, Address otherEnd) {
    return CallData.ofConstructor().address(followed).address(otherEnd);
  }

  /// What is locked, and what is out there for it.
  private record Supplies(Amount locked, Amount vouchers) {}

  private Supplies supplies(Address vault, Address voucher) {
    return new Supplies(
        home.balance(vault), new Amount(away.word(voucher, CallData.of("totalSupply()"))));
  }

  @Test
  void coinsOfTwoNetworksAreSwappedByOneSecretOrGoBack() {
    Address homeLock = home.deploy(0, "HashLock", CallData.ofConstructor());
    Address awayLock = away.deploy(0, "HashLock", CallData.ofConstructor());
    Hash secret = Sha256.hash(new byte[] {7});
    long first = away.millis / 1_000 + 100;
    long second = first + 100;
    succeed(home.send(1, homeLock, FIVE, lock(secret, account(2), second)));
    succeed(away.send(2, awayLock, Amount.aitbc(9), lock(secret, account(1), first)));
    refuses("Taken(bytes32)", away, awayLock, lock(secret, account(3), second));
    refuses("NotNow(uint256)", home, homeLock, goBack(secret));

    Amount awayBefore = away.balance(account(1));
    CallData take = CallData.of("take(bytes32)").hash(secret);
    succeed(away.send(3, awayLock, Amount.ZERO, take));
    assertEquals(awayBefore.plus(Amount.aitbc(9)), away.balance(account(1)));
    Amount homeBefore = home.balance(account(2));
    succeed(home.send(3, homeLock, Amount.ZERO, take));
    assertEquals(homeBefore.plus(FIVE), home.balance(account(2)));

    Hash kept = Sha256.hash(new byte[] {8});
    succeed(home.send(3, homeLock, FIVE, lock(kept, account(2), second)));
    home.millis = second * 1_000;
    home.emptyBlocks(1);
    refuses("NotNow(uint256)", home, homeLock, CallData.of("take(bytes32)").hash(kept));
    succeed(home.send(2, homeLock, Amount.ZERO, goBack(kept)));
    assertEquals(Amount.ZERO, home.balance(homeLock));
  }

  private static CallData lock(Hash secret, Address to, long deadline) {
    return CallData.of("lock(bytes32,address,uint256)")
        .hash(Sha256.hash(secret.toArray()))
        .address(to)
        .number(deadline);
  }

  private static CallData goBack(Hash secret) {
    return CallData.of("goBack(bytes32)").hash(Sha256.hash(secret.toArray()));
  }
}
