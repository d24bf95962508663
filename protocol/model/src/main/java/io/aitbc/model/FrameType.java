// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.util.Optional;

/// The first byte of a peer frame: which message follows, and how long it may be. Protocol §11.10.
public enum FrameType {
  /// {@link PeerMessage.Hello}.
  HELLO(0x01, 1 << 10),
  /// {@link PeerMessage.Status}.
  STATUS(0x02, 1 << 10),
  /// {@link PeerMessage.Ping}.
  PING(0x03, 1 << 6),
  /// {@link PeerMessage.Pong}.
  PONG(0x04, 1 << 6),
  /// {@link PeerMessage.PeersRequest}.
  PEERS_REQUEST(0x05, 1 << 6),
  /// {@link PeerMessage.Peers}.
  PEERS(0x06, 1 << 15),
  /// {@link PeerMessage.Goodbye}.
  GOODBYE(0x07, 1 << 6),
  /// {@link Proposal}: the hashes of {@link ProposalContent#TRANSACTIONS_MAX} transactions and less
  /// than 16 KiB of certificates.
  PROPOSAL(0x10, (1 << 20) + (1 << 16)),
  /// {@link Vote}.
  VOTE(0x11, 1 << 9),
  /// {@link PrepareCertificate}.
  PREPARE_CERTIFICATE(0x12, 1 << 10),
  /// {@link CommitCertificate}.
  COMMIT_CERTIFICATE(0x13, 1 << 10),
  /// {@link RoundChange}.
  ROUND_CHANGE(0x14, 1 << 11),
  /// {@link RoundChangeCertificate}.
  ROUND_CHANGE_CERTIFICATE(0x15, 1 << 11),
  /// {@link Anchor}.
  ANCHOR(0x16, 1 << 9),
  /// {@link Evidence}.
  EVIDENCE(0x17, 1 << 11),
  /// {@link ProposalRequest}.
  PROPOSAL_REQUEST(0x18, 1 << 7),
  /// {@link TransactionsAhead}.
  TRANSACTIONS_AHEAD(0x19, (1 << 20) + (1 << 16)),
  /// {@link PeerMessage.CertificateRequest}.
  CERTIFICATE_REQUEST(0x1a, 1 << 7),
  /// {@link PeerMessage.MissingTransactionsRequest}.
  MISSING_TRANSACTIONS_REQUEST(0x1b, (1 << 20) + (1 << 16)),
  /// {@link PeerMessage.MissingTransactions}: the bytes, and up to 4 around each transaction.
  MISSING_TRANSACTIONS(0x1c, PeerMessage.BODIES_BYTES_MAX + (1 << 17)),
  /// {@link PeerMessage.TransactionHashes}.
  TRANSACTION_HASHES(0x20, 1 << 18),
  /// {@link PeerMessage.TransactionsRequest}.
  TRANSACTIONS_REQUEST(0x21, 1 << 18),
  /// {@link PeerMessage.Transactions}.
  TRANSACTIONS(0x22, PeerMessage.BODIES_BYTES_MAX + (1 << 15)),
  /// {@link PeerMessage.BlocksRequest}.
  BLOCKS_REQUEST(0x30, 1 << 7),
  /// {@link PeerMessage.Blocks}.
  BLOCKS(0x31, PeerMessage.BLOCKS_BYTES_MAX + (1 << 12)),
  /// {@link SlotBlock}.
  SLOT_BLOCK(0x32, PeerMessage.BLOCKS_BYTES_MAX + (1 << 8)),
  /// {@link SlotBlockRequest}.
  SLOT_BLOCK_REQUEST(0x33, 1 << 6),
  /// {@link SnapshotMessage.Request}.
  SNAPSHOT_REQUEST(0x34, 1 << 7),
  /// {@link SnapshotMessage.Beginning}: the derived state and 256 headers of at most 1 KiB.
  SNAPSHOT(0x35, SnapshotMessage.DERIVED_BYTES_MAX + (1 << 18) + (1 << 10)),
  /// {@link SnapshotMessage.PartsRequest}.
  SNAPSHOT_PARTS_REQUEST(0x36, 1 << 13),
  /// {@link SnapshotMessage.Parts}.
  SNAPSHOT_PARTS(0x37, SnapshotMessage.PARTS_BYTES_MAX + (1 << 10));

  private final int code;
  private final int payloadBytesMax;

  FrameType(int code, int payloadBytesMax) {
    this.code = code;
    this.payloadBytesMax = payloadBytesMax;
  }

  /// The byte on the wire, from 1 to 127; never changes and is never used again.
  public int code() {
    return code;
  }

  /// Most bytes after the type byte; a longer frame is refused before it is read.
  public int payloadBytesMax() {
    return payloadBytesMax;
  }

  /// The type with this byte, if there is one.
  public static Optional<FrameType> of(int code) {
    for (FrameType type : values()) {
      if (type.code == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
