// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Anchor;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Quorums;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.SignerBitmap;
import io.aitbc.model.Signers;
import io.aitbc.model.ValidatorReport;
import io.aitbc.model.VotingPower;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The encoding of {@link DerivedState}: its fields in order. Protocol §11.11.
final class DerivedStateCodec {
  /// Most anchored blocks remembered.
  private static final int ANCHORS_MAX = ModeRule.WINDOW_BLOCKS / Anchor.INTERVAL_BLOCKS + 1;

  private DerivedStateCodec() {}

  /// Writes all of it, for a snapshot.
  static void write(RlpWriter writer, DerivedState.Fields fields) {
    write(
        writer,
        fields,
        plan -> plan.writeTo(writer),
        () -> writer.list(fields.window(), DerivedStateCodec::writeTrace));
  }

  /// Writes what is hashed: hashes stand for the epoch plans, which change once an epoch, and for
  /// the blocks of the window, of which all but the last few stay as they are.
  static void writeBrief(RlpWriter writer, DerivedState.Fields fields, List<Hash> windowHashes) {
    write(
        writer,
        fields,
        plan -> writer.hash(plan.hash()),
        () -> writer.list(windowHashes, RlpWriter::hash));
  }

  /// The hash of a block of the window.
  static Hash hash(BlockTrace trace) {
    RlpWriter writer = new RlpWriter(256);
    writeTrace(writer, trace);
    return Keccak256.hash(writer.toArray());
  }

  private static void write(
      RlpWriter writer, DerivedState.Fields fields, Consumer<EpochPlan> plans, Runnable window) {
    writer.begin().hash(fields.genesisHash()).number(fields.height().number());
    writer.hash(fields.blockHash()).number(fields.timestampMillis()).hash(fields.beacon());
    fields.setting().writeTo(writer);
    writer.number(fields.changedAt().number()).number(fields.oversight().code());
    writer.number(fields.anchored().number());
    plans.accept(fields.previous());
    plans.accept(fields.current());
    plans.accept(fields.next());
    window.run();
    writer.list(fields.anchors(), DerivedStateCodec::writeAnchor);
    writer.list(List.copyOf(fields.accounts().entrySet()), DerivedStateCodec::writeAccount);
    writer.number(fields.availability().since().number());
    writer.number(fields.availability().sinceMillis());
    writer.number(fields.jail().authorities()).number(fields.jail().authoritiesJailed());
    writer.number(fields.jail().stake().units()).number(fields.jail().stakeJailed().units());
    writer.end();
  }

  static DerivedState.Fields read(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Hash genesisHash = fields.hash();
    Height height = Height.readFrom(fields);
    Hash blockHash = fields.hash();
    long timestampMillis = fields.number();
    Hash beacon = fields.hash();
    ModeSetting setting = ModeSetting.readFrom(fields);
    Height changedAt = Height.readFrom(fields);
    Oversight oversight = Oversight.readFrom(fields);
    Height anchored = Height.readFrom(fields);
    EpochPlan previous = EpochPlan.readFrom(fields);
    EpochPlan current = EpochPlan.readFrom(fields);
    EpochPlan next = EpochPlan.readFrom(fields);
    List<BlockTrace> window = fields.list(ModeRule.WINDOW_BLOCKS, DerivedStateCodec::readTrace);
    List<AnchorTrace> anchors = fields.list(ANCHORS_MAX, DerivedStateCodec::readAnchor);
    TreeMap<Address, AccountRecord> accounts = new TreeMap<>();
    readAccounts(fields, accounts);
    Availability availability = new Availability(Height.readFrom(fields), fields.number());
    JailTotals jail =
        new JailTotals(
            fields.number(Integer.MAX_VALUE),
            fields.number(Integer.MAX_VALUE),
            VotingPower.readFrom(fields),
            VotingPower.readFrom(fields));
    fields.finish();
    DerivedState.Fields read =
        new DerivedState.Fields(
            genesisHash,
            height,
            blockHash,
            timestampMillis,
            beacon,
            setting,
            changedAt,
            oversight,
            anchored,
            previous,
            current,
            next,
            window,
            anchors,
            accounts,
            availability,
            jail);
    String fault = fault(read);
    if (!fault.isEmpty()) {
      throw fields.refuse("derived state", fault);
    }
    return read;
  }

  /// What keeps the fields from belonging together; empty if they do.
  private static String fault(DerivedState.Fields fields) {
    if (fields.height().number() == Height.NUMBER_MAX
        || fields.timestampMillis() > ProposalContent.TIMESTAMP_MILLIS_MAX) {
      return "height or time";
    }
    long epoch = Epochs.of(fields.height().next());
    if (fields.current().epoch() != epoch
        || fields.next().epoch() != epoch + 1
        || fields.previous().epoch() != Math.max(0, epoch - 1)) {
      return "epochs";
    }
    List<BlockTrace> window = fields.window();
    if (window.size() != Math.min(fields.height().number(), ModeRule.WINDOW_BLOCKS)) {
      return "length of the window";
    }
    for (int i = 0; i < window.size(); i++) {
      long expected = fields.height().number() - window.size() + 1 + i;
      if (window.get(i).height().number() != expected) {
        return "heights of the window";
      }
    }
    return modeFault(fields);
  }

  /// What keeps modes and signers from being those of the sets; empty if they are.
  private static String modeFault(DerivedState.Fields fields) {
    if (!carries(fields.current(), fields.setting())) {
      return "mode of the next height";
    }
    for (BlockTrace trace : fields.window()) {
      EpochPlan plan = fields.plan(trace.height());
      if (!carries(plan, trace.setting()) || !plan.set().fits(trace.credited())) {
        return "mode or signers of height " + trace.height();
      }
    }
    for (AnchorTrace anchor : fields.anchors()) {
      if (!fields.plan(anchor.height()).set().fits(anchor.credited())) {
        return "anchors of height " + anchor.height();
      }
    }
    return "";
  }

  private static boolean carries(EpochPlan plan, ModeSetting setting) {
    return Quorums.of(plan.set(), plan.parameters().fallback()).carries(setting.quorumMode());
  }

  private static void writeTrace(RlpWriter writer, BlockTrace trace) {
    writer.begin().number(trace.height().number()).hash(trace.blockHash());
    trace.setting().writeTo(writer);
    writer.number(trace.oversight().code()).address(trace.maker());
    writer.number(trace.loadMillionths()).amount(trace.valueMoved());
    writer.number(trace.convictedAuthorities()).number(trace.convictedStake().units());
    writer.list(trace.ballot().stream().toList(), (w, ballot) -> ballot.writeTo(w));
    writeSigners(writer, trace.credited());
    writer.number(trace.stakeMillionths()).end();
  }

  private static BlockTrace readTrace(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Height height = Height.readFrom(fields);
    Hash blockHash = fields.hash();
    ModeSetting setting = ModeSetting.readFrom(fields);
    Oversight oversight = Oversight.readFrom(fields);
    Address maker = fields.address();
    int load = fields.number(Shares.WHOLE_MILLIONTHS);
    Amount value = fields.amount();
    int convictedAuthorities = fields.number(Integer.MAX_VALUE);
    VotingPower convictedStake = VotingPower.readFrom(fields);
    Optional<Ballot.Commit> ballot = fields.list(1, Ballot.Commit::readFrom).stream().findFirst();
    Signers credited = readSigners(fields);
    int share = fields.number(Shares.WHOLE_MILLIONTHS);
    fields.finish();
    return new BlockTrace(
        height,
        blockHash,
        setting,
        oversight,
        maker,
        load,
        value,
        convictedAuthorities,
        convictedStake,
        ballot,
        credited,
        share);
  }

  private static void writeAnchor(RlpWriter writer, AnchorTrace anchor) {
    writer.begin().number(anchor.height().number()).hash(anchor.blockHash());
    writeSigners(writer, anchor.credited());
    writer.number(anchor.shareMillionths()).end();
  }

  private static AnchorTrace readAnchor(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    AnchorTrace anchor =
        new AnchorTrace(
            Height.readFrom(fields),
            fields.hash(),
            readSigners(fields),
            fields.number(Shares.WHOLE_MILLIONTHS));
    fields.finish();
    return anchor;
  }

  private static void writeSigners(RlpWriter writer, Signers signers) {
    writer.string(signers.authorities().bits()).string(signers.stakers().bits());
  }

  private static Signers readSigners(RlpReader reader) throws MalformedException {
    return new Signers(
        new SignerBitmap(reader.string(0, SignerBitmap.BYTES_MAX)),
        new SignerBitmap(reader.string(0, SignerBitmap.BYTES_MAX)));
  }

  private static void writeAccount(RlpWriter writer, Map.Entry<Address, AccountRecord> entry) {
    AccountRecord account = entry.getValue();
    writer.begin().address(entry.getKey());
    writer.number(account.windowExpected()).number(account.windowCredited());
    writer.number(account.epochExpected()).number(account.epochCredited());
    writer.number(account.authoritiesBrought()).number(account.stakeBrought());
    writer.number(account.misses()).number(account.reputation());
    writer.number(account.lastExpected().number()).number(account.lastCredited().number()).end();
  }

  private static void readAccounts(RlpReader reader, Map<Address, AccountRecord> accounts)
      throws MalformedException {
    Optional<Address> last = Optional.empty();
    List<Map.Entry<Address, AccountRecord>> entries =
        reader.list(DerivedState.ACCOUNTS_MAX, DerivedStateCodec::readAccount);
    for (Map.Entry<Address, AccountRecord> entry : entries) {
      if (last.isPresent() && last.get().compareTo(entry.getKey()) >= 0) {
        throw reader.refuse("accounts", "out of order");
      }
      accounts.put(entry.getKey(), entry.getValue());
      last = Optional.of(entry.getKey());
    }
  }

  private static Map.Entry<Address, AccountRecord> readAccount(RlpReader reader)
      throws MalformedException {
    RlpReader fields = reader.list();
    Address address = fields.address();
    long windowExpected = fields.number();
    long windowCredited = fields.number();
    long epochExpected = fields.number();
    long epochCredited = fields.number();
    long authoritiesBrought = fields.number();
    long stakeBrought = fields.number();
    long misses = fields.number();
    int reputation = fields.number(ValidatorReport.REPUTATION_MAX);
    Height lastExpected = Height.readFrom(fields);
    Height lastCredited = Height.readFrom(fields);
    fields.finish();
    if (windowCredited > windowExpected || epochCredited > epochExpected) {
      throw fields.refuse("credited", address);
    }
    return Map.entry(
        address,
        new AccountRecord(
            windowExpected,
            windowCredited,
            epochExpected,
            epochCredited,
            authoritiesBrought,
            stakeBrought,
            misses,
            reputation,
            lastExpected,
            lastCredited));
  }
}
