// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.Absences;
import io.aitbc.model.Address;
import io.aitbc.model.BlockContext;
import io.aitbc.model.CarriedAnchors;
import io.aitbc.model.CarriedCommits;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Encodable;
import io.aitbc.model.EpochReport;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Quorums;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Round;
import io.aitbc.model.Signers;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorReport;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What consensus derives from the chain up to one final block: the mode, the validators and the
/// order of proposers of the next height, and the measurements they follow from. Equal on every
/// node that has the block, whether it replayed the chain or began from a snapshot. Protocol §3.1.
///
/// Immutable. {@link #after} is the only way forward.
public final class DerivedState implements Encodable {
  /// Rounds of a height whose proposers are counted as having missed; a height that took longer was
  /// held up by something else.
  static final int MISSES_ROUNDS_MAX = 16;

  /// Most accounts remembered: all candidates and the members of three sets.
  static final int ACCOUNTS_MAX = 8_192;

  /// Fields, in the order of the encoding.
  ///
  /// @param genesisHash the network
  /// @param height the last final block
  /// @param blockHash its hash
  /// @param timestampMillis its time
  /// @param beacon the beacon after it
  /// @param setting the mode of the next height
  /// @param changedAt the first height of the mode that was entered last
  /// @param oversight whether a SECURE certificate of the next height needs authorities
  /// @param anchored the last height whose anchors hold more than two thirds of the stake
  /// @param previous plan of the epoch before that of the next height; in epoch 0 the same as
  ///   `current`
  /// @param current plan of the epoch of the next height
  /// @param next plan of the epoch after
  /// @param window the last blocks, at most {@link ModeRule#WINDOW_BLOCKS}, ascending
  /// @param anchors anchored blocks of the window and the one still open, ascending
  /// @param accounts how validators fare
  /// @param availability the window in which availability is judged
  /// @param jail what is admitted and jailed
  record Fields(
      Hash genesisHash,
      Height height,
      Hash blockHash,
      long timestampMillis,
      Hash beacon,
      ModeSetting setting,
      Height changedAt,
      Oversight oversight,
      Height anchored,
      EpochPlan previous,
      EpochPlan current,
      EpochPlan next,
      List<BlockTrace> window,
      List<AnchorTrace> anchors,
      TreeMap<Address, AccountRecord> accounts,
      Availability availability,
      JailTotals jail) {
    /// The plan of a height of the window.
    EpochPlan plan(Height given) {
      return Epochs.of(given) == current.epoch() ? current : previous;
    }
  }

  /// Who proposes in a round of the next height.
  private record Turn(Round round, Validator proposer) {}

  private final Fields fields;
  private final List<Hash> windowHashes;
  private final Hash hash;

  // The answer given last: while a height is decided, every input asks for the present round. One
  // immutable object, so that a thread which misses it only draws once more.
  private Optional<Turn> lastTurn = Optional.empty();

  private DerivedState(Fields fields, List<Hash> windowHashes) {
    this.fields = fields;
    this.windowHashes = windowHashes;
    RlpWriter writer = new RlpWriter(4_096);
    DerivedStateCodec.writeBrief(writer, fields, windowHashes);
    hash = Keccak256.hash(writer.toArray());
  }

  DerivedState(Fields fields) {
    this(fields, fields.window.stream().map(DerivedStateCodec::hash).toList());
  }

  /// The hashes of the blocks of `window`. Those that are as they were before are not hashed again:
  /// a block changes while its votes are carried, and then never more.
  private List<Hash> hashes(List<BlockTrace> window) {
    List<Hash> hashes = new ArrayList<>(window.size());
    for (BlockTrace trace : window) {
      boolean same = trace(fields.window, trace.height()).filter(trace::equals).isPresent();
      hashes.add(
          same
              ? windowHashes.get(indexIn(fields.window, trace.height()))
              : DerivedStateCodec.hash(trace));
    }
    return hashes;
  }

  /// The state after the genesis block.
  ///
  /// @throws IllegalArgumentException if genesis has no candidate that can be a validator
  public static DerivedState genesis(ConsensusGenesis genesis) {
    Hash beacon = Beacon.genesis(genesis.genesisHash());
    Mode start = genesis.snapshot().parameters().startMode();
    EpochPlan first = genesisPlan(genesis, start, beacon, 0);
    EpochPlan second = genesisPlan(genesis, start, beacon, 1);
    TreeMap<Address, AccountRecord> accounts = new TreeMap<>();
    for (Validator validator : first.set().validators()) {
      accounts.put(validator.account(), AccountRecord.joining(Height.GENESIS));
    }
    ModeSetting setting = ModeSetting.settled(ModeStep.working(first.set(), start));
    return new DerivedState(
        new Fields(
            genesis.genesisHash(),
            Height.GENESIS,
            genesis.genesisHash(),
            genesis.timestampMillis(),
            beacon,
            setting,
            Height.GENESIS,
            Oversight.REQUIRED,
            Height.GENESIS,
            first,
            first,
            second,
            List.of(),
            List.of(),
            accounts,
            new Availability(Height.GENESIS, genesis.timestampMillis()),
            JailTotals.of(genesis.snapshot())));
  }

  private static EpochPlan genesisPlan(
      ConsensusGenesis genesis, Mode mode, Hash beacon, long epoch) {
    return new EpochDraw(epoch, genesis.snapshot(), mode, beacon, List.of(), new TreeMap<>())
        .draw()
        .orElseThrow(() -> new IllegalArgumentException("genesis has no validators"));
  }

  /// The state after the next block.
  ///
  /// @param block the block of the next height, final
  /// @throws IllegalArgumentException if it is of another height, or brings a snapshot where none
  ///   belongs or none where one does
  public DerivedState after(FinalizedBlock block) {
    Fields next = new ChainStep(fields, block).result();
    return new DerivedState(next, hashes(next.window));
  }

  Fields fields() {
    return fields;
  }

  /// The network.
  public Hash genesisHash() {
    return fields.genesisHash;
  }

  /// The last final block's height.
  public Height height() {
    return fields.height;
  }

  /// The height to be decided next.
  public Height nextHeight() {
    return fields.height.next();
  }

  /// The last final block's hash; the parent of the next content.
  public Hash parentHash() {
    return fields.blockHash;
  }

  /// The last final block's time, in milliseconds since 1970.
  public long parentTimestampMillis() {
    return fields.timestampMillis;
  }

  /// The beacon after the last final block.
  public Hash beacon() {
    return fields.beacon;
  }

  /// The mode of the next height.
  public ModeSetting mode() {
    return fields.setting;
  }

  /// What decides whether a certificate of the next height holds.
  public HeightRules rules() {
    return new HeightRules(
        nextHeight(),
        fields.setting.quorumMode(),
        parameters().fallback(),
        fields.oversight,
        set());
  }

  /// What decided whether a certificate of the last final block held; empty after the genesis
  /// block.
  public Optional<HeightRules> parentRules() {
    return fields.window.isEmpty()
        ? Optional.empty()
        : Optional.of(rulesOf(fields.window.getLast()));
  }

  /// A block of the window whose certificate the chain carries already: every one but the last.
  Optional<HeightView.Recent> recent(Height height) {
    return trace(fields.window, height)
        .flatMap(
            trace -> trace.ballot().map(ballot -> new HeightView.Recent(rulesOf(trace), ballot)));
  }

  private HeightRules rulesOf(BlockTrace trace) {
    EpochPlan plan = fields.plan(trace.height());
    return new HeightRules(
        trace.height(),
        trace.setting().quorumMode(),
        plan.parameters().fallback(),
        trace.oversight(),
        plan.set());
  }

  static Optional<BlockTrace> trace(List<BlockTrace> window, Height height) {
    int index = indexIn(window, height);
    return index < 0 ? Optional.empty() : Optional.of(window.get(index));
  }

  /// Where the block of `height` stands in `window`; -1 if it does not.
  private static int indexIn(List<BlockTrace> window, Height height) {
    long index = window.isEmpty() ? -1 : height.number() - window.getFirst().height().number();
    return index < 0 || index >= window.size() ? -1 : (int) index;
  }

  /// The validators of the next height.
  public ValidatorSet set() {
    return fields.current.set();
  }

  /// The validators of `height`; empty for heights before the epoch in front of that of the next
  /// height, and for those after the epoch behind it.
  public Optional<ValidatorSet> set(Height height) {
    long epoch = Epochs.of(height);
    return Stream.of(fields.previous, fields.current, fields.next)
        .filter(plan -> plan.epoch() == epoch)
        .map(EpochPlan::set)
        .findFirst();
  }

  /// The parameters in force at the next height.
  public ConsensusParameters parameters() {
    return fields.current.parameters();
  }

  /// The plan of the next height's epoch.
  public EpochPlan currentPlan() {
    return fields.current;
  }

  /// The plan of the epoch after that.
  public EpochPlan nextPlan() {
    return fields.next;
  }

  /// Who proposes at the next height.
  public Validator proposer(Round round) {
    Optional<Turn> known = lastTurn;
    if (known.isPresent() && known.get().round.equals(round)) {
      return known.get().proposer;
    }
    Validator proposer =
        fields.current.proposer(fields.beacon, nextHeight(), round, fields.setting);
    lastTurn = Optional.of(new Turn(round, proposer));
    return proposer;
  }

  /// Time from the last block to the next when there is something to order.
  public Duration blockInterval() {
    return Duration.ofMillis(fields.setting.blockIntervalMillis(parameters()));
  }

  /// Time from the last block to the next when there is nothing to order.
  public Duration emptyBlockInterval() {
    return Duration.ofMillis(parameters().emptyBlockIntervalMillis());
  }

  /// Cap of the round timer.
  public Duration roundTimerMax() {
    return Duration.ofMillis(parameters().roundTimerMillisMax());
  }

  /// Limits of the next content: those of the mode being entered or in force.
  public ModeParameters limits() {
    return parameters().of(fields.setting.to());
  }

  /// The last height that more than two thirds of the stake anchored; 0 if there is none.
  public Height anchored() {
    return fields.anchored;
  }

  /// Whether `account` showed itself lately; true before it had the chance, false for strangers.
  public boolean isPresent(Address account) {
    AccountRecord known = fields.accounts.get(account);
    return known != null && known.isPresent();
  }

  /// The reputation of `account`, from 0 to {@link ValidatorReport#REPUTATION_MAX}.
  public int reputation(Address account) {
    AccountRecord known = fields.accounts.get(account);
    return known == null ? EpochDraw.REPUTATION_START : known.reputation();
  }

  /// What the policy of modes looked at after the last block; empty before the first. Protocol
  /// §3.2.
  public Optional<ModeInputs> modeInputs() {
    return fields.window.isEmpty()
        ? Optional.empty()
        : Optional.of(
            ModeMeasure.inputs(fields.window, fields.anchors, fields.height, fields::plan));
  }

  /// How many of the validators that showed themselves lately may go before `mode` has no quorum;
  /// -1 if it has none.
  public int headroom(Mode mode) {
    return headroom(fields.current, fields.accounts).slack(mode);
  }

  static Headroom headroom(EpochPlan plan, Map<Address, AccountRecord> accounts) {
    return Headroom.of(
        plan.set(),
        plan.parameters().fallback(),
        validator -> {
          AccountRecord account = accounts.get(validator.account());
          return account != null && account.isPresent();
        });
  }

  /// COMMIT votes for which a content of the next height may still earn credit: the blocks, and who
  /// of their sets was not credited yet. The last block is not among them: the content certifies
  /// it.
  public Map<Height, Signers> credited() {
    TreeMap<Height, Signers> credited = new TreeMap<>();
    for (BlockTrace trace : fields.window) {
      long age = nextHeight().number() - trace.height().number();
      if (age > 1 && age <= CarriedCommits.BLOCKS_MAX) {
        credited.put(trace.height(), trace.credited());
      }
    }
    return credited;
  }

  /// The anchored block for which a content of the next height may carry anchors, and whose anchors
  /// were carried already.
  public Optional<Map.Entry<Height, Signers>> openAnchors() {
    return fields.anchors.stream()
        .filter(
            anchor -> nextHeight().number() - anchor.height().number() <= CarriedAnchors.BLOCKS_MAX)
        .map(anchor -> Map.entry(anchor.height(), anchor.credited()))
        .reduce((_, last) -> last);
  }

  /// What the header of the block made of `content` says about consensus.
  public ConsensusExtension extension(ProposalContent content) {
    return extension(
        content.maker(),
        content.round(),
        content.vrfProof(),
        content.carried().hash(),
        content.timestampMillis());
  }

  /// What the extension of the next block must be, given what its maker put into `given`.
  ConsensusExtension extension(ConsensusExtension given) {
    return extension(
        given.proposer(),
        given.round(),
        given.vrfProof(),
        given.carriedHash(),
        given.timestampMillis());
  }

  private ConsensusExtension extension(
      Address maker, Round round, BlsSignature vrfProof, Hash carried, long timestampMillis) {
    return new ConsensusExtension(
        fields.setting,
        parameters().fallback(),
        fields.oversight,
        fields.current.epoch(),
        maker,
        round,
        vrfProof,
        carried,
        fields.current.set().hash(),
        fields.next.set().hash(),
        hash,
        timestampMillis);
  }

  /// What execution must know of `content`, a content of the next height.
  public BlockContext context(ProposalContent content, SignatureScheme scheme) {
    return new BlockContext(
        nextHeight(),
        fields.blockHash,
        content.id(),
        Beacon.next(fields.beacon, scheme.vrfOutput(content.vrfProof())),
        content.parentCertificate(),
        extension(content),
        Epochs.isLast(nextHeight()) ? Optional.of(report()) : Optional.empty());
  }

  /// What the contracts learn in the last block of an epoch: all that was credited before it.
  private EpochReport report() {
    List<ValidatorReport> reports = new ArrayList<>();
    fields.accounts.forEach((address, account) -> {
      Optional<Validator> member =
          set().find(address).or(() -> fields.previous.set().find(address));
      if (member.isPresent() && (account.hadPart() || set().contains(address))) {
        reports.add(
            new ValidatorReport(
                address,
                member.get().validatorClass(),
                fields.current.role(address, mode()),
                member.get().stake(),
                account.epochExpected(),
                account.epochCredited(),
                account.authoritiesBrought(),
                account.stakeBrought(),
                account.misses(),
                account.nextReputation()));
      }
    });
    return new EpochReport(
        fields.current.epoch(),
        reports,
        absences(),
        fields.next.set().hash(),
        fields.next.parameters(),
        fields.next.workShareMillionths());
  }

  private Absences absences() {
    if (!fields.availability.isOver(fields.height, fields.timestampMillis)) {
      return Absences.NONE;
    }
    Quorums quorums = Quorums.of(set(), parameters().fallback());
    return fields.availability.absences(
        fields.height, set(), fields.accounts, quorums, fields.jail);
  }

  /// Keccak-256 of the encoding with each epoch plan and each block of the window replaced by its
  /// hash; stands in the consensus extension of the next header.
  public Hash hash() {
    return hash;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    DerivedStateCodec.write(writer, fields);
  }

  /// The state whose encoding is all of `encoding`, of a snapshot. The caller compares {@link
  /// #hash} with the header's.
  public static DerivedState decode(Bytes encoding) throws MalformedException {
    return Encodable.decode(encoding, DerivedState::readFrom);
  }

  /// The state at the reader's position.
  public static DerivedState readFrom(RlpReader reader) throws MalformedException {
    return new DerivedState(DerivedStateCodec.read(reader));
  }

  /// Share of a stake that signed, in millionths; 0 where there is none.
  static int stakeMillionths(ValidatorSet set, Signers signers) {
    VotingPower total = set.totalStake();
    return total.isZero()
        ? 0
        : Shares.millionths(set.weightOf(signers).stake().units(), total.units());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DerivedState state
        && hash.equals(state.hash)
        && encoded().equals(state.encoded());
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return "state after " + fields.height + ", next " + fields.setting + ", " + hash;
  }
}
