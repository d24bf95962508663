// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.SignedMark;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.poa.Schedule;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;
import io.aitbc.model.NetworkKind;
import io.aitbc.signer.BlsValidatorKey;
import io.aitbc.signer.HostMark;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.LocalValidatorSigner;
import io.aitbc.signer.Password;
import io.aitbc.signer.RecordLoss;
import io.aitbc.signer.RecordOpening;
import io.aitbc.signer.SigningHistory;
import io.aitbc.signer.SigningStart;
import io.aitbc.signer.SlotFile;
import io.aitbc.signer.ValidatorKeystore;
import io.aitbc.signer.Witnessed;
import io.aitbc.storage.ChainStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A validator whose node, or signer, does not run: its key and signing record, with the log and
/// the chain that the record is compared with; a signer of its own has neither, and its node
/// compares. Carries out what an operator decides about the record. While it is open, no node can
/// use the same folder or record. Protocol §8.3.1, §8.4.
public final class StoppedValidator implements AutoCloseable {
  /// Blocks in which is searched for the key's last: a day of slots of the usual length.
  private static final int SLOTS_SEARCHED = 43_200;

  private final NodeGenesis genesis;
  private final Optional<NodeData> data;
  private final BlsValidatorKey key;
  private final HostMark host;
  private final SlotFile slots;
  private final Witnessed witnessed;

  private StoppedValidator(
      NodeGenesis genesis,
      Optional<NodeData> data,
      BlsValidatorKey key,
      HostMark host,
      SlotFile slots) {
    this.genesis = genesis;
    this.data = data;
    this.key = key;
    this.host = host;
    this.slots = slots;
    witnessed =
        data.map(each -> witnessed(genesis, each, key.publicKey())).orElse(Witnessed.NOTHING);
  }

  /// Signatures of `key` that log and chain show.
  static Witnessed witnessed(NodeGenesis genesis, NodeData data, BlsPublicKey key) {
    return switch (genesis.file().genesis().kind()) {
      case NetworkKind.Hybrid _ ->
          new SignatureSearch(key, data.derived()).log(data.records()).chain(data.store()).found();
      case NetworkKind.Poa _ -> lastSlot(genesis, data.store(), key);
    };
  }

  /// The last block of the key in the chain of a network without votes, as far as its proposers
  /// have taken turns since. Protocol §10.4.
  private static Witnessed lastSlot(NodeGenesis genesis, ChainStore store, BlsPublicKey key) {
    Schedule schedule = PoaEngine.schedule(genesis.file().genesis());
    long head = store.head().height().number();
    for (long number = head; number > Math.max(0, head - SLOTS_SEARCHED); number--) {
      Height height = new Height(number);
      long slot = store.authorship(height).orElseThrow().slot();
      if (schedule.proposer(slot).key().equals(key)) {
        return PoaEngine.witnessed(slot, store.header(height).orElseThrow().hash());
      }
    }
    return Witnessed.NOTHING;
  }

  /// Opens what the configuration in `file` names: that of a node with its key, or that of a
  /// signer.
  ///
  /// @throws ConfigurationException if it names no validator's key, or something in it cannot be
  ///   used
  /// @throws IOException if a file cannot be read
  public static StoppedValidator open(Path file) throws IOException, ConfigurationException {
    if (SignerConfiguration.isIn(file)) {
      SignerConfiguration signer = SignerConfiguration.read(file);
      return open(signer.key(), NodeGenesis.read(signer.genesis()));
    }
    return open(NodeConfiguration.read(file));
  }

  /// Opens what `configuration` names.
  ///
  /// @throws ConfigurationException if it names no validator's key, or something in it cannot be
  ///   used
  /// @throws IOException if a file cannot be read
  public static StoppedValidator open(NodeConfiguration configuration)
      throws IOException, ConfigurationException {
    if (configuration.validator().map(NodeConfiguration.Validator::key).orElse(null)
        instanceof NodeConfiguration.ValidatorKey files) {
      return open(files, NodeGenesis.read(configuration.genesis()), Optional.of(configuration));
    }
    throw new ConfigurationException(
        "the configuration has no [validator]; where the key is in a signer, name the signer's");
  }

  /// Opens a key in a process of its own.
  static StoppedValidator open(NodeConfiguration.ValidatorKey files, NodeGenesis genesis)
      throws IOException, ConfigurationException {
    return open(files, genesis, Optional.empty());
  }

  /// Opens a key beside the chain of `node`, if there is one.
  static StoppedValidator open(
      NodeConfiguration.ValidatorKey files, NodeGenesis genesis, Optional<NodeConfiguration> node)
      throws IOException, ConfigurationException {
    BlsValidatorKey key = key(files);
    HostMark host;
    SlotFile slots;
    try {
      host = HostMark.of(files.signingRecord());
      slots = SlotFile.open(files.signingRecord());
    } catch (KeyFileException refused) {
      throw new ConfigurationException(KeyFileText.of(refused.refusal()));
    }
    try {
      Optional<NodeData> data =
          node.isPresent() ? Optional.of(NodeData.open(node.get(), genesis)) : Optional.empty();
      return new StoppedValidator(genesis, data, key, host, slots);
    } catch (IOException | ConfigurationException | RuntimeException failed) {
      slots.close();
      throw failed;
    }
  }

  private static BlsValidatorKey key(NodeConfiguration.ValidatorKey files)
      throws ConfigurationException {
    Path file = files.passwordFile();
    try (Password password = Password.read(file)) {
      file = files.keystore();
      return ValidatorKeystore.open(file, password);
    } catch (KeyFileException refused) {
      throw new ConfigurationException(file + ": " + KeyFileText.of(refused.refusal()));
    }
  }

  /// The key.
  public BlsPublicKey publicKey() {
    return key.publicKey();
  }

  /// Signatures of the key that log and chain show.
  public Witnessed witnessed() {
    return witnessed;
  }

  /// The last final block of the chain in the data folder; empty where there is none.
  public Optional<Height> head() {
    return data.map(each -> each.store().head().height());
  }

  /// Whether the key may sign under its record as it is.
  public RecordOpening record() {
    RecordOpening opening = LocalValidatorSigner.open(key, genesis.hash(), host, slots, witnessed);
    return opening instanceof RecordOpening.Ready ready
        ? data.flatMap(each -> withoutLock(each, ready.signer().record()))
            .<RecordOpening>map(RecordOpening.Lost::new)
            .orElse(ready)
        : opening;
  }

  /// The key has never signed in this network: its record begins.
  public RecordOpening begin() {
    return start(new SigningStart.NeverSigned());
  }

  /// The record was moved here as a whole, and the node at its old place has stopped for good.
  public RecordOpening moved() {
    Optional<RecordLoss> loss =
        data.flatMap(
            each -> SigningHistory.last(slots).flatMap(entry -> withoutLock(each, entry.record())));
    return loss.isPresent() ? new RecordOpening.Lost(loss.get()) : start(new SigningStart.Moved());
  }

  /// The record is lost: the key goes on with `first`. Protocol §8.4 says how to find it.
  public RecordOpening afterLoss(Height first) {
    return start(new SigningStart.AfterLoss(first));
  }

  /// An operator's word: at the height that is being decided the key may commit to `block`,
  /// although it committed to another block of the same proposal there. It stands in the record,
  /// and in the log where there is one. Protocol §5.3 rule 4.
  ///
  /// @return {@link RecordOpening.Ready} if it stands there, else what stands against it
  /// @throws ConfigurationException if the key committed to nothing at this height, or the height
  ///   is not being decided
  public RecordOpening allow(Height height, Hash block) throws ConfigurationException {
    RecordOpening opening = record();
    if (opening instanceof RecordOpening.Ready ready) {
      boolean committed =
          ready.signer().record().lastCommit().filter(it -> it.height().equals(height)).isPresent();
      if (!committed) {
        throw new ConfigurationException(
            "the key's last COMMIT is not at height %d: nothing is to be lifted there"
                .formatted(height.number()));
      }
      if (data.isPresent()) {
        allow(data.get(), height, block);
      }
      ready.signer().allow(height, block);
    }
    return opening;
  }

  /// The same word in the log of a node whose key is in a signer, which needs it too.
  ///
  /// @return whether `file` configures such a node; else nothing is done
  /// @throws ConfigurationException if something in it cannot be used, or the height is not being
  ///   decided
  /// @throws IOException if a file cannot be read
  public static boolean allowBesideSigner(Path file, Height height, Hash block)
      throws IOException, ConfigurationException {
    if (SignerConfiguration.isIn(file)) {
      return false;
    }
    NodeConfiguration node = NodeConfiguration.read(file);
    boolean besideSigner =
        node.validator().map(NodeConfiguration.Validator::key).orElse(null)
            instanceof NodeConfiguration.RemoteKey;
    if (besideSigner) {
      try (NodeData data = NodeData.open(node, NodeGenesis.read(node.genesis()))) {
        allow(data, height, block);
      }
    }
    return besideSigner;
  }

  private static void allow(NodeData data, Height height, Hash block)
      throws ConfigurationException {
    Height open = data.store().head().height().next();
    if (!open.equals(height)) {
      throw new ConfigurationException(
          "the height that is being decided is %d, not %d"
              .formatted(open.number(), height.number()));
    }
    data.log().append(new LogRecord.Allowance(height, block));
  }

  /// The key goes on from a history that was exported where it signed before, and signs there no
  /// more. The lock of a COMMIT that may still bind is not in a history: then the key goes on above
  /// every height in it.
  ///
  /// @throws KeyFileException if the history cannot be read
  public RecordOpening importFrom(Path file) throws KeyFileException {
    SigningHistory history = SigningHistory.read(file);
    if (!history.genesisHash().equals(genesis.hash())) {
      return new RecordOpening.OtherNetwork(history.genesisHash(), genesis.hash());
    }
    Optional<SigningRecord> imported = history.of(key.publicKey());
    if (imported.isEmpty()) {
      return history.entries().isEmpty()
          ? new RecordOpening.Absent()
          : new RecordOpening.OtherKey(history.entries().getFirst().publicKey(), key.publicKey());
    }
    SigningRecord record = imported.get();
    boolean lockIsHere = data.isPresent() && withoutLock(data.get(), record).isEmpty();
    return start(new SigningStart.Imported(lockIsHere ? record : aboveAll(record)));
  }

  /// Writes what the key signed to the new file `file`, if the record is whole and the latest.
  ///
  /// @return {@link RecordOpening.Ready} if it was written, else what stands against it
  /// @throws KeyFileException if the file cannot be written
  public RecordOpening exportTo(Path file) throws KeyFileException {
    RecordOpening opening = LocalValidatorSigner.open(key, genesis.hash(), host, slots, witnessed);
    if (opening instanceof RecordOpening.Ready ready) {
      new SigningHistory(
              genesis.hash(),
              List.of(new SigningHistory.Entry(publicKey(), ready.signer().record())))
          .create(file);
    }
    return opening;
  }

  @Override
  public void close() {
    slots.close();
    key.close();
    data.ifPresent(NodeData::close);
  }

  NodeData data() {
    return data.orElseThrow();
  }

  private RecordOpening start(SigningStart start) {
    return LocalValidatorSigner.start(key, genesis.hash(), host, slots, witnessed, start);
  }

  /// The loss that it is when the log lacks the lock of a COMMIT which may still bind.
  static Optional<RecordLoss> withoutLock(NodeData data, SigningRecord record) {
    return record
        .lastCommit()
        .filter(commit -> commit.height().isAbove(data.store().head().height()))
        .filter(commit -> data.records().stream().noneMatch(each -> isLockOf(each, commit)))
        .map(RecordLoss.LockMissing::new);
  }

  private static boolean isLockOf(LogRecord each, Ballot.Commit commit) {
    return each instanceof LogRecord.Lock lock
        && lock.height().equals(commit.height())
        && lock.certificate().round().equals(commit.round())
        && lock.proposal().content().id().equals(commit.proposalId());
  }

  private static SigningRecord aboveAll(SigningRecord record) {
    Height highest =
        Stream.of(record.last(), record.anchor())
            .flatMap(Optional::stream)
            .map(SignedMark::height)
            .reduce((a, b) -> a.isAbove(b) ? a : b)
            .orElse(record.first());
    Height next = highest.next();
    return SigningRecord.afterLoss(
        record.genesisHash(), record.first().isAbove(next) ? record.first() : next);
  }
}
