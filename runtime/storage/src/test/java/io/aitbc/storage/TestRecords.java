// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.consensus.LogRecord;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Ballot;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Round;
import io.aitbc.model.SignerBitmap;
import io.aitbc.model.Signers;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Records of consensus, drawn from a seed.
final class TestRecords {
  private static final int TRANSACTION_BYTES = 100_000;

  private final Seed seed;

  TestRecords(Seed seed) {
    this.seed = seed;
  }

  /// Any record of `height`, above 1.
  LogRecord any(long height) {
    return switch (seed.below(3)) {
      case 0 -> lock(height, seed.below(400));
      case 1 -> ownProposal(height);
      default -> allowance(height);
    };
  }

  LogRecord allowance(long height) {
    return new LogRecord.Allowance(new Height(height), hash());
  }

  LogRecord lock(long height, int transactionBytes) {
    List<Bytes> transactions = new ArrayList<>();
    for (int rest = transactionBytes; rest > 0; rest -= TRANSACTION_BYTES) {
      transactions.add(Bytes.wrap(seed.bytes(Math.min(rest, TRANSACTION_BYTES))));
    }
    Proposal proposal = proposal(height);
    ProposalContent content = proposal.content();
    Round round = new Round(seed.below(4));
    boolean late = seed.chance(1, 4);
    Hash blockHash = hash();
    return new LogRecord.Lock(
        proposal,
        transactions,
        late
            ? new CommitCertificate(
                new Ballot.Commit(new Height(height), round, Mode.FAST, content.id(), blockHash),
                aggregate())
            : new PrepareCertificate(
                new Ballot.Prepare(
                    new Height(height), round, Mode.FAST, content.id(), Optional.empty()),
                aggregate()),
        blockHash);
  }

  private LogRecord ownProposal(long height) {
    return new LogRecord.OwnProposal(
        proposal(height), List.of(Bytes.wrap(seed.bytes(seed.below(300)))));
  }

  private Proposal proposal(long height) {
    ProposalContent content = content(height);
    ProposalEnvelope envelope =
        new ProposalEnvelope(
            new Height(height),
            content.round(),
            content.id(),
            Optional.empty(),
            content.maker(),
            signature());
    return new Proposal(envelope, content, Optional.empty());
  }

  private ProposalContent content(long height) {
    Hash parent = hash();
    List<Hash> transactions = new ArrayList<>();
    for (int i = seed.below(4); i > 0; i--) {
      transactions.add(hash());
    }
    CommitCertificate parentCertificate =
        new CommitCertificate(
            new Ballot.Commit(new Height(height - 1), Round.ZERO, Mode.FAST, hash(), parent),
            aggregate());
    return new ProposalContent(
        parent,
        transactions,
        seed.below(1_000_000),
        Round.ZERO,
        new Address(Bytes.wrap(seed.bytes(Address.BYTES))),
        signature(),
        Optional.of(parentCertificate),
        CarriedSignatures.NONE);
  }

  private Hash hash() {
    return Hash.of(seed.bytes(Hash.BYTES));
  }

  private AggregateSignature aggregate() {
    SignerBitmap bits = SignerBitmap.of(4, List.of(0, 1, 2));
    return new AggregateSignature(new Signers(bits, bits), signature());
  }

  private BlsSignature signature() {
    return new BlsSignature(Bytes.wrap(seed.bytes(BlsSignature.BYTES)));
  }
}
