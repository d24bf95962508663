// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.List;

/// Everything that peers send each other, each with the type byte of its frame and one encoding.
/// Protocol §11.10.
public sealed interface PeerMessage extends Encodable
    permits ConsensusMessage,
        PeerMessage.Hello,
        PeerMessage.Status,
        PeerMessage.Goodbye,
        PeerMessage.Ping,
        PeerMessage.Pong,
        PeerMessage.PeersRequest,
        PeerMessage.Peers,
        PeerMessage.CertificateRequest,
        PeerMessage.MissingTransactionsRequest,
        PeerMessage.MissingTransactions,
        PeerMessage.TransactionHashes,
        PeerMessage.TransactionsRequest,
        PeerMessage.Transactions,
        PeerMessage.BlocksRequest,
        PeerMessage.Blocks,
        SlotBlock,
        SlotBlockRequest,
        SnapshotMessage {
  /// Version of this section; peers of another version are refused.
  int PROTOCOL_VERSION = 1;

  /// Most bytes of transactions in one message, and of the transactions of one content.
  int BODIES_BYTES_MAX = 4 << 20;

  /// Most bytes of blocks in one message: one block of the greatest size with its certificates.
  int BLOCKS_BYTES_MAX = BODIES_BYTES_MAX + (1 << 19);

  /// Most transaction hashes in a message of the mempool.
  int HASHES_MAX = 4_096;

  /// Most bytes of one encoded transaction.
  int TRANSACTION_BYTES_MAX = 1 << 17;

  /// Most blocks in one request or answer.
  int BLOCKS_MAX = 256;

  /// Most addresses in one answer.
  int PEERS_MAX = 256;

  /// Which message this is.
  FrameType frameType();

  /// The first message on a connection, both ways.
  ///
  /// @param protocolVersion {@link #PROTOCOL_VERSION}
  /// @param chainId the chain id of transactions
  /// @param genesisHash the network
  /// @param head height of the sender's last final block
  /// @param headHash its hash
  /// @param listenPort where the sender takes connections, or 0 for nowhere
  record Hello(
      int protocolVersion,
      long chainId,
      Hash genesisHash,
      Height head,
      Hash headHash,
      int listenPort)
      implements PeerMessage {
    /// @throws IllegalArgumentException if a number is out of range
    public Hello {
      if (protocolVersion < 0
          || chainId < 0
          || listenPort < 0
          || listenPort > PeerAddress.PORT_MAX) {
        throw new IllegalArgumentException(
            "version " + protocolVersion + ", chain " + chainId + ", port " + listenPort);
      }
    }

    @Override
    public FrameType frameType() {
      return FrameType.HELLO;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(protocolVersion).number(chainId).hash(genesisHash);
      writer.number(head.number()).hash(headHash).number(listenPort).end();
    }

    static Hello readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      Hello hello =
          new Hello(
              fields.number(Integer.MAX_VALUE),
              fields.number(),
              fields.hash(),
              Height.readFrom(fields),
              fields.hash(),
              fields.number(PeerAddress.PORT_MAX));
      fields.finish();
      return hello;
    }
  }

  /// How far the sender is; sent on every final block, at most a few times a second.
  ///
  /// @param head height of its last final block
  /// @param headHash its hash
  /// @param earliest height of the first block it can serve
  record Status(Height head, Hash headHash, Height earliest) implements PeerMessage {
    @Override
    public FrameType frameType() {
      return FrameType.STATUS;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(head.number()).hash(headHash).number(earliest.number()).end();
    }

    static Status readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      Status status = new Status(Height.readFrom(fields), fields.hash(), Height.readFrom(fields));
      fields.finish();
      return status;
    }
  }

  /// Asks for a {@link Pong} with the same number, to measure the way.
  ///
  /// @param nonce any number, not negative
  record Ping(long nonce) implements PeerMessage {
    /// @throws IllegalArgumentException if the nonce is negative
    public Ping {
      requireNonce(nonce);
    }

    @Override
    public FrameType frameType() {
      return FrameType.PING;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(nonce).end();
    }

    static Ping readFrom(RlpReader reader) throws MalformedException {
      return new Ping(readNonce(reader));
    }
  }

  /// The answer to a {@link Ping}.
  ///
  /// @param nonce that of the ping
  record Pong(long nonce) implements PeerMessage {
    /// @throws IllegalArgumentException if the nonce is negative
    public Pong {
      requireNonce(nonce);
    }

    @Override
    public FrameType frameType() {
      return FrameType.PONG;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(nonce).end();
    }

    static Pong readFrom(RlpReader reader) throws MalformedException {
      return new Pong(readNonce(reader));
    }
  }

  /// The last message on a connection: why the sender closes it. May come instead of a hello.
  ///
  /// @param reason the number of the reason, Protocol §15.1; one that the receiver does not know is
  ///   no error
  record Goodbye(int reason) implements PeerMessage {
    /// Greatest number of a reason.
    public static final int REASON_MAX = 255;

    /// @throws IllegalArgumentException if the number is out of range
    public Goodbye {
      requireCount(reason, REASON_MAX);
    }

    @Override
    public FrameType frameType() {
      return FrameType.GOODBYE;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(reason).end();
    }

    static Goodbye readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      Goodbye goodbye = new Goodbye(fields.number(REASON_MAX));
      fields.finish();
      return goodbye;
    }
  }

  /// Asks for addresses of other peers.
  ///
  /// @param count most addresses wanted, at most {@link #PEERS_MAX}
  record PeersRequest(int count) implements PeerMessage {
    /// @throws IllegalArgumentException if the count is out of range
    public PeersRequest {
      requireCount(count, PEERS_MAX);
    }

    @Override
    public FrameType frameType() {
      return FrameType.PEERS_REQUEST;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(count).end();
    }

    static PeersRequest readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      PeersRequest request = new PeersRequest(fields.number(PEERS_MAX));
      fields.finish();
      return request;
    }
  }

  /// Addresses of other peers.
  ///
  /// @param peers at most {@link #PEERS_MAX}
  record Peers(List<PeerAddress> peers) implements PeerMessage {
    /// @throws IllegalArgumentException if there are too many
    public Peers {
      peers = List.copyOf(peers);
      requireCount(peers.size(), PEERS_MAX);
    }

    @Override
    public FrameType frameType() {
      return FrameType.PEERS;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().list(peers, (w, peer) -> peer.writeTo(w)).end();
    }

    static Peers readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      Peers peers = new Peers(fields.list(PEERS_MAX, PeerAddress::readFrom));
      fields.finish();
      return peers;
    }
  }

  /// Asks for a commit certificate; the answer is a {@link CommitCertificate}, or nothing.
  ///
  /// @param height the height wanted; 0 for the latest that the peer has
  record CertificateRequest(Height height) implements PeerMessage {
    @Override
    public FrameType frameType() {
      return FrameType.CERTIFICATE_REQUEST;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(height.number()).end();
    }

    static CertificateRequest readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      CertificateRequest request = new CertificateRequest(Height.readFrom(fields));
      fields.finish();
      return request;
    }
  }

  /// Asks the sender of a proposal, or anyone who voted for it, for transactions of it.
  ///
  /// @param proposalId the proposal
  /// @param hashes the transactions, at most {@link ProposalContent#TRANSACTIONS_MAX}
  record MissingTransactionsRequest(Hash proposalId, List<Hash> hashes) implements PeerMessage {
    /// @throws IllegalArgumentException if there are too many
    public MissingTransactionsRequest {
      hashes = List.copyOf(hashes);
      requireCount(hashes.size(), ProposalContent.TRANSACTIONS_MAX);
    }

    @Override
    public FrameType frameType() {
      return FrameType.MISSING_TRANSACTIONS_REQUEST;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().hash(proposalId).list(hashes, RlpWriter::hash).end();
    }

    static MissingTransactionsRequest readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      Hash proposalId = fields.hash();
      List<Hash> hashes = fields.list(ProposalContent.TRANSACTIONS_MAX, RlpReader::hash);
      fields.finish();
      return new MissingTransactionsRequest(proposalId, hashes);
    }
  }

  /// Transactions of a proposal.
  ///
  /// @param proposalId the proposal
  /// @param bodies encoded transactions, at most {@link #BODIES_BYTES_MAX} bytes together
  record MissingTransactions(Hash proposalId, List<Bytes> bodies) implements PeerMessage {
    /// @throws IllegalArgumentException if there are too many or one is too long
    public MissingTransactions {
      bodies = requireBodies(bodies, ProposalContent.TRANSACTIONS_MAX);
    }

    @Override
    public FrameType frameType() {
      return FrameType.MISSING_TRANSACTIONS;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().hash(proposalId).list(bodies, RlpWriter::string).end();
    }

    static MissingTransactions readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      Hash proposalId = fields.hash();
      List<Bytes> bodies = readBodies(fields, ProposalContent.TRANSACTIONS_MAX);
      fields.finish();
      return new MissingTransactions(proposalId, bodies);
    }
  }

  /// Tells that the sender has these transactions.
  ///
  /// @param hashes at most {@link #HASHES_MAX}
  record TransactionHashes(List<Hash> hashes) implements PeerMessage {
    /// @throws IllegalArgumentException if there are too many
    public TransactionHashes {
      hashes = List.copyOf(hashes);
      requireCount(hashes.size(), HASHES_MAX);
    }

    @Override
    public FrameType frameType() {
      return FrameType.TRANSACTION_HASHES;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().list(hashes, RlpWriter::hash).end();
    }

    static TransactionHashes readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      TransactionHashes message = new TransactionHashes(fields.list(HASHES_MAX, RlpReader::hash));
      fields.finish();
      return message;
    }
  }

  /// Asks for pending transactions.
  ///
  /// @param request number that the answer repeats, above 0
  /// @param hashes at most {@link #HASHES_MAX}
  record TransactionsRequest(long request, List<Hash> hashes) implements PeerMessage {
    /// @throws IllegalArgumentException if there are too many
    public TransactionsRequest {
      requireNonce(request);
      hashes = List.copyOf(hashes);
      requireCount(hashes.size(), HASHES_MAX);
    }

    @Override
    public FrameType frameType() {
      return FrameType.TRANSACTIONS_REQUEST;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(request).list(hashes, RlpWriter::hash).end();
    }

    static TransactionsRequest readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      TransactionsRequest message =
          new TransactionsRequest(fields.number(), fields.list(HASHES_MAX, RlpReader::hash));
      fields.finish();
      return message;
    }
  }

  /// Pending transactions, asked for or sent unasked.
  ///
  /// @param request the number of the request, or 0 when unasked
  /// @param bodies encoded transactions, at most {@link #HASHES_MAX} and {@link #BODIES_BYTES_MAX}
  ///   bytes together
  record Transactions(long request, List<Bytes> bodies) implements PeerMessage {
    /// @throws IllegalArgumentException if there are too many or one is too long
    public Transactions {
      requireNonce(request);
      bodies = requireBodies(bodies, HASHES_MAX);
    }

    @Override
    public FrameType frameType() {
      return FrameType.TRANSACTIONS;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(request).list(bodies, RlpWriter::string).end();
    }

    static Transactions readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      long request = fields.number();
      List<Bytes> bodies = readBodies(fields, HASHES_MAX);
      fields.finish();
      return new Transactions(request, bodies);
    }
  }

  /// Asks for final blocks.
  ///
  /// @param request number that the answer repeats, not negative
  /// @param from height of the first block
  /// @param count how many, at most {@link #BLOCKS_MAX}; fewer may come
  record BlocksRequest(long request, Height from, int count) implements PeerMessage {
    /// @throws IllegalArgumentException if a number is out of range
    public BlocksRequest {
      requireNonce(request);
      requireCount(count, BLOCKS_MAX);
    }

    @Override
    public FrameType frameType() {
      return FrameType.BLOCKS_REQUEST;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(request).number(from.number()).number(count).end();
    }

    static BlocksRequest readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      BlocksRequest message =
          new BlocksRequest(fields.number(), Height.readFrom(fields), fields.number(BLOCKS_MAX));
      fields.finish();
      return message;
    }
  }

  /// Final blocks in ascending order without gaps, from the height asked for; none if the sender
  /// has none.
  ///
  /// @param request the number of the request
  /// @param blocks at most {@link #BLOCKS_MAX}, and {@link #BLOCKS_BYTES_MAX} bytes together
  record Blocks(long request, List<CertifiedBlock> blocks) implements PeerMessage {
    /// @throws IllegalArgumentException if there are too many
    public Blocks {
      requireNonce(request);
      blocks = List.copyOf(blocks);
      requireCount(blocks.size(), BLOCKS_MAX);
    }

    @Override
    public FrameType frameType() {
      return FrameType.BLOCKS;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(request).list(blocks, (w, block) -> block.writeTo(w)).end();
    }

    static Blocks readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      long request = fields.number();
      List<CertifiedBlock> blocks = fields.list(BLOCKS_MAX, CertifiedBlock::readFrom);
      fields.finish();
      return new Blocks(request, blocks);
    }
  }

  /// The message of `type` whose encoding is all of `payload`.
  static PeerMessage decode(FrameType type, Bytes payload) throws MalformedException {
    if (payload.length() > type.payloadBytesMax()) {
      throw new MalformedException(
          new Malformed.WrongLength(0, payload.length(), 0, type.payloadBytesMax()));
    }
    return switch (type) {
      case HELLO -> Encodable.decode(payload, Hello::readFrom);
      case STATUS -> Encodable.decode(payload, Status::readFrom);
      case PING -> Encodable.decode(payload, Ping::readFrom);
      case PONG -> Encodable.decode(payload, Pong::readFrom);
      case GOODBYE -> Encodable.decode(payload, Goodbye::readFrom);
      case PEERS_REQUEST -> Encodable.decode(payload, PeersRequest::readFrom);
      case PEERS -> Encodable.decode(payload, Peers::readFrom);
      case PROPOSAL -> Encodable.decode(payload, Proposal::readFrom);
      case VOTE -> Encodable.decode(payload, Vote::readFrom);
      case PREPARE_CERTIFICATE -> Encodable.decode(payload, PrepareCertificate::readFrom);
      case COMMIT_CERTIFICATE -> Encodable.decode(payload, CommitCertificate::readFrom);
      case ROUND_CHANGE -> Encodable.decode(payload, RoundChange::readFrom);
      case ROUND_CHANGE_CERTIFICATE -> Encodable.decode(payload, RoundChangeCertificate::readFrom);
      case ANCHOR -> Encodable.decode(payload, Anchor::readFrom);
      case EVIDENCE -> Encodable.decode(payload, Evidence::readFrom);
      case PROPOSAL_REQUEST -> Encodable.decode(payload, ProposalRequest::readFrom);
      case TRANSACTIONS_AHEAD -> Encodable.decode(payload, TransactionsAhead::readFrom);
      case CERTIFICATE_REQUEST -> Encodable.decode(payload, CertificateRequest::readFrom);
      case MISSING_TRANSACTIONS_REQUEST ->
          Encodable.decode(payload, MissingTransactionsRequest::readFrom);
      case MISSING_TRANSACTIONS -> Encodable.decode(payload, MissingTransactions::readFrom);
      case TRANSACTION_HASHES -> Encodable.decode(payload, TransactionHashes::readFrom);
      case TRANSACTIONS_REQUEST -> Encodable.decode(payload, TransactionsRequest::readFrom);
      case TRANSACTIONS -> Encodable.decode(payload, Transactions::readFrom);
      case BLOCKS_REQUEST -> Encodable.decode(payload, BlocksRequest::readFrom);
      case BLOCKS -> Encodable.decode(payload, Blocks::readFrom);
      case SLOT_BLOCK -> Encodable.decode(payload, SlotBlock::readFrom);
      case SLOT_BLOCK_REQUEST -> Encodable.decode(payload, SlotBlockRequest::readFrom);
      case SNAPSHOT_REQUEST -> Encodable.decode(payload, SnapshotMessage.Request::readFrom);
      case SNAPSHOT -> Encodable.decode(payload, SnapshotMessage.Beginning::readFrom);
      case SNAPSHOT_PARTS_REQUEST ->
          Encodable.decode(payload, SnapshotMessage.PartsRequest::readFrom);
      case SNAPSHOT_PARTS -> Encodable.decode(payload, SnapshotMessage.Parts::readFrom);
    };
  }

  private static void requireNonce(long nonce) {
    if (nonce < 0) {
      throw new IllegalArgumentException("negative: " + nonce);
    }
  }

  private static void requireCount(int count, int max) {
    if (count < 0 || count > max) {
      throw new IllegalArgumentException(count + " is not between 0 and " + max);
    }
  }

  private static List<Bytes> requireBodies(List<Bytes> bodies, int max) {
    requireCount(bodies.size(), max);
    long total = 0;
    for (Bytes body : bodies) {
      requireCount(body.length(), TRANSACTION_BYTES_MAX);
      total += body.length();
    }
    if (total > BODIES_BYTES_MAX) {
      throw new IllegalArgumentException(total + " bytes of transactions");
    }
    return List.copyOf(bodies);
  }

  private static List<Bytes> readBodies(RlpReader fields, int max) throws MalformedException {
    List<Bytes> bodies = fields.list(max, body -> body.string(0, TRANSACTION_BYTES_MAX));
    long total = 0;
    for (Bytes body : bodies) {
      total += body.length();
    }
    if (total > BODIES_BYTES_MAX) {
      throw fields.refuse("bytes of transactions", total);
    }
    return bodies;
  }

  private static long readNonce(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    long nonce = fields.number();
    fields.finish();
    return nonce;
  }
}
