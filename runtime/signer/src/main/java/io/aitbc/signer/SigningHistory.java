// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import com.fasterxml.jackson.core.JsonGenerator;
import io.aitbc.consensus.SignedMark;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.Round;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// What keys have signed, as text that carries a validator from one machine to another. Numbers are
/// decimal strings, hashes and keys hexadecimal. Protocol §8.3.
///
/// @param genesisHash the network
/// @param entries one for each key
public record SigningHistory(Hash genesisHash, List<Entry> entries) {
  /// Most bytes of a history: about 1,000 keys.
  public static final int FILE_BYTES_MAX = 1 << 20;

  private static final String FORMAT = "aitbc-signing-history";
  private static final int VERSION = 1;

  /// A key and its record.
  public record Entry(BlsPublicKey publicKey, SigningRecord record) {}

  /// Copies the list.
  ///
  /// @throws IllegalArgumentException if a record is of another network
  public SigningHistory {
    entries = List.copyOf(entries);
    for (Entry entry : entries) {
      if (!entry.record.genesisHash().equals(genesisHash)) {
        throw new IllegalArgumentException("a record of network " + entry.record.genesisHash());
      }
    }
  }

  /// The last record in `medium`; empty if none is whole.
  public static Optional<Entry> last(SlotMedium medium) {
    return SlotPair.read(medium) instanceof SlotPair.Found found
        ? Optional.of(new Entry(found.slot().key(), found.slot().record()))
        : Optional.empty();
  }

  /// The record of `key`, if it is in here.
  public Optional<SigningRecord> of(BlsPublicKey key) {
    return entries.stream()
        .filter(entry -> entry.publicKey.equals(key))
        .map(Entry::record)
        .findFirst();
  }

  /// A record of one key that contradicts nothing which either record allows to have been signed:
  /// one of them if they are equal, else one that signs only above every height in both.
  static SigningRecord above(SigningRecord one, SigningRecord other) {
    if (one.equals(other)) {
      return one;
    }
    Height first = one.first().isAbove(other.first()) ? one.first() : other.first();
    for (SigningRecord each : List.of(one, other)) {
      for (Optional<SignedMark> mark : List.of(each.last(), each.anchor())) {
        if (mark.isPresent() && !first.isAbove(mark.get().height())) {
          first = mark.get().height().next();
        }
      }
    }
    return SigningRecord.afterLoss(one.genesisHash(), first);
  }

  /// The history as JSON.
  public String toJson() {
    return Json.write(to -> {
      to.writeStringField("format", FORMAT);
      to.writeNumberField("version", VERSION);
      to.writeStringField("genesisHash", genesisHash.toHex());
      to.writeArrayFieldStart("records");
      for (Entry entry : entries) {
        to.writeStartObject();
        to.writeStringField("publicKey", entry.publicKey.bytes().toHex());
        write(to, entry.record);
        to.writeEndObject();
      }
      to.writeEndArray();
    });
  }

  /// Creates `file` with the history, for its owner alone.
  ///
  /// @throws KeyFileException if it cannot be written or is there already
  public void create(Path file) throws KeyFileException {
    OwnerFiles.create(file, toJson().getBytes(StandardCharsets.UTF_8));
  }

  /// The history in `file`, which only its owner may touch: whoever can change it can make the key
  /// contradict itself.
  ///
  /// @throws KeyFileException if it cannot be used
  public static SigningHistory read(Path file) throws KeyFileException {
    return parse(OwnerFiles.read(file, FILE_BYTES_MAX));
  }

  /// The history in the text `json`.
  ///
  /// @throws KeyFileException if it is none
  public static SigningHistory parse(byte[] json) throws KeyFileException {
    if (json.length > FILE_BYTES_MAX) {
      throw new KeyFileException(new KeyFileRefusal.TooLong(json.length, FILE_BYTES_MAX));
    }
    Json file = Json.parse(json);
    file.expect("format", FORMAT);
    if (file.number("version", 0, Integer.MAX_VALUE) != VERSION) {
      throw file.unsupported("version");
    }
    Hash genesisHash = LockedSecret.readHash(file, "genesisHash");
    List<Entry> entries = new ArrayList<>();
    Set<Bytes> keys = new TreeSet<>();
    for (Json entry : file.objects("records")) {
      BlsPublicKey key =
          new BlsPublicKey(
              Bytes.wrap(entry.bytes("publicKey", BlsPublicKey.BYTES, BlsPublicKey.BYTES)));
      if (!keys.add(key.bytes())) {
        throw entry.wrong("publicKey", "a key that stands in no other record");
      }
      entries.add(new Entry(key, readRecord(genesisHash, entry)));
    }
    return new SigningHistory(genesisHash, entries);
  }

  private static void write(JsonGenerator to, SigningRecord record) throws IOException {
    to.writeStringField("first", record.first().toString());
    if (record.last().isPresent()) {
      write(to, "last", record.last().get());
    }
    if (record.lastCommit().isPresent()) {
      Ballot.Commit commit = record.lastCommit().get();
      to.writeObjectFieldStart("lastCommit");
      to.writeStringField("height", commit.height().toString());
      to.writeStringField("round", commit.round().toString());
      to.writeStringField("mode", commit.mode().name());
      to.writeStringField("proposalId", commit.proposalId().toHex());
      to.writeStringField("blockHash", commit.blockHash().toHex());
      to.writeEndObject();
    }
    if (record.anchor().isPresent()) {
      write(to, "anchor", record.anchor().get());
    }
  }

  private static void write(JsonGenerator to, String field, SignedMark mark) throws IOException {
    to.writeObjectFieldStart(field);
    to.writeStringField("height", mark.height().toString());
    to.writeStringField("round", mark.round().toString());
    to.writeStringField("step", mark.step().name());
    to.writeStringField("hash", mark.hash().toHex());
    to.writeEndObject();
  }

  private static SigningRecord readRecord(Hash genesisHash, Json entry) throws KeyFileException {
    Optional<SignedMark> last = Optional.empty();
    Optional<Ballot.Commit> lastCommit = Optional.empty();
    Optional<SignedMark> anchor = Optional.empty();
    if (entry.has("last")) {
      last = Optional.of(readMark(entry.object("last")));
    }
    if (entry.has("lastCommit")) {
      Json commit = entry.object("lastCommit");
      lastCommit =
          Optional.of(
              new Ballot.Commit(
                  readHeight(commit, "height"),
                  readRound(commit),
                  named(commit, "mode", Mode::valueOf),
                  LockedSecret.readHash(commit, "proposalId"),
                  LockedSecret.readHash(commit, "blockHash")));
    }
    if (entry.has("anchor")) {
      anchor = Optional.of(readMark(entry.object("anchor")));
    }
    return new SigningRecord(genesisHash, readHeight(entry, "first"), last, lastCommit, anchor);
  }

  private static SignedMark readMark(Json mark) throws KeyFileException {
    return new SignedMark(
        readHeight(mark, "height"),
        readRound(mark),
        named(mark, "step", SignedMark.Step::valueOf),
        LockedSecret.readHash(mark, "hash"));
  }

  private static Height readHeight(Json object, String field) throws KeyFileException {
    return new Height(object.decimal(field, Height.NUMBER_MAX));
  }

  private static Round readRound(Json object) throws KeyFileException {
    return new Round((int) object.decimal("round", Round.NUMBER_MAX));
  }

  private static <E> E named(Json object, String field, Function<String, E> names)
      throws KeyFileException {
    String name = object.text(field);
    try {
      return names.apply(name);
    } catch (IllegalArgumentException unknown) {
      throw object.unsupported(field);
    }
  }
}
