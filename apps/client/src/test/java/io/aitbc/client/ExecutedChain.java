// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.consensus.ConsensusGenesis;
import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.FinalizedBlock;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.execution.BlockEnvironments;
import io.aitbc.execution.BlockExecutor;
import io.aitbc.execution.Calls;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ExecutionResult;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisState;
import io.aitbc.execution.Machines;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.SystemContracts;
import io.aitbc.execution.WorkEvent;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Candidate;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Log;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Round;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.BlsValidatorKey;
import io.aitbc.state.MemoryState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/// A chain of one validator in memory and in virtual time: its blocks are really executed, one
/// every two seconds of its own clock, and as fast as the machine can.
final class ExecutedChain {
  static final UInt256 CHAIN_ID = UInt256.of(7);

  private static final BlsScheme SCHEME = new BlsScheme();
  private static final long BLOCK_MILLIS = 2_000;
  private static final long START_MILLIS = 1_699_999_999_000L;

  /// Gas of a call of the contracts of work: far from the bound of a block.
  private static final long GAS = 8_000_000;

  private static final Address VALIDATOR =
      Address.fromHex("0x0000000000000000000000000000000000000001");
  private static final BlsValidatorKey KEY = BlsValidatorKey.fromSeed(new byte[32]);

  /// How chains with the same accounts begin: made once, since it takes longer than most tests.
  private static final Map<List<Address>, GenesisState> BEGINNINGS = new ConcurrentHashMap<>();

  private final Genesis genesis;
  private final GenesisState start;
  private final MemoryState state;
  private final BlockExecutor executor;
  private final Calls calls;
  private final List<RecoveredTransaction> waiting = new ArrayList<>();
  private final List<DatedEvent> events = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<Certified> blocks = new ArrayList<>();
  private BlockHeader head;
  private DerivedState derived;
  private Optional<CommitCertificate> parentCertificate = Optional.empty();
  private boolean stepping;

  /// What somebody else does before each block.
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }

  /// A block with what makes it final, for who follows by headers.
  ///
  /// @param set the validators of its epoch
  /// @param transactions encodings
  /// @param receipts encodings
  record Certified(
      BlockHeader header,
      ConsensusExtension extension,
      CommitCertificate certificate,
      ValidatorSet set,
      List<Bytes> transactions,
      List<Bytes> receipts) {}

  ExecutedChain(List<Address> rich) {
    start = BEGINNINGS.computeIfAbsent(List.copyOf(rich), ExecutedChain::beginning);
    genesis = start.genesis();
    state = start.inMemory();
    head = start.block().header();
    Machines machines = new Machines(start.hash(), Secp256k1.chosen(), SCHEME);
    executor = new BlockExecutor(genesis.execution(), SystemContracts.of(genesis), machines);
    calls = new Calls(machines.another());
    derived = DerivedState.genesis(consensusGenesis());
  }

  private static GenesisState beginning(List<Address> rich) {
    Genesis genesis =
        GenesisPreset.DEV
            .rules(CHAIN_ID)
            .genesis(
                START_MILLIS,
                Amount.wei(1_000_000_000),
                List.of(
                    new Candidate(
                        VALIDATOR,
                        KEY.publicKey(),
                        ValidatorClass.BOTH,
                        VotingPower.of(Amount.aitbc(1_000_000)),
                        Candidate.Standing.ACTIVE,
                        0,
                        OptionalLong.empty())),
                rich.stream()
                    .map(each -> Genesis.GenesisAccount.of(each, Amount.aitbc(10_000)))
                    .toList());
    return GenesisState.of(genesis, Workers.NONE);
  }

  /// What somebody else does before each block.
  void eachBlock(Step step) {
    steps.add(step);
  }

  long height() {
    return head.number();
  }

  /// What consensus began with.
  ConsensusGenesis consensusGenesis() {
    return new ConsensusGenesis(start.hash(), START_MILLIS, genesis.snapshot());
  }

  /// The block of a height above 0.
  Certified block(long height) {
    return blocks.get((int) height - 1);
  }

  /// Puts a transaction into the next block.
  void include(Transaction transaction) {
    waiting.add(RecoveredTransaction.of(transaction, Secp256k1.chosen()).orElseThrow());
  }

  /// The next block, with what waits.
  void grow() {
    if (!stepping) {
      stepping = true;
      try {
        for (Step each : steps) {
          each.run();
        }
      } catch (Exception failed) {
        throw new AssertionError(failed);
      } finally {
        stepping = false;
      }
    }
    ProposalContent content =
        new ProposalContent(
            head.hash(),
            waiting.stream().map(each -> each.transaction().hash()).toList(),
            derived.parentTimestampMillis() + BLOCK_MILLIS,
            Round.ZERO,
            VALIDATOR,
            KEY.sign(
                ProposalContent.vrfMessage(start.hash(), derived.beacon(), derived.nextHeight())),
            parentCertificate,
            CarriedSignatures.NONE);
    BlockContext context = derived.context(content, SCHEME);
    ExecutionResult result =
        executor.execute(context, head, List.copyOf(waiting), state, Workers.NONE);
    waiting.clear();
    Ballot.Commit ballot =
        new Ballot.Commit(
            derived.nextHeight(),
            Round.ZERO,
            derived.rules().mode(),
            context.proposalId(),
            result.blockHash());
    CommitCertificate certificate =
        new CommitCertificate(
            ballot,
            new AggregateSignature(
                derived.set().signers(List.of(VALIDATOR)), KEY.sign(ballot.message(start.hash()))));
    parentCertificate = Optional.of(certificate);
    blocks.add(
        new Certified(
            result.block().header(),
            context.extension(),
            certificate,
            derived.set(),
            result.block().transactions().stream().map(Transaction::encoded).toList(),
            result.receipts().stream().map(Receipt::encode).toList()));
    state.apply(result.diff());
    head = result.block().header();
    derived = derived.after(FinalizedBlock.of(content, result.blockHash(), result.facts(), SCHEME));
    for (Receipt receipt : result.receipts()) {
      for (Log log : receipt.logs()) {
        WorkEvent.of(log)
            .ifPresent(
                event -> events.add(new DatedEvent(head.number(), head.timestampSeconds(), event)));
      }
    }
  }

  /// The chain as one account sees it.
  final class View implements JobChain {
    private final AccountSigner signer;
    private long nonce;

    View(AccountSigner signer) {
      this.signer = signer;
    }

    @Override
    public Address account() {
      return signer.address();
    }

    @Override
    public long height() {
      return head.number();
    }

    @Override
    public long awaitHeightAbove(long height) {
      while (head.number() <= height) {
        grow();
      }
      return head.number();
    }

    @Override
    public <T> Optional<T> read(ContractRead<T> read) {
      return calls.read(genesis.execution(), head, state, read);
    }

    @Override
    public List<DatedEvent> jobEvents(long job) {
      return events.stream().filter(each -> each.event().jobNumber().orElse(0) == job).toList();
    }

    @Override
    public List<DatedEvent> events(EconomyContract contract, long fromHeight) {
      return events.stream().filter(each -> each.height() >= fromHeight).toList();
    }

    @Override
    public Optional<String> serves(ServiceRole role, Address account) {
      return events.reversed().stream()
          .map(DatedEvent::event)
          .filter(each ->
              each instanceof WorkEvent.Described it
                  && it.role() == role.code()
                  && it.account().equals(account))
          .map(each -> ((WorkEvent.Described) each).serves().toArray())
          .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
          .findFirst();
    }

    /// Puts a call into the next block.
    ///
    /// @return whether it would succeed now; else nothing is sent
    boolean post(EconomyCall call) {
      var request =
          new DynamicFeeTransaction.Unsigned(
              CHAIN_ID,
              nonce,
              Amount.wei(1),
              Amount.wei(100_000_000_000L),
              GAS,
              Optional.of(call.contract().address()),
              call.money(),
              call.input(),
              List.of());
      TransactionOutcome outcome =
          calls.call(
              request, account(), BlockEnvironments.of(genesis.execution(), head, state), state);
      boolean succeeds =
          outcome instanceof TransactionOutcome.Executed executed
              && executed.result() instanceof CallResult.Success;
      if (succeeds) {
        waiting.add(
            RecoveredTransaction.of(signer.sign(request), Secp256k1.chosen()).orElseThrow());
        nonce++;
      }
      return succeeds;
    }

    /// What is posted is in the next block.
    @Override
    public void useUpNonces() {
      grow();
    }

    @Override
    public List<DatedEvent> send(EconomyCall call) throws CallRefusedException {
      if (!post(call)) {
        throw new CallRefusedException(call.contract(), "it would fail");
      }
      grow();
      return events.stream().filter(each -> each.height() == head.number()).toList();
    }
  }
}
