// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Height;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a block lies in the tables. Protocol §11.4.
final class BlockRows {
  private BlockRows() {}

  /// Writes block 0.
  static void write(Batch batch, GenesisBlock genesis) {
    writeBlock(batch, genesis.block(), genesis.block().hash(), List.of(), List.of());
  }

  /// Writes a final block without its state.
  static void write(Batch batch, FinalBlock block) {
    writeBlock(batch, block.block(), block.hash(), block.senders(), block.receipts());
    writeProof(
        batch,
        block.height().number(),
        new Proof(
            block.extension(), block.parentCertificate(), block.carried(), block.certificate()));
    for (PrepareCertificate certificate : block.prepared()) {
      batch.put(
          Table.PREPARED,
          Keys.prepared(certificate.height().number(), certificate.round().number()),
          certificate.encoded().toArray());
    }
  }

  /// Writes what is kept of the block that a store begins after: all but its receipts, which nobody
  /// can check.
  static void write(Batch batch, SnapshotImport.Start start) {
    byte[] key = Keys.of(start.header().number());
    batch.put(Table.HEADERS, key, start.header().encode().toArray());
    batch.put(Table.BLOCK_HEIGHTS, Keys.of(start.header().hash()), key);
    batch.put(
        Table.BODIES,
        key,
        new RlpWriter(1 << 16).list(start.transactions(), TransactionCodec::write).toArray());
    CertifiedBlock block = start.block();
    writeProof(
        batch,
        start.header().number(),
        new Proof(
            block.extension(), block.parentCertificate(), block.carried(), block.certificate()));
  }

  private static void writeProof(Batch batch, long height, Proof parts) {
    RlpWriter proof = new RlpWriter(512).begin();
    parts.extension.writeTo(proof);
    proof.list(parts.parent.stream().toList(), (to, parent) -> parent.writeTo(to));
    parts.carried.writeTo(proof);
    parts.certificate.writeTo(proof);
    batch.put(Table.CERTIFICATES, Keys.of(height), proof.end().toArray());
  }

  /// Writes a block that may be taken back, without its state.
  static void write(Batch batch, ReversibleBlock block) {
    writeBlock(batch, block.block(), block.hash(), block.senders(), block.receipts());
    batch.put(
        Table.AUTHORSHIPS,
        Keys.of(block.block().header().number()),
        block.authorship().encoded().toArray());
  }

  /// Takes the block at `height` back: nothing of it is left.
  static void takeBack(Batch batch, KeyValues.View view, long height) {
    remove(batch, view, height);
    byte[] key = Keys.of(height);
    header(view, new Height(height))
        .ifPresent(header -> batch.remove(Table.BLOCK_HEIGHTS, Keys.of(header.hash())));
    batch.remove(Table.HEADERS, key).remove(Table.AUTHORSHIPS, key);
  }

  private static void writeBlock(
      Batch batch, Block block, Hash hash, List<Address> senders, List<Receipt> receipts) {
    long height = block.header().number();
    byte[] key = Keys.of(height);
    List<Transaction> transactions = block.transactions();
    RlpWriter body = new RlpWriter(1 << 16).list(transactions, TransactionCodec::write);
    byte[] senderBytes = new byte[Address.BYTES * senders.size()];
    for (int i = 0; i < senders.size(); i++) {
      senders.get(i).copyTo(senderBytes, Address.BYTES * i);
      batch.put(
          Table.TRANSACTION_PLACES, Keys.of(transactions.get(i).hash()), Rows.place(height, i));
    }
    RlpWriter receiptList =
        new RlpWriter(1 << 16).list(receipts, (to, receipt) -> to.string(receipt.encode()));
    batch.put(Table.HEADERS, key, block.header().encode().toArray());
    batch.put(Table.BODIES, key, body.toArray());
    batch.put(Table.SENDERS, key, senderBytes);
    batch.put(Table.RECEIPTS, key, receiptList.toArray());
    batch.put(Table.BLOCK_HEIGHTS, Keys.of(hash), key);
  }

  /// Removes what a pruned store forgets of the block at `height`.
  static void remove(Batch batch, KeyValues.View view, long height) {
    byte[] key = Keys.of(height);
    view.get(Table.BODIES, key)
        .ifPresent(body ->
            transactions(body)
                .forEach(t -> batch.remove(Table.TRANSACTION_PLACES, Keys.of(t.hash()))));
    batch.remove(Table.BODIES, key).remove(Table.SENDERS, key).remove(Table.RECEIPTS, key);
  }

  static Optional<BlockHeader> header(KeyValues.View view, Height height) {
    return view.get(Table.HEADERS, Keys.of(height))
        .map(row -> Rows.read(Table.HEADERS, row, BlockHeader::read));
  }

  /// The state root of a block that the store has for certain.
  static Hash stateRoot(KeyValues.View view, long height) {
    return header(view, new Height(height))
        .orElseThrow(() -> new DiskException("no header of block " + height))
        .stateRoot();
  }

  static Optional<Block> block(KeyValues.View view, Height height) {
    return header(view, height)
        .flatMap(header ->
            view.get(Table.BODIES, Keys.of(height))
                .map(body -> new Block(header, transactions(body))));
  }

  static Optional<List<Address>> senders(KeyValues.View view, Height height) {
    return view.get(Table.SENDERS, Keys.of(height))
        .map(row -> {
          List<Address> senders = new ArrayList<>();
          for (int i = 0; i < row.length; i += Address.BYTES) {
            senders.add(sender(row, i));
          }
          return senders;
        });
  }

  static Optional<List<Receipt>> receipts(KeyValues.View view, Height height) {
    return view.get(Table.RECEIPTS, Keys.of(height))
        .map(row ->
            Rows.read(
                Table.RECEIPTS,
                row,
                reader -> reader.list(Integer.MAX_VALUE, each -> Receipt.decode(each.string()))));
  }

  /// One transaction of a block; the others are passed over.
  static Optional<RecoveredTransaction> transaction(KeyValues.View view, TransactionPlace place) {
    return view.get(Table.BODIES, Keys.of(place.height()))
        .flatMap(body ->
            view.get(Table.SENDERS, Keys.of(place.height()))
                .filter(senders -> Address.BYTES * place.index() < senders.length)
                .map(senders ->
                    new RecoveredTransaction(
                        element(Table.BODIES, body, place.index(), TransactionCodec::read),
                        sender(senders, Address.BYTES * place.index()))));
  }

  /// One receipt of a block; the others are passed over.
  static Optional<Receipt> receipt(KeyValues.View view, TransactionPlace place) {
    return view.get(Table.RECEIPTS, Keys.of(place.height()))
        .map(row ->
            element(Table.RECEIPTS, row, place.index(), reader -> Receipt.decode(reader.string())));
  }

  static Optional<TransactionPlace> place(KeyValues.View view, Hash transactionHash) {
    return view.get(Table.TRANSACTION_PLACES, Keys.of(transactionHash))
        .map(row ->
            new TransactionPlace(
                new Height(Keys.number(row, 0)), ByteBuffer.wrap(row).getInt(Long.BYTES)));
  }

  static Optional<Height> height(KeyValues.View view, Hash blockHash) {
    return view.get(Table.BLOCK_HEIGHTS, Keys.of(blockHash))
        .map(row -> new Height(Keys.number(row, 0)));
  }

  static Optional<CommitCertificate> certificate(KeyValues.View view, Height height) {
    return view.get(Table.CERTIFICATES, Keys.of(height)).map(row -> proof(row).certificate);
  }

  static Optional<Authorship> authorship(KeyValues.View view, Height height) {
    return view.get(Table.AUTHORSHIPS, Keys.of(height)).map(Authorship::read);
  }

  static Optional<ConsensusExtension> extension(KeyValues.View view, Height height) {
    return view.get(Table.CERTIFICATES, Keys.of(height)).map(row -> proof(row).extension);
  }

  static Optional<CertifiedBlock> certified(KeyValues.View view, Height height) {
    Optional<byte[]> header = view.get(Table.HEADERS, Keys.of(height));
    Optional<byte[]> body = view.get(Table.BODIES, Keys.of(height));
    Optional<byte[]> proof = view.get(Table.CERTIFICATES, Keys.of(height));
    if (header.isEmpty() || body.isEmpty() || proof.isEmpty()) {
      return Optional.empty();
    }
    Bytes block =
        new RlpWriter(header.get().length + body.get().length + 16)
            .begin()
            .encoded(Bytes.wrap(header.get()))
            .encoded(Bytes.wrap(body.get()))
            .begin()
            .end()
            .begin()
            .end()
            .end()
            .toBytes();
    Proof parts = proof(proof.get());
    return Optional.of(
        new CertifiedBlock(block, parts.extension, parts.parent, parts.carried, parts.certificate));
  }

  static List<PrepareCertificate> prepared(KeyValues.View view, Height height) {
    int roundsMax = 256;
    return view.from(Table.PREPARED, Keys.prepared(height.number(), 0), roundsMax).stream()
        .filter(row -> Keys.number(row.key().toArray(), 0) == height.number())
        .map(row -> Rows.read(Table.PREPARED, row.value().toArray(), PrepareCertificate::readFrom))
        .toList();
  }

  private record Proof(
      ConsensusExtension extension,
      Optional<CommitCertificate> parent,
      CarriedSignatures carried,
      CommitCertificate certificate) {}

  private static Proof proof(byte[] row) {
    return Rows.read(
        Table.CERTIFICATES,
        row,
        reader -> {
          RlpReader fields = reader.list();
          ConsensusExtension extension = ConsensusExtension.readFrom(fields);
          Optional<CommitCertificate> parent =
              fields.list(1, CommitCertificate::readFrom).stream().findFirst();
          CarriedSignatures carried = CarriedSignatures.readFrom(fields);
          CommitCertificate certificate = CommitCertificate.readFrom(fields);
          fields.finish();
          return new Proof(extension, parent, carried, certificate);
        });
  }

  private static List<Transaction> transactions(byte[] body) {
    return Rows.read(
        Table.BODIES, body, reader -> reader.list(Integer.MAX_VALUE, TransactionCodec::read));
  }

  private static <T> T element(Table table, byte[] row, int index, Rows.Reading<T> reading) {
    return Rows.read(
        table,
        row,
        reader -> {
          RlpReader elements = reader.list();
          for (int i = 0; i < index; i++) {
            elements.skip();
          }
          return reading.read(elements);
        });
  }

  private static Address sender(byte[] senders, int offset) {
    return Address.of(senders, offset);
  }
}
