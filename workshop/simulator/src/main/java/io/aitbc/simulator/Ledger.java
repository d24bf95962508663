// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.DerivedState;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Bloom;
import io.aitbc.model.Candidate;
import io.aitbc.model.EpochReport;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Evidence;
import io.aitbc.model.EvidenceCheck;
import io.aitbc.model.EvidenceVerdict;
import io.aitbc.model.MalformedException;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Execution in small: purses with money, the candidates, convictions. Like the real one it drops
/// what cannot be included, makes a header of Ethereum's shape, and tells consensus its facts.
///
/// @param seed of the run
/// @param snapshot the first candidates, and the parameters that all snapshots have
/// @param gasPerEntry gas of an entry, of {@link #GAS_LIMIT} per block
/// @param scheme checks evidence
record Ledger(long seed, EpochSnapshot snapshot, int gasPerEntry, SignatureScheme scheme)
    implements Execution {
  private static final int ENTRY_BYTES_MAX = PeerMessage.TRANSACTION_BYTES_MAX;

  /// Gas of a block.
  static final long GAS_LIMIT = 1_000_000;

  /// What the ledger holds after a block. Immutable.
  ///
  /// @param money AITBC of every purse
  /// @param nonces transfers of every purse
  /// @param candidates by account
  /// @param candidatesHash of their encodings
  record State(
      List<Long> money,
      List<Integer> nonces,
      SortedMap<Address, Candidate> candidates,
      Hash candidatesHash)
      implements Execution.State {
    /// The first state.
    static State genesis(List<Candidate> candidates) {
      SortedMap<Address, Candidate> byAccount = new TreeMap<>();
      candidates.forEach(candidate -> byAccount.put(candidate.account(), candidate));
      return new State(
          java.util.Collections.nCopies(PURSES, PURSE_START),
          java.util.Collections.nCopies(PURSES, 0),
          byAccount,
          hash(byAccount));
    }

    private static Hash hash(SortedMap<Address, Candidate> candidates) {
      RlpWriter writer = new RlpWriter(4_096);
      writer.list(List.copyOf(candidates.values()), (w, candidate) -> candidate.writeTo(w));
      return Keccak256.hash(writer.toBytes());
    }

    private Hash root() {
      RlpWriter writer = new RlpWriter(256).begin();
      money.forEach(writer::number);
      nonces.forEach(nonce -> writer.number((long) nonce));
      return Keccak256.hash(writer.hash(candidatesHash).end().toBytes());
    }

    /// All the money there is.
    long supply() {
      return money.stream().mapToLong(Long::longValue).sum();
    }
  }

  @Override
  public Hash genesisHash() {
    return Keccak256.hash(Bytes.wrap(("genesis " + seed).getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public State genesis() {
    return State.genesis(snapshot.candidates());
  }

  @Override
  public Result execute(
      BlockContext context, Execution.State before, DerivedState derived, List<Bytes> entries) {
    Steps execution = new Steps((State) before, derived);
    List<Bytes> included = new ArrayList<>();
    for (Bytes encoding : entries) {
      if (Entry.decode(encoding).filter(execution::includes).isPresent()) {
        included.add(encoding);
      }
    }
    context.epochReport().ifPresent(execution::endEpoch);
    State after = execution.after();
    if (after.supply() != PURSES * PURSE_START) {
      throw new Violation(
          Invariant.SUPPLY, "%d of %d".formatted(after.supply(), PURSES * PURSE_START));
    }
    long gasUsed = Math.min(GAS_LIMIT, (long) gasPerEntry * included.size());
    BlockFacts facts =
        new BlockFacts(
            gasUsed,
            GAS_LIMIT,
            Amount.aitbc(execution.moved),
            List.copyOf(execution.convicted),
            context
                .epochReport()
                .map(_ ->
                    new EpochSnapshot(
                        List.copyOf(after.candidates.values()), snapshot.parameters(), 0)));
    RlpWriter list = new RlpWriter(1_024);
    list.list(included, RlpWriter::string);
    BlockHeader header =
        new BlockHeader(
            context.parentHash(),
            context.proposer(),
            after.root(),
            Keccak256.hash(list.toBytes()),
            Hash.ZERO,
            Bloom.EMPTY,
            context.height().number(),
            GAS_LIMIT,
            gasUsed,
            context.timestampSeconds(),
            context.extension().hash().toBytes(),
            context.beacon(),
            Amount.ZERO,
            BlockHeader.EMPTY_TRIE_ROOT,
            0,
            0,
            context.parentCertificateHash(),
            Optional.empty());
    return new Result(
        header,
        included,
        header.hash(),
        block(header, included),
        after,
        facts,
        List.copyOf(execution.judgements));
  }

  private static Bytes block(BlockHeader header, List<Bytes> included) {
    RlpWriter writer = new RlpWriter(1_024).begin();
    header.write(writer);
    return writer.list(included, RlpWriter::string).end().toBytes();
  }

  @Override
  public Decoded decode(Bytes block) throws MalformedException {
    RlpReader reader = RlpReader.of(block);
    RlpReader fields = reader.list();
    Decoded decoded =
        new Decoded(
            BlockHeader.read(fields),
            fields.list(ProposalContent.TRANSACTIONS_MAX, each -> each.string(0, ENTRY_BYTES_MAX)));
    fields.finish();
    reader.finish();
    return decoded;
  }

  @Override
  public boolean isEntry(Bytes encoding) {
    return Entry.decode(encoding).isPresent();
  }

  @Override
  public boolean isFrom(Bytes encoding, int purse) {
    return Entry.decode(encoding)
        .filter(entry -> entry instanceof Entry.Transfer transfer && transfer.from() == purse)
        .isPresent();
  }

  @Override
  public Bytes transfer(int from, int to, int amount, int nonce) {
    return new Entry.Transfer(from, to, amount, nonce).encoded();
  }

  @Override
  public Optional<Bytes> conviction(Evidence evidence, DerivedState derived) {
    return Optional.of(new Entry.Conviction(evidence).encoded());
  }

  @Override
  public Bytes ready(Execution.State now, Address candidate, long epoch) {
    return new Entry.Ready(candidate, epoch).encoded();
  }

  /// One block's worth of changes.
  private final class Steps {
    private final State before;
    private final DerivedState derived;
    private final List<Long> money;
    private final List<Integer> nonces;
    private final TreeSet<Address> convicted = new TreeSet<>();
    private final List<Judgement> judgements = new ArrayList<>();
    private TreeMap<Address, Candidate> candidates;
    private boolean candidatesChanged;
    private long moved;

    Steps(State before, DerivedState derived) {
      this.before = before;
      this.derived = derived;
      money = new ArrayList<>(before.money);
      nonces = new ArrayList<>(before.nonces);
      candidates = new TreeMap<>(before.candidates);
    }

    boolean includes(Entry entry) {
      return switch (entry) {
        case Entry.Transfer transfer -> transfer(transfer);
        case Entry.Conviction(Evidence evidence) -> convict(evidence);
        case Entry.Ready(Address account, long epoch) -> ready(account, epoch);
        case Entry.Joins(Candidate candidate) -> joins(candidate);
      };
    }

    private boolean transfer(Entry.Transfer transfer) {
      long left = money.get(transfer.from()) - transfer.amount();
      if (left < 0 || nonces.get(transfer.from()) != transfer.nonce()) {
        return false;
      }
      money.set(transfer.from(), left);
      money.set(transfer.to(), money.get(transfer.to()) + transfer.amount());
      nonces.set(transfer.from(), transfer.nonce() + 1);
      moved += transfer.from() == transfer.to() ? 0 : transfer.amount();
      return true;
    }

    private boolean convict(Evidence evidence) {
      Optional<ValidatorSet> set = derived.set(evidence.height());
      if (set.isEmpty()) {
        return false; // Too old.
      }
      List<Validator> offenders =
          switch (new EvidenceCheck(derived.genesisHash(), scheme).judge(evidence, set.get())) {
            case EvidenceVerdict.Convicted(var found) -> found;
            case EvidenceVerdict.Rejected _ -> List.of();
          };
      judgements.add(new Judgement(evidence, offenders));
      boolean news = false;
      for (Validator offender : offenders) {
        Candidate candidate = candidates.get(offender.account());
        if (candidate != null && !candidate.isJailed()) {
          convicted.add(offender.account());
          jail(candidate);
          news = true;
        }
      }
      return news;
    }

    private void jail(Candidate candidate) {
      put(candidate, Candidate.Standing.JAILED, candidate.readyEpoch());
    }

    private void put(Candidate candidate, Candidate.Standing standing, OptionalLong readyEpoch) {
      candidatesChanged = true;
      candidates.put(
          candidate.account(),
          new Candidate(
              candidate.account(),
              candidate.key(),
              candidate.validatorClass(),
              candidate.stake(),
              standing,
              candidate.workWeight(),
              readyEpoch));
    }

    private boolean joins(Candidate candidate) {
      if (candidates.containsKey(candidate.account())) {
        return false;
      }
      put(candidate, Candidate.Standing.ACTIVE, OptionalLong.empty());
      return true;
    }

    private boolean ready(Address account, long epoch) {
      Candidate candidate = candidates.get(account);
      if (candidate == null
          || epoch != derived.currentPlan().epoch()
          || candidate.readyEpoch().equals(OptionalLong.of(epoch))) {
        return false;
      }
      put(candidate, candidate.standing(), OptionalLong.of(epoch));
      return true;
    }

    void endEpoch(EpochReport report) {
      for (Address account : report.absences().jailed()) {
        Candidate candidate = candidates.get(account);
        if (candidate != null && !candidate.isJailed()) {
          jail(candidate);
        }
      }
    }

    State after() {
      return new State(
          List.copyOf(money),
          List.copyOf(nonces),
          candidatesChanged ? candidates : before.candidates,
          candidatesChanged ? State.hash(candidates) : before.candidatesHash);
    }
  }
}
