// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ValidatorMessage;
import java.util.List;
import java.util.Optional;

/// What is proposed at a height: an order of transactions and what it rests on, with no result of
/// executing them. Its hash is the proposal id. Proposed again in a later round it stays the same
/// to the bit. Protocol §5.1, Protocol §11.6.
public final class ProposalContent implements Encodable {
  /// Most transactions in one content: 1 MiB of hashes, nearly twice what the slowest mode needs at
  /// 9,200 transactions a second.
  public static final int TRANSACTIONS_MAX = 1 << 15;

  /// Greatest timestamp, in milliseconds: the year 10889.
  public static final long TIMESTAMP_MILLIS_MAX = 1L << 48;

  private final Hash parentHash;
  private final List<Hash> transactions;
  private final long timestampMillis;
  private final Round round;
  private final Address maker;
  private final BlsSignature vrfProof;
  private final Optional<CommitCertificate> parentCertificate;
  private final CarriedSignatures carried;
  private final Bytes encoding;
  private final Hash id;

  /// A content.
  ///
  /// @param parentHash hash of the block before
  /// @param transactions hashes of the transactions in order, at most {@link #TRANSACTIONS_MAX}
  /// @param timestampMillis milliseconds since 1970, at most {@link #TIMESTAMP_MILLIS_MAX}
  /// @param round the round it was made in
  /// @param maker the account that made it, proposer of that round
  /// @param vrfProof the maker's proof over {@link #vrfMessage}
  /// @param parentCertificate of the block before; absent exactly for a child of the genesis block
  /// @param carried late COMMIT votes and anchors
  /// @throws IllegalArgumentException if a bound is passed or something carried is not of a block
  ///   before
  public ProposalContent(
      Hash parentHash,
      List<Hash> transactions,
      long timestampMillis,
      Round round,
      Address maker,
      BlsSignature vrfProof,
      Optional<CommitCertificate> parentCertificate,
      CarriedSignatures carried) {
    this(
        parentHash,
        List.copyOf(transactions),
        timestampMillis,
        round,
        maker,
        vrfProof,
        parentCertificate,
        carried,
        null);
  }

  private ProposalContent(
      Hash parentHash,
      List<Hash> transactions,
      long timestampMillis,
      Round round,
      Address maker,
      BlsSignature vrfProof,
      Optional<CommitCertificate> parentCertificate,
      CarriedSignatures carried,
      @org.jspecify.annotations.Nullable Bytes encoding) {
    this.parentHash = parentHash;
    this.transactions = transactions;
    this.timestampMillis = timestampMillis;
    this.round = round;
    this.maker = maker;
    this.vrfProof = vrfProof;
    this.parentCertificate = parentCertificate;
    this.carried = carried;
    String fault = fault();
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(fault);
    }
    this.encoding = encoding != null ? encoding : encode();
    this.id = Keccak256.hash(this.encoding);
  }

  private String fault() {
    if (transactions.size() > TRANSACTIONS_MAX) {
      return transactions.size() + " transactions";
    }
    if (timestampMillis < 0 || timestampMillis > TIMESTAMP_MILLIS_MAX) {
      return "timestamp " + timestampMillis;
    }
    return parentFault(parentHash, parentCertificate) + carriedFault(height(), carried);
  }

  private static String parentFault(Hash parentHash, Optional<CommitCertificate> certificate) {
    if (certificate.isEmpty()) {
      return "";
    }
    if (certificate.get().height().number() == 0
        || certificate.get().height().number() == Height.NUMBER_MAX) {
      return "parent certificate of height " + certificate.get().height();
    }
    return certificate.get().blockHash().equals(parentHash)
        ? ""
        : "parent certificate of block " + certificate.get().blockHash();
  }

  private static String carriedFault(Height height, CarriedSignatures carried) {
    for (CarriedCommits commits : carried.commits()) {
      long age = height.number() - commits.height().number();
      if (age < 1 || age > CarriedCommits.BLOCKS_MAX) {
        return "commits carried for height " + commits.height();
      }
    }
    for (CarriedAnchors anchors : carried.anchors()) {
      long age = height.number() - anchors.height().number();
      if (age < 1 || age > CarriedAnchors.BLOCKS_MAX) {
        return "anchors carried for height " + anchors.height();
      }
    }
    return "";
  }

  /// What the maker's key signs as input of the verifiable random function: the round is no part of
  /// it, so a validator has one output per height. Protocol §7.1.
  ///
  /// @param genesisHash the network
  /// @param previousBeacon the beacon after the block before
  /// @param height the height of the content
  public static ValidatorMessage vrfMessage(Hash genesisHash, Hash previousBeacon, Height height) {
    RlpWriter fields = new RlpWriter(48).begin().hash(previousBeacon).number(height.number());
    return new ValidatorMessage(ValidatorMessage.Purpose.VRF, genesisHash, fields.end().toBytes());
  }

  /// The height it is proposed for: one above that of the parent's certificate, or 1.
  public Height height() {
    return parentCertificate.map(certificate -> certificate.height().next()).orElse(new Height(1));
  }

  /// Hash of the block before.
  public Hash parentHash() {
    return parentHash;
  }

  /// Hashes of the transactions, in order.
  public List<Hash> transactions() {
    return transactions;
  }

  /// Milliseconds since 1970.
  public long timestampMillis() {
    return timestampMillis;
  }

  /// The round it was made in.
  public Round round() {
    return round;
  }

  /// The account that made it, proposer of that round.
  public Address maker() {
    return maker;
  }

  /// The maker's proof over {@link #vrfMessage}.
  public BlsSignature vrfProof() {
    return vrfProof;
  }

  /// Certificate of the block before; absent exactly for a child of the genesis block.
  public Optional<CommitCertificate> parentCertificate() {
    return parentCertificate;
  }

  /// Late COMMIT votes and anchors.
  public CarriedSignatures carried() {
    return carried;
  }

  /// The proposal id: Keccak-256 of the encoding.
  public Hash id() {
    return id;
  }

  @Override
  public Bytes encoded() {
    return encoding;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.encoded(encoding);
  }

  private Bytes encode() {
    RlpWriter writer = new RlpWriter(512 + 33 * transactions.size()).begin().hash(parentHash);
    writer.list(transactions, RlpWriter::hash).number(timestampMillis).number(round.number());
    writer.address(maker).string(vrfProof.bytes());
    writer.list(parentCertificate.stream().toList(), (w, certificate) -> certificate.writeTo(w));
    carried.writeTo(writer);
    return writer.end().toBytes();
  }

  /// The content at the reader's position.
  public static ProposalContent readFrom(RlpReader reader) throws MalformedException {
    Bytes encoding = reader.encoded();
    RlpReader fields = RlpReader.of(encoding).list();
    Hash parentHash = fields.hash();
    List<Hash> transactions = fields.list(TRANSACTIONS_MAX, RlpReader::hash);
    long timestampMillis = fields.number();
    Round round = Round.readFrom(fields);
    Address maker = fields.address();
    BlsSignature vrfProof = AggregateSignature.readSignature(fields);
    Optional<CommitCertificate> parent =
        fields.list(1, CommitCertificate::readFrom).stream().findFirst();
    CarriedSignatures carried = CarriedSignatures.readFrom(fields);
    fields.finish();
    if (timestampMillis > TIMESTAMP_MILLIS_MAX) {
      throw fields.refuse("timestamp", timestampMillis);
    }
    String fault = parentFault(parentHash, parent);
    if (fault.isEmpty()) {
      Height height = parent.map(c -> c.height().next()).orElse(new Height(1));
      fault = carriedFault(height, carried);
    }
    if (!fault.isEmpty()) {
      throw fields.refuse("content", fault);
    }
    return new ProposalContent(
        parentHash,
        transactions,
        timestampMillis,
        round,
        maker,
        vrfProof,
        parent,
        carried,
        encoding);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ProposalContent content && encoding.equals(content.encoding);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return "content " + id + " of height " + height() + ", round " + round + ", by " + maker;
  }
}
