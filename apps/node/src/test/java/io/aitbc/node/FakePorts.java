// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Effect;
import io.aitbc.consensus.Input;
import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.Misconduct;
import io.aitbc.consensus.Peer;
import io.aitbc.consensus.Recipients;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/// The world around an effect loop, in the hands of a test: it writes down what was asked for, in
/// order, and time passes when the test says so.
final class FakePorts implements Ports, Ports.Pool, Chain {
  /// Something that was asked for.
  sealed interface Event {
    record Persisted(LogRecord logRecord) implements Event {}

    record AskedToSign(SigningRequest request) implements Event {}

    record Sent(Recipients to, PeerMessage message) implements Event {}

    record Executed(Effect.Execute proposal) implements Event {}

    record Committed(Effect.Commit block) implements Event {}

    record Blamed(Peer peer) implements Event {}
  }

  private record Later(long atMillis, long order, Runnable task) {}

  final List<Event> events = new ArrayList<>();
  final Map<Hash, Bytes> pending = new TreeMap<>();
  final List<Peer> reserved = new ArrayList<>();
  final List<Peer> full = new ArrayList<>();
  final TreeSet<Bytes> invalid = new TreeSet<>();
  final List<List<Bytes>> judged = new ArrayList<>();
  final Map<Height, CommitCertificate> certificates = new TreeMap<>();
  final List<CertifiedBlock> served = new ArrayList<>();
  Height head = Height.GENESIS;

  /// How long a block takes until it is durable.
  Duration writing = Duration.ZERO;

  Function<SigningRequest, Input> signer =
      request ->
          new Input.Signed(request, new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])));
  Function<List<CertifiedBlock>, Appended> appending = _ -> new Appended.Known();
  Consumer<Input> give = _ -> {};
  Function<Effect.Execute, Input.Executed> executing =
      _ -> {
        throw new AssertionError("nothing is to be executed");
      };
  Function<Effect.Verify, Input.Verified> verifying =
      request -> new Input.Verified(request.id(), Optional.empty());
  long nowMillis = 1_700_000_000_000L;
  private final List<Later> later = new ArrayList<>();
  private long order;

  static Peer peer(int number) {
    return new Peer(Bytes.of((byte) number));
  }

  /// What was sent to `peer`, in order.
  List<PeerMessage> sentTo(Peer peer) {
    return events.stream()
        .filter(event ->
            event instanceof Event.Sent(Recipients to, PeerMessage _)
                && to.equals(new Recipients.One(peer)))
        .map(event -> ((Event.Sent) event).message())
        .toList();
  }

  /// Lets `duration` pass, task by task.
  void pass(Duration duration) {
    long end = nowMillis + duration.toMillis();
    Optional<Later> next = dueBy(end);
    while (next.isPresent()) {
      later.remove(next.get());
      nowMillis = Math.max(nowMillis, next.get().atMillis());
      next.get().task().run();
      next = dueBy(end);
    }
    nowMillis = end;
  }

  private Optional<Later> dueBy(long end) {
    return later.stream()
        .filter(each -> each.atMillis() <= end)
        .min((a, b) ->
            a.atMillis() != b.atMillis()
                ? Long.compare(a.atMillis(), b.atMillis())
                : Long.compare(a.order(), b.order()));
  }

  /// A pending transaction.
  Hash wait(Bytes transaction) {
    Hash hash = Keccak256.hash(transaction);
    pending.put(hash, transaction);
    return hash;
  }

  @Override
  public Instant now() {
    return Instant.ofEpochMilli(nowMillis);
  }

  @Override
  public boolean isReserved(Peer peer) {
    return reserved.contains(peer);
  }

  @Override
  public boolean hasRoomForTransactions(Peer peer) {
    return !full.contains(peer);
  }

  @Override
  public void after(Duration delay, Runnable task) {
    later.add(new Later(nowMillis + delay.toMillis(), order++, task));
  }

  @Override
  public void verify(Effect.Verify request) {
    after(Duration.ZERO, () -> give.accept(verifying.apply(request)));
  }

  @Override
  public void persist(LogRecord logRecord) {
    events.add(new Event.Persisted(logRecord));
  }

  @Override
  public void sign(SigningRequest request, Consumer<Input> answer) {
    events.add(new Event.AskedToSign(request));
    answer.accept(signer.apply(request));
  }

  @Override
  public void send(Recipients to, PeerMessage message) {
    events.add(new Event.Sent(to, message));
  }

  @Override
  public void blame(Peer peer, Misconduct misconduct) {
    events.add(new Event.Blamed(peer));
  }

  @Override
  public void blameForBlock(Peer peer, Height height, String reason) {
    events.add(new Event.Blamed(peer));
  }

  @Override
  public void report(Evidence evidence) {
    throw new AssertionError("nobody contradicted itself: " + evidence);
  }

  @Override
  public void forwardTransactions(Address proposer) {
    throw new AssertionError("there is nobody to forward to");
  }

  @Override
  public void stopDiverged(Effect.StopDiverged difference) {
    throw new AssertionError("diverged: " + difference);
  }

  @Override
  public Pool pool() {
    return this;
  }

  @Override
  public Chain chain() {
    return this;
  }

  @Override
  public Batch select(int countMax, int bytesMax) {
    return new Batch(List.copyOf(pending.keySet()), List.copyOf(pending.values()));
  }

  @Override
  public Optional<Bytes> transaction(Hash hash) {
    return Optional.ofNullable(pending.get(hash));
  }

  @Override
  public void decided(List<Hash> transactions) {
    transactions.forEach(pending::remove);
  }

  @Override
  public void judge(Batch batch, Consumer<Boolean> answer) {
    List<Bytes> transactions = batch.transactions();
    judged.add(transactions);
    answer.accept(transactions.stream().noneMatch(invalid::contains));
  }

  @Override
  public void execute(Effect.Execute proposal, Consumer<Input.Executed> answer) {
    events.add(new Event.Executed(proposal));
    after(Duration.ZERO, () -> answer.accept(executing.apply(proposal)));
  }

  @Override
  public void commit(Effect.Commit block, Runnable durable) {
    events.add(new Event.Committed(block));
    if (writing.isZero()) {
      head = block.content().height();
    } else {
      after(
          writing,
          () -> {
            head = block.content().height();
            durable.run();
          });
    }
  }

  @Override
  public void append(List<CertifiedBlock> blocks, Consumer<Appended> answer) {
    Appended outcome = appending.apply(blocks);
    answer.accept(outcome);
  }

  @Override
  public Height head() {
    return head;
  }

  @Override
  public Optional<CommitCertificate> certificate(Height height) {
    return Optional.ofNullable(certificates.get(height));
  }

  @Override
  public List<CertifiedBlock> blocks(Height from, int count) {
    return served.stream().filter(block -> !from.isAbove(block.height())).limit(count).toList();
  }
}
