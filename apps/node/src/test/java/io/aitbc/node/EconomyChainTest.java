// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static io.aitbc.node.EconomyChain.account;
import static io.aitbc.node.EconomyChain.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.execution.Artifacts;
import io.aitbc.execution.CallData;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.Genesis;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.Candidate;
import io.aitbc.model.Evidence;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.Receipt;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Round;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.Vote;
import io.aitbc.model.VotingPower;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Fifty epochs of a network's economy, with the sets, modes, credits and reports of consensus.
class EconomyChainTest { // Protocol §2, §6.2, §14.8, §16
  private static final int AUTHORITIES = 4;
  private static final int STAKERS = 8;
  private static final int PEOPLE = 20;
  private static final int EPOCHS = 50;

  /// Base reward of an epoch in which every block counts for its 4 s, wei, times 1.5.
  private static final Amount MINTED_MAX = Amount.aitbc(30_000);

  // Who plays which part.
  private static final int ABSENT = 3;
  private static final int GUILTY = 5;
  private static final int LEAVING = 6;
  private static final int NEWCOMER = 12;
  private static final int DELEGATOR = 13;
  private static final int NEW_AUTHORITY = 14;
  private static final int PROPOSER = 15;
  private static final int REPORTER = 16;

  private static final UInt256 IMPLEMENTATION_SLOT =
      UInt256.parse("0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc");

  private final EconomyChain chain = new EconomyChain(genesis());
  private long proposals;

  @Test // Protocol §16
  void fiftyEpochsOfANetworksLife() {
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      act(epoch);
      assertEquals(BigInteger.ZERO, chain.minted(), "outside of an epoch's end nothing is minted");
      chain.endEpoch();
      assertTrue(chain.minted().compareTo(MINTED_MAX.wei().toBigInteger()) <= 0, "epoch " + epoch);
      // The contract BeaconHistory notes no failure.
      assertEquals(
          UInt256.ZERO, chain.storage(EconomyContract.BEACON_HISTORY, UInt256.ONE), "" + epoch);
      look(epoch);
    }
    assertEquals(100L * EPOCHS, chain.derived().height().number());
  }

  private void act(int epoch) {
    switch (epoch) {
      case 1 ->
          succeed(
              NEWCOMER,
              EconomyContract.STAKE_MANAGER,
              Amount.aitbc(30_000),
              CallData.of("register(bytes,bytes,uint16,uint16,address)")
                  .bytes(key(NEWCOMER).publicKey().bytes())
                  .bytes(possession(NEWCOMER))
                  .number(500)
                  .number(2_000)
                  .address(Address.ZERO));
      case 2 -> succeed(NEWCOMER, EconomyContract.STAKE_MANAGER, CallData.of("ready()"));
      case 3 -> {
        chain.goesAway(account(ABSENT));
        succeed(
            DELEGATOR,
            EconomyContract.STAKE_MANAGER,
            Amount.aitbc(2_000),
            CallData.of("delegate(address)").address(account(NEWCOMER)));
      }
      case 8 -> equivocation();
      case 10 -> succeed(LEAVING, EconomyContract.STAKE_MANAGER, CallData.of("resign()"));
      case 20 -> {
        chain.comesBack(account(ABSENT));
        succeed(
            ABSENT,
            EconomyContract.AUTHORITY_REGISTRY,
            Amount.aitbc(500),
            CallData.of("addBond()"));
        succeed(ABSENT, EconomyContract.AUTHORITY_REGISTRY, CallData.of("unjail()"));
      }
      case 21 ->
          succeed(
              ABSENT,
              EconomyContract.AUTHORITY_REGISTRY,
              CallData.of("ready(address)").address(account(ABSENT)));
      case 25 ->
          decide(
              EconomyContract.PARAMS,
              CallData.of("set(uint256[],uint256[])")
                  .numbers(List.of(UInt256.ZERO, UInt256.of(42)))
                  .numbers(
                      List.of(UInt256.of(ModePolicy.WHITEPAPER.code()), Amount.aitbc(50).wei())));
      case 28 -> upgrade();
      case 30 ->
          decide(
              EconomyContract.AUTHORITY_REGISTRY,
              CallData.of("admit(address)").address(account(NEW_AUTHORITY)));
      case 31 ->
          succeed(
              NEW_AUTHORITY,
              EconomyContract.AUTHORITY_REGISTRY,
              Amount.aitbc(10_000),
              CallData.of("join(bytes,bytes,address,address,bytes32)")
                  .bytes(key(NEW_AUTHORITY).publicKey().bytes())
                  .bytes(possession(NEW_AUTHORITY))
                  .address(account(NEW_AUTHORITY))
                  .address(account(NEW_AUTHORITY))
                  .hash(Hash.ZERO));
      case 32 ->
          succeed(
              NEW_AUTHORITY,
              EconomyContract.AUTHORITY_REGISTRY,
              CallData.of("ready(address)").address(account(NEW_AUTHORITY)));
      case 45 -> {
        Amount before = chain.balance(account(DELEGATOR));
        succeed(
            DELEGATOR,
            EconomyContract.REWARDS,
            CallData.of("claim(address)").address(account(NEWCOMER)));
        assertTrue(chain.balance(account(DELEGATOR)).compareTo(before) > 0);
      }
      default -> {
        var _ = chain.block();
      }
    }
  }

  private void look(int epoch) {
    switch (epoch) {
      case 5 -> assertTrue(isMember(NEWCOMER), "drawn after its readiness vote");
      case 10 -> {
        assertTrue(candidate(GUILTY).isEmpty());
        assertTrue(candidate(LEAVING).isEmpty());
      }
      case 13 -> {
        assertFalse(isMember(GUILTY));
        assertFalse(isMember(LEAVING));
      }
      case 19 -> {
        assertTrue(candidate(ABSENT).orElseThrow().isJailed());
        assertFalse(isMember(ABSENT));
      }
      case 24 -> {
        assertFalse(candidate(ABSENT).orElseThrow().isJailed());
        assertTrue(isMember(ABSENT), "drawn again after its readiness vote");
      }
      case 25 -> assertEquals(ModePolicy.WHITEPAPER, chain.snapshot().parameters().policy());
      case 27 -> assertEquals(ModePolicy.WHITEPAPER, chain.derived().parameters().policy());
      case 35 -> {
        assertTrue(isMember(NEW_AUTHORITY));
        assertEquals(AUTHORITIES + 1, chain.derived().set().authorities().size());
      }
      default -> {}
    }
  }

  /// Two votes of a staker for two blocks of a height of the epoch before.
  private void equivocation() {
    Height height = new Height(chain.derived().height().number() - 20);
    ValidatorSet set = chain.derived().set(height).orElseThrow();
    assertTrue(set.contains(account(GUILTY)));
    RlpWriter writer = new RlpWriter().begin();
    new Evidence.Equivocation(vote(height, 1), vote(height, 2)).writeTo(writer);
    set.writeTo(writer);
    Amount before = chain.balance(account(REPORTER));
    succeed(
        REPORTER,
        EconomyContract.SLASHING,
        CallData.of("report(bytes)").bytes(writer.end().toBytes()));
    assertEquals(List.of(account(GUILTY)), chain.convicted());
    assertTrue(chain.balance(account(REPORTER)).compareTo(before) > 0);
  }

  private Vote vote(Height height, int block) {
    var ballot =
        new Ballot.Commit(
            height, Round.ZERO, Mode.BALANCED, Hash.ZERO, Keccak256.hash(Bytes.of((byte) block)));
    return new Vote(ballot, account(GUILTY), key(GUILTY).sign(ballot.message(chain.genesisHash())));
  }

  /// Other code behind the contract Rewards, put into the chain by a transaction.
  private void upgrade() {
    Bytes origin =
        new RlpWriter()
            .begin()
            .address(account(PROPOSER))
            .number(chain.nonce(account(PROPOSER)))
            .end()
            .toBytes();
    Address created = new Address(Keccak256.hash(origin).toBytes().slice(12, Address.BYTES));
    chain.send(account(PROPOSER), Optional.empty(), Amount.ZERO, Artifacts.creationCode("Rewards"));
    allSucceeded();
    decide(
        EconomyContract.REWARDS,
        CallData.of("upgradeToAndCall(address,bytes)").address(created).bytes(Bytes.EMPTY));
    assertEquals(
        UInt256.of(created.bytes().toArray(), 0, Address.BYTES),
        chain.storage(EconomyContract.REWARDS, IMPLEMENTATION_SLOT));
  }

  /// An emergency: the authorities and the stakers who are there agree, and it is executed.
  private void decide(EconomyContract target, CallData call) {
    proposals++;
    List<Address> targets = List.of(target.address());
    List<Bytes> calls = List.of(call.toBytes());
    succeed(
        PROPOSER,
        EconomyContract.GOVERNOR,
        Amount.aitbc(1_000),
        CallData.of("proposeEmergency(address[],bytes[],string)")
            .addresses(targets)
            .byteStrings(calls)
            .bytes(Bytes.EMPTY));
    // Three of four seats are more than two thirds, and so are five of the seven stakers. A sixth
    // would come too late.
    for (int authority = 0; authority < 3; authority++) {
      chain.send(
          account(authority),
          EconomyContract.GOVERNOR,
          Amount.ZERO,
          CallData.of("voteAsAuthority(uint256,uint8)").number(proposals).number(1));
    }
    for (int staker = AUTHORITIES; staker < AUTHORITIES + STAKERS - 1; staker++) {
      if (staker != GUILTY && staker != LEAVING) {
        chain.send(
            account(staker),
            EconomyContract.GOVERNOR,
            Amount.ZERO,
            CallData.of("vote(uint256,uint8,address[],address[])")
                .number(proposals)
                .number(1)
                .addresses(List.of(account(staker)))
                .addresses(List.of(account(staker))));
      }
    }
    allSucceeded();
    succeed(
        PROPOSER,
        EconomyContract.GOVERNOR,
        CallData.of("execute(uint256,address[],bytes[])")
            .number(proposals)
            .addresses(targets)
            .byteStrings(calls));
  }

  private void succeed(int from, EconomyContract to, CallData call) {
    succeed(from, to, Amount.ZERO, call);
  }

  private void succeed(int from, EconomyContract to, Amount value, CallData call) {
    chain.send(account(from), to, value, call);
    allSucceeded();
  }

  private void allSucceeded() {
    for (Receipt receipt : chain.block()) {
      assertEquals(Receipt.Outcome.SUCCEEDED, receipt.outcome(), receipt.toString());
    }
  }

  private boolean isMember(int who) {
    return chain.derived().set().contains(account(who));
  }

  private Optional<Candidate> candidate(int who) {
    return chain.snapshot().candidates().stream()
        .filter(each -> each.account().equals(account(who)))
        .findFirst();
  }

  private Bytes possession(int who) {
    return ProofOfPossession.prove(key(who), chain.genesisHash(), account(who).bytes()).bytes();
  }

  private static Genesis genesis() {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < AUTHORITIES + STAKERS; i++) {
      boolean authority = i < AUTHORITIES;
      candidates.add(
          new Candidate(
              account(i),
              key(i).publicKey(),
              authority ? ValidatorClass.AUTHORITY : ValidatorClass.STAKER,
              authority ? VotingPower.ZERO : VotingPower.of(Amount.aitbc(30_000)),
              Candidate.Standing.ACTIVE,
              0,
              OptionalLong.empty()));
    }
    List<Genesis.GenesisAccount> accounts = new ArrayList<>();
    for (int i = 0; i < PEOPLE; i++) {
      accounts.add(Genesis.GenesisAccount.of(account(i), Amount.aitbc(1_000_000)));
    }
    return GenesisFile.genesis(
        EconomyChain.CHAIN_ID,
        1_700_000_000_000L,
        Amount.wei(1_000),
        GenesisFile.parameters(
            ModePolicy.OPERATIONAL,
            Mode.BALANCED,
            Fallback.ON,
            VotingPower.of(Amount.aitbc(50_000)),
            2_000),
        candidates,
        accounts);
  }
}
