// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.DerivedState;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.CallData;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisState;
import io.aitbc.execution.Machines;
import io.aitbc.mempool.Admission;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Candidate;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.Round;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.model.UnsignedTransaction;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.Vote;
import io.aitbc.model.VotingPower;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.BlsValidatorKey;
import io.aitbc.state.StateView;
import io.aitbc.storage.Head;
import io.aitbc.storage.Retention;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a validator's node sends by itself. Protocol §2.2, §16.7.
class OwnTransactionsIT {
  private static final BlsValidatorKey KEY =
      BlsValidatorKey.fromSeed(
          new byte[] {
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
            25, 26, 27, 28, 29, 30, 31, 32
          });

  private final AccountSigner sender = AccountSigner.fromSeed(new byte[32]);
  private final List<Transaction> sent = new ArrayList<>();
  private Amount leastFee = Amount.ZERO;

  @TempDir private Path folder;

  /// A network with one staker, and money of the sender.
  private Genesis genesis(Address staker, BlsValidatorKey key) {
    return GenesisFile.genesis(
        UInt256.of(7),
        OneValidator.DERIVED.parentTimestampMillis(),
        Amount.wei(1_000_000_000),
        OneValidator.DERIVED.parameters(),
        List.of(
            new Candidate(
                staker,
                key.publicKey(),
                ValidatorClass.STAKER,
                VotingPower.of(Amount.aitbc(1_000_000)),
                Candidate.Standing.ACTIVE,
                0,
                OptionalLong.empty())),
        List.of(Genesis.GenesisAccount.of(sender.address(), Amount.aitbc(10))));
  }

  private OwnTransactions own(
      Genesis genesis, Machines machines, Address validator, BlsValidatorKey key) {
    return new OwnTransactions(
        genesis.execution(),
        machines.another(),
        new OwnTransactions.Validator(validator, key.publicKey()),
        sender,
        leastFee,
        _ -> sent.size(),
        transaction -> {
          sent.add(transaction);
          return new Admission.Admitted(transaction.hash());
        });
  }

  @Test // Protocol §2.2
  void aCandidateOutsideOfTheSetsSaysOnceInAnEpochThatItIsReady() {
    Genesis genesis = genesis(sender.address(), KEY);
    GenesisState state = GenesisState.of(genesis, Workers.NONE);
    Machines machines = new Machines(state.hash(), Secp256k1.chosen(), new BlsScheme());
    DerivedState derived = OneValidator.DERIVED;
    Instant now = Instant.ofEpochMilli(derived.parentTimestampMillis());
    BlockHeader head = state.block().header();
    StateView view = state.inMemory();

    own(genesis, machines, OneValidator.ACCOUNT, KEY).becameFinal(head, view, derived, now);
    assertEquals(List.of(), sent, "a member is drawn without it");
    own(genesis, machines, sender.address(), OneValidator.KEY)
        .becameFinal(head, view, derived, now);
    assertEquals(List.of(), sent, "registered is another key");

    OwnTransactions own = own(genesis, machines, sender.address(), KEY);
    own.becameFinal(head, view, derived, now.plus(OwnTransactions.HEAD_AGE_MAX).plusMillis(1));
    assertEquals(List.of(), sent, "the node does not follow yet");
    own.becameFinal(head, view, derived, now);
    own.becameFinal(head, view, derived, now);
    assertEquals(1, sent.size());
    Transaction ready = sent.getFirst();
    assertEquals(Optional.of(sender.address()), ready.sender(Secp256k1.chosen()));
    assertEquals(
        Optional.of(EconomyContract.STAKE_MANAGER.address()), ready.unsigned().recipient());
    assertEquals(CallData.of("ready()").toBytes(), ready.unsigned().data());
  }

  @Test // Protocol §16.7 rule 3
  void evidenceIsReportedWhenTheContractsKnowTheSet() throws Exception {
    Genesis genesis = genesis(OneValidator.ACCOUNT, OneValidator.KEY);
    try (OneValidatorChain chain = new OneValidatorChain(genesis, folder, Retention.DEFAULT)) {
      OwnTransactions own = own(genesis, chain.machines, OneValidator.ACCOUNT, OneValidator.KEY);
      Evidence evidence = equivocation(chain.genesis.hash(), 1);
      own.saw(evidence);
      own.saw(evidence);
      for (int height = 1; height < 100; height++) {
        chain.grow();
        becameFinal(own, chain);
      }
      assertEquals(List.of(), sent, "the first epoch's set is noted at its end");
      while (sent.isEmpty() && chain.store.head().height().number() < 130) {
        chain.grow();
        becameFinal(own, chain);
      }
      Transaction report = sent.getFirst();
      assertEquals(Optional.of(EconomyContract.SLASHING.address()), report.unsigned().recipient());
      assertEquals(
          CallData.selector("report(bytes)"),
          report.unsigned().data().slice(0, CallData.SELECTOR_BYTES));
    }
  }

  @Test // A base fee that rose holds nothing up.
  void whatIsInNoBlockIsSentAgainForMoreUnderItsNonce() throws Exception {
    Genesis genesis = genesis(OneValidator.ACCOUNT, OneValidator.KEY);
    try (OneValidatorChain chain = new OneValidatorChain(genesis, folder, Retention.DEFAULT)) {
      OwnTransactions own = own(genesis, chain.machines, OneValidator.ACCOUNT, OneValidator.KEY);
      own.saw(equivocation(chain.genesis.hash(), 1));
      for (int height = 1; height < 130 && sent.isEmpty(); height++) {
        chain.grow();
        becameFinal(own, chain);
      }
      for (int block = 0; block < 2 * OwnTransactions.RESEND_BLOCKS; block++) {
        assertEquals(block < OwnTransactions.RESEND_BLOCKS ? 1 : 2, sent.size());
        chain.grow();
        becameFinal(own, chain);
      }
      assertEquals(3, sent.size());
      for (int i = 1; i < 3; i++) {
        UnsignedTransaction before = sent.get(i - 1).unsigned();
        UnsignedTransaction again = sent.get(i).unsigned();
        assertEquals(before.nonce(), again.nonce());
        assertEquals(before.data(), again.data());
        assertTrue(again.maxFeePerGas().compareTo(tenthMore(before.maxFeePerGas())) >= 0);
        assertTrue(
            again.maxPriorityFeePerGas().compareTo(tenthMore(before.maxPriorityFeePerGas())) >= 0);
      }
      chain.include(sent.getLast());
      for (int block = 0; block < 3 * OwnTransactions.RESEND_BLOCKS; block++) {
        chain.grow();
        becameFinal(own, chain);
      }
      assertEquals(3, sent.size(), "it is done");
    }
  }

  @Test // docs/operator.md: `least_fee_per_gas`
  void whatAValidatorHasToSendOffersWhatItsOwnPoolAsksFor() {
    leastFee = Amount.wei(9_000_000_000_000L);
    Genesis genesis = genesis(sender.address(), KEY);
    GenesisState state = GenesisState.of(genesis, Workers.NONE);
    Machines machines = new Machines(state.hash(), Secp256k1.chosen(), new BlsScheme());
    DerivedState derived = OneValidator.DERIVED;
    own(genesis, machines, sender.address(), KEY)
        .becameFinal(
            state.block().header(),
            state.inMemory(),
            derived,
            Instant.ofEpochMilli(derived.parentTimestampMillis()));
    assertEquals(leastFee, sent.getFirst().unsigned().maxFeePerGas());
  }

  private static Amount tenthMore(Amount amount) {
    return new Amount(
        amount.wei().times(UInt256.of(11)).plus(UInt256.of(9)).dividedBy(UInt256.of(10)));
  }

  private static void becameFinal(OwnTransactions own, OneValidatorChain chain) {
    Head head = chain.store.head();
    DerivedState derived = chain.derived();
    own.becameFinal(
        head.header(),
        head.state(),
        derived,
        Instant.ofEpochMilli(derived.parentTimestampMillis()));
  }

  private static Evidence equivocation(Hash network, long height) {
    return new Evidence.Equivocation(vote(network, height, 1), vote(network, height, 2));
  }

  private static Vote vote(Hash network, long height, int block) {
    Ballot.Commit ballot =
        new Ballot.Commit(
            new Height(height), Round.ZERO, Mode.BALANCED, Hash.ZERO, NodeValues.hash(block));
    return new Vote(ballot, OneValidator.ACCOUNT, OneValidator.KEY.sign(ballot.message(network)));
  }
}
