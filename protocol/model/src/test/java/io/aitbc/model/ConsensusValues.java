// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Supplier;

/// Random values of the consensus half of the model, drawn from a {@link Seed}. Well-formed; nobody
/// signed them.
public final class ConsensusValues {
  private final Seed seed;

  /// Values drawn from `seed`.
  public ConsensusValues(Seed seed) {
    this.seed = seed;
  }

  public Hash hash() {
    return Hash.of(seed.bytes(Hash.BYTES));
  }

  public Address address() {
    return new Address(Bytes.wrap(seed.bytes(Address.BYTES)));
  }

  public BlsPublicKey key() {
    return new BlsPublicKey(Bytes.wrap(seed.bytes(BlsPublicKey.BYTES)));
  }

  public BlsSignature signature() {
    return new BlsSignature(Bytes.wrap(seed.bytes(BlsSignature.BYTES)));
  }

  /// A height from 1 on.
  public Height height() {
    return new Height(1 + seed.magnitude() % (Height.NUMBER_MAX - 200));
  }

  public Height anchoredHeight() {
    long number = height().number();
    return new Height(number - number % Anchor.INTERVAL_BLOCKS + Anchor.INTERVAL_BLOCKS);
  }

  public Round round() {
    return new Round(seed.chance(1, 2) ? seed.below(8) : seed.below(Round.NUMBER_MAX));
  }

  public Mode mode() {
    return seed.pick(Mode.values());
  }

  public ModeSetting setting() {
    Mode from = mode();
    Mode to = mode();
    return from == to
        ? ModeSetting.settled(to)
        : new ModeSetting(from, to, seed.between(1, ModeSetting.STEPS));
  }

  public VotingPower stake() {
    return new VotingPower(1 + seed.magnitude() % (VotingPower.UNITS_MAX / 8));
  }

  public Bytes bytes(int max) {
    return Bytes.wrap(seed.bytes(seed.between(0, max)));
  }

  public <T> List<T> list(int max, Supplier<T> element) {
    List<T> list = new ArrayList<>();
    int size = seed.between(0, max);
    for (int i = 0; i < size; i++) {
      list.add(element.get());
    }
    return list;
  }

  public <T> Optional<T> optional(Supplier<T> value) {
    return seed.chance(1, 2) ? Optional.of(value.get()) : Optional.empty();
  }

  public Validator validator() {
    ValidatorClass validatorClass = seed.pick(ValidatorClass.values());
    VotingPower stake = validatorClass.isStaker() ? stake() : VotingPower.ZERO;
    return new Validator(address(), key(), validatorClass, stake);
  }

  public ValidatorSet validatorSet() {
    List<Validator> validators = new ArrayList<>(List.of(validator()));
    validators.addAll(list(6, this::validator));
    return ValidatorSet.of(validators);
  }

  public AggregateSignature aggregate() {
    return new AggregateSignature(
        new Signers(new SignerBitmap(bytes(3)), new SignerBitmap(bytes(SignerBitmap.BYTES_MAX))),
        signature());
  }

  public Ballot.Prepare prepare(Height height) {
    Round round = round();
    Optional<Round> prepared =
        round.number() > 0 && seed.chance(1, 2)
            ? Optional.of(new Round(seed.below(round.number())))
            : Optional.empty();
    return new Ballot.Prepare(height, round, mode(), hash(), prepared);
  }

  public Ballot.Commit commit(Height height) {
    return new Ballot.Commit(height, round(), mode(), hash(), hash());
  }

  public Ballot ballot() {
    return seed.chance(1, 2) ? prepare(height()) : commit(height());
  }

  public Vote vote() {
    return new Vote(ballot(), address(), signature());
  }

  public PrepareCertificate prepareCertificate() {
    return new PrepareCertificate(prepare(height()), aggregate());
  }

  public CommitCertificate commitCertificate(Height height) {
    return new CommitCertificate(commit(height), aggregate());
  }

  public RoundChange roundChange() {
    Height height = height();
    Optional<PrepareCertificate> highest =
        optional(this::prepareCertificate).map(c -> at(c, height));
    Round round = highest.map(c -> c.round().next()).orElse(round().next());
    return new RoundChange(height, round, address(), signature(), highest);
  }

  public RoundChangeCertificate roundChangeCertificate() {
    RoundChange change = roundChange();
    return new RoundChangeCertificate(
        change.height(), change.round(), aggregate(), change.highest());
  }

  private static PrepareCertificate at(PrepareCertificate certificate, Height height) {
    Ballot.Prepare ballot = certificate.ballot();
    return new PrepareCertificate(
        new Ballot.Prepare(
            height, ballot.round(), ballot.mode(), ballot.proposalId(), ballot.preparedRound()),
        certificate.aggregate());
  }

  public Anchor anchor() {
    return new Anchor(anchoredHeight(), hash(), address(), signature());
  }

  public CarriedSignatures carried(Height height) {
    List<CarriedCommits> commits = new ArrayList<>();
    for (int age = 1; age <= CarriedCommits.BLOCKS_MAX; age++) {
      if (height.number() > age && seed.chance(1, 2)) {
        commits.add(new CarriedCommits(commit(new Height(height.number() - age)), aggregate()));
      }
    }
    long anchored = height.number() - 1 - (height.number() - 1) % Anchor.INTERVAL_BLOCKS;
    boolean anchors = anchored > 0 && seed.chance(1, 2);
    return new CarriedSignatures(
        commits,
        anchors
            ? List.of(new CarriedAnchors(new Height(anchored), hash(), aggregate()))
            : List.of());
  }

  public ProposalContent content() {
    Optional<CommitCertificate> parent = optional(() -> commitCertificate(height()));
    Height height = parent.map(c -> c.height().next()).orElse(new Height(1));
    return new ProposalContent(
        parent.map(CommitCertificate::blockHash).orElseGet(this::hash),
        list(20, this::hash),
        seed.below(ProposalContent.TIMESTAMP_MILLIS_MAX),
        round(),
        address(),
        signature(),
        parent,
        carried(height));
  }

  public ProposalEnvelope envelope() {
    Ballot.Prepare like = prepare(height());
    return new ProposalEnvelope(
        like.height(),
        like.round(),
        like.proposalId(),
        like.preparedRound(),
        address(),
        signature());
  }

  public Proposal proposal() {
    ProposalContent content = content();
    if (seed.chance(1, 2)) {
      return new Proposal(
          new ProposalEnvelope(
              content.height(),
              content.round(),
              content.id(),
              Optional.empty(),
              content.maker(),
              signature()),
          content,
          Optional.empty());
    }
    PrepareCertificate prepared =
        new PrepareCertificate(
            new Ballot.Prepare(
                content.height(), content.round(), mode(), content.id(), Optional.empty()),
            aggregate());
    return new Proposal(
        new ProposalEnvelope(
            content.height(),
            content.round().next(),
            content.id(),
            Optional.of(content.round()),
            address(),
            signature()),
        content,
        Optional.of(prepared));
  }

  public Testimony testimony() {
    return switch (seed.below(5)) {
      case 0 -> envelope();
      case 1 -> vote();
      case 2 -> prepareCertificate();
      case 3 -> commitCertificate(height());
      default -> anchor();
    };
  }

  public Evidence evidence() {
    return seed.chance(1, 2)
        ? new Evidence.Equivocation(testimony(), testimony())
        : new Evidence.ForgottenLock(testimony(), testimony());
  }

  public ConsensusExtension extension() {
    return new ConsensusExtension(
        setting(),
        seed.pick(Fallback.values()),
        seed.pick(Oversight.values()),
        seed.magnitude(),
        address(),
        round(),
        signature(),
        hash(),
        hash(),
        hash(),
        hash(),
        seed.below(ProposalContent.TIMESTAMP_MILLIS_MAX));
  }

  public CertifiedBlock certifiedBlock() {
    Height height = height();
    return new CertifiedBlock(
        bytes(300),
        extension(),
        optional(() -> commitCertificate(height)),
        carried(height.next()),
        commitCertificate(height.next()));
  }

  public ModeParameters modeParameters() {
    return new ModeParameters(
        seed.between(1, ModeParameters.INTERVAL_MILLIS_MAX),
        seed.between(1, ValidatorSet.VALIDATORS_MAX),
        stake(),
        seed.between(1, ProposalContent.TRANSACTIONS_MAX),
        seed.between(1, PeerMessage.BODIES_BYTES_MAX));
  }

  public ConsensusParameters parameters() {
    Mode start = mode();
    List<Mode> forbidden = new ArrayList<>();
    for (Mode mode : Mode.values()) {
      if (mode != start && seed.chance(1, 4)) {
        forbidden.add(mode);
      }
    }
    return new ConsensusParameters(
        seed.pick(ModePolicy.values()),
        start,
        forbidden,
        seed.pick(RotationStrategy.values()),
        seed.pick(ProposerStrategy.values()),
        seed.pick(Fallback.values()),
        stake(),
        Amount.wei(seed.magnitude()),
        seed.between(1, ModeParameters.INTERVAL_MILLIS_MAX),
        seed.between(1, ModeParameters.INTERVAL_MILLIS_MAX),
        modeParameters(),
        modeParameters(),
        modeParameters());
  }

  public Candidate candidate(Address account) {
    ValidatorClass validatorClass = seed.pick(ValidatorClass.values());
    return new Candidate(
        account,
        key(),
        validatorClass,
        validatorClass.isStaker() ? stake() : VotingPower.ZERO,
        seed.pick(Candidate.Standing.values()),
        seed.below(Candidate.WORK_WEIGHT_MAX + 1),
        seed.chance(1, 2) ? OptionalLong.empty() : OptionalLong.of(seed.below(1L << 40)));
  }

  public EpochSnapshot snapshot() {
    return new EpochSnapshot(
        new TreeSet<>(list(8, this::address)).stream().map(this::candidate).toList(),
        parameters(),
        seed.between(0, EpochSnapshot.MILLIONTHS));
  }

  public BlockFacts facts() {
    long gasLimit = 1 + seed.magnitude() / 2;
    return new BlockFacts(
        seed.below(gasLimit + 1),
        gasLimit,
        Amount.wei(seed.magnitude()),
        new TreeSet<>(list(3, this::address)).stream().toList(),
        optional(this::snapshot));
  }

  public PeerAddress peerAddress() {
    return new PeerAddress(
        Bytes.wrap(seed.bytes(PeerAddress.PEER_ID_BYTES)),
        Bytes.wrap(seed.bytes(seed.pick(4, 16))),
        seed.between(1, PeerAddress.PORT_MAX));
  }

  /// A message of `type`.
  public PeerMessage message(FrameType type) {
    return switch (type) {
      case HELLO ->
          new PeerMessage.Hello(
              seed.below(100),
              seed.magnitude(),
              hash(),
              height(),
              hash(),
              seed.between(0, PeerAddress.PORT_MAX));
      case STATUS -> new PeerMessage.Status(height(), hash(), height());
      case PING -> new PeerMessage.Ping(seed.magnitude());
      case PONG -> new PeerMessage.Pong(seed.magnitude());
      case GOODBYE -> new PeerMessage.Goodbye(seed.between(0, PeerMessage.Goodbye.REASON_MAX));
      case PEERS_REQUEST -> new PeerMessage.PeersRequest(seed.between(0, PeerMessage.PEERS_MAX));
      case PEERS -> new PeerMessage.Peers(list(5, this::peerAddress));
      case PROPOSAL -> proposal();
      case VOTE -> vote();
      case PREPARE_CERTIFICATE -> prepareCertificate();
      case COMMIT_CERTIFICATE -> commitCertificate(height());
      case ROUND_CHANGE -> roundChange();
      case ROUND_CHANGE_CERTIFICATE -> roundChangeCertificate();
      case ANCHOR -> anchor();
      case EVIDENCE -> evidence();
      case PROPOSAL_REQUEST -> new ProposalRequest(height(), hash());
      case TRANSACTIONS_AHEAD -> new TransactionsAhead(height(), list(20, this::hash));
      case CERTIFICATE_REQUEST -> new PeerMessage.CertificateRequest(height());
      case MISSING_TRANSACTIONS_REQUEST ->
          new PeerMessage.MissingTransactionsRequest(hash(), list(20, this::hash));
      case MISSING_TRANSACTIONS ->
          new PeerMessage.MissingTransactions(hash(), list(5, () -> bytes(200)));
      case TRANSACTION_HASHES -> new PeerMessage.TransactionHashes(list(20, this::hash));
      case TRANSACTIONS_REQUEST ->
          new PeerMessage.TransactionsRequest(seed.magnitude(), list(20, this::hash));
      case TRANSACTIONS ->
          new PeerMessage.Transactions(seed.magnitude(), list(5, () -> bytes(200)));
      case BLOCKS_REQUEST ->
          new PeerMessage.BlocksRequest(
              seed.magnitude(), height(), seed.between(0, PeerMessage.BLOCKS_MAX));
      case BLOCKS -> new PeerMessage.Blocks(seed.magnitude(), list(3, this::certifiedBlock));
      case SLOT_BLOCK -> new SlotBlock(seed.magnitude(), bytes(200), signature());
      case SLOT_BLOCK_REQUEST -> new SlotBlockRequest(hash());
      case SNAPSHOT_REQUEST -> new SnapshotMessage.Request(seed.magnitude(), height());
      case SNAPSHOT ->
          new SnapshotMessage.Beginning(
              seed.magnitude(), bytes(200), list(3, new EthereumValues(seed)::header));
      case SNAPSHOT_PARTS_REQUEST ->
          new SnapshotMessage.PartsRequest(
              seed.magnitude(), height(), list(5, () -> bytes(SnapshotMessage.ITEM_BYTES_MAX)));
      case SNAPSHOT_PARTS ->
          new SnapshotMessage.Parts(seed.magnitude(), list(5, this::snapshotPart));
    };
  }

  private SnapshotMessage.Part snapshotPart() {
    return switch (seed.between(0, 2)) {
      case 0 -> new SnapshotMessage.Node(bytes(200));
      case 1 ->
          new SnapshotMessage.Range(
              list(5, () -> new SnapshotMessage.Row(bytes(Hash.BYTES), bytes(100))));
      default -> new SnapshotMessage.Code(bytes(200));
    };
  }
}
