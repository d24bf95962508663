// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.BlockFeed;
import io.aitbc.client.ChainClient;
import io.aitbc.client.DatedEvent;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.client.RpcJobChain;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkEvent;
import io.aitbc.model.Address;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// What a node says of its chain. All services of a process that trust one node have one view of
/// it: ten auditors ask nearly the same after each block, and it is asked, and read, once. One
/// thread watches for blocks; what else is asked of the node a service asks for all that want it
/// meanwhile. Safe for use by several threads.
final class NodeView implements AutoCloseable {
  /// A node that tells nothing for so long is asked.
  private static final long SILENCE_NANOS_MAX = 5_000_000_000L;

  private static final Duration ANSWER_TIME = Duration.ofSeconds(10);

  /// How long the watching thread waits for a block before it looks whether all is well.
  private static final Duration WATCH_TIME = Duration.ofSeconds(1);

  /// Between two attempts to reach a node that does not answer.
  private static final Duration RETRY_TIME = Duration.ofSeconds(1);

  /// The views of this process.
  private static final Map<URI, NodeView> SHARED = new TreeMap<>();

  private final ChainClient client;
  private final RpcJobChain reading;
  private final Optional<JsonRpc> rpc;

  /// Belongs to the watching thread, once that is started.
  private final Optional<BlockFeed> feed;

  /// When the node said last how high its chain is, of itself or asked. Belongs to who looks.
  private long heardNanos = System.nanoTime();

  /// Whether the node was behind what it had shown before, and has not caught up. Belongs to who
  /// looks.
  private boolean behind;

  /// How many services have it; guarded by {@link #SHARED}.
  private int holders;

  // What follows is guarded by this view.

  private final JobReads answers = new JobReads();

  /// Where workers said that they serve.
  private final TreeMap<Address, String> addresses = new TreeMap<>();

  /// What is asked now.
  private final Map<JobReads.Question, Asking> underWay = new HashMap<>();

  /// Events that were asked for after the last block.
  private final Map<Logs, CompletableFuture<List<WorkEvent>>> logs = new HashMap<>();

  /// Accounts that asked after the last block for what they have sent, and after the one before.
  private Set<Address> senders = new TreeSet<>();

  private Set<Address> sendersBefore = Set.of();

  /// How many of them are final, asked for after the last block.
  private final TreeMap<Address, CompletableFuture<Map<Address, Long>>> nonces = new TreeMap<>();

  private long seen = -1;
  private Optional<IOException> failure = Optional.empty();
  private Optional<Throwable> fault = Optional.empty();
  private Optional<Thread> watching = Optional.empty();

  /// Questions that are asked in one go, after a block.
  private static final class Asking {
    private final List<ContractRead<?>> reads;
    private final long height;

    /// The answers in the order of the questions.
    private final CompletableFuture<List<Optional<?>>> end = new CompletableFuture<>();

    Asking(List<ContractRead<?>> reads, long height) {
      this.reads = List.copyOf(reads);
      this.height = height;
    }
  }

  /// Events that are asked for.
  ///
  /// @param topics as in {@link ChainClient#workEvents}
  private record Logs(EconomyContract contract, List<List<Hash>> topics, long fromHeight) {}

  private NodeView(ChainClient client, Optional<JsonRpc> rpc, Optional<BlockFeed> feed) {
    this.client = client;
    this.reading = RpcJobChain.reading(client);
    this.rpc = rpc;
    this.feed = feed;
  }

  /// A view of a node that is asked whenever a service wants to know its height.
  ///
  /// @param client stays open
  static NodeView asking(ChainClient client) {
    return new NodeView(client, Optional.empty(), Optional.empty());
  }

  /// This process's view of a node, which tells of itself what is new. Whoever takes it closes it.
  ///
  /// @param node its JSON-RPC
  static NodeView of(URI node) {
    synchronized (SHARED) {
      NodeView view =
          SHARED.computeIfAbsent(
              node,
              _ -> {
                JsonRpc rpc = new JsonRpc(node, ANSWER_TIME);
                BlockFeed feed = new BlockFeed(node, JobReads.CONTRACTS);
                return new NodeView(new ChainClient(rpc), Optional.of(rpc), Optional.of(feed));
              });
      view.holders++;
      return view;
    }
  }

  /// The node's client.
  ChainClient client() {
    return client;
  }

  /// Asks the node.
  @FunctionalInterface
  interface Question<T> {
    /// Asks.
    T ask() throws IOException, RpcException;
  }

  /// Asks, and takes a refusal for a node that does not answer.
  static <T> T ask(Question<T> question) throws IOException {
    try {
      return question.ask();
    } catch (RpcException refused) {
      throw refused(refused);
    }
  }

  private static IOException refused(RpcException by) {
    return new IOException("the node refuses: " + by.getMessage(), by);
  }

  /// The last block that was looked at.
  ///
  /// @throws IOException while the node does not answer, or is behind what it had shown
  long height() throws IOException {
    if (feed.isEmpty()) {
      return asked();
    }
    synchronized (this) {
      if (watching.isEmpty()) {
        watching = Optional.of(Thread.ofVirtual().name("node view").start(() -> watch(feed.get())));
      }
      try {
        while (seen < 0 && failure.isEmpty() && fault.isEmpty()) {
          wait();
        }
      } catch (InterruptedException interrupted) {
        throw interrupted(interrupted);
      }
      if (fault.isPresent()) {
        throw new IllegalStateException("nobody watches the node any more", fault.get());
      }
      if (failure.isPresent()) {
        throw new IOException(failure.get().getMessage(), failure.get());
      }
      return seen;
    }
  }

  /// Waits until there may be another block than one.
  ///
  /// @param timeMax how long
  void awaitNews(long height, Duration timeMax) throws InterruptedException {
    if (feed.isEmpty()) {
      Thread.sleep(timeMax);
      return;
    }
    long end = System.nanoTime() + timeMax.toNanos();
    synchronized (this) {
      long left = timeMax.toMillis();
      while (seen == height && failure.isEmpty() && fault.isEmpty() && left > 0) {
        wait(left);
        left = Duration.ofNanos(end - System.nanoTime()).toMillis();
      }
    }
  }

  private void watch(BlockFeed from) {
    try (from) {
      while (!Thread.currentThread().isInterrupted()) {
        try {
          look(from);
          if (from.isOpen()) {
            boolean _ = from.await(WATCH_TIME);
          } else {
            Thread.sleep(ServiceLoop.POLL_TIME);
          }
        } catch (IOException failed) {
          synchronized (this) {
            failure = Optional.of(failed);
            notifyAll();
          }
          Thread.sleep(RETRY_TIME);
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error broken) {
      synchronized (this) {
        fault = Optional.of(broken); // The services end with it, and say so.
        notifyAll();
      }
    }
  }

  /// Hears what the node told of itself; it is asked after the feed was opened, and when it says
  /// nothing for long: the connection may be dead.
  private void look(BlockFeed from) throws IOException, InterruptedException {
    if (from.open() || !from.isOpen() || behind) {
      long _ = asked();
      return;
    }
    for (BlockFeed.Heard each : from.heard()) {
      hear(each);
    }
    if (System.nanoTime() - heardNanos > SILENCE_NANOS_MAX) {
      long before = height(this);
      if (asked() > before) {
        from.drop();
      }
    }
  }

  private static long height(NodeView view) {
    synchronized (view) {
      return view.seen;
    }
  }

  /// The height that the node gives when it is asked.
  private long asked() throws IOException {
    long height = ask(client::blockNumber);
    long before = height(this);
    behind = height < before;
    if (behind) {
      // What it answers is older than what was done: jobs and disputes would seem not to exist.
      throw new IOException(
          "the node is behind: it has block %d, and had %d".formatted(height, before));
    }
    if (height > before + JobReads.BLOCKS_MAX || !knowsAnything()) {
      forget();
    }
    heard(height > before && knowsAnything() ? changes(before + 1, height) : List.of(), height);
    return height;
  }

  /// What contracts wrote in blocks. Where one wrote more than a node answers with, all that is
  /// known is forgotten: whoever pays for such a block is not to stop the services.
  private List<DatedEvent> changes(long from, long to) throws IOException {
    try {
      return client.workEvents(JobReads.CONTRACTS, List.of(), from, to);
    } catch (RpcException refused) {
      if (refused.code() == RpcException.LIMIT_EXCEEDED) {
        forget();
        return List.of();
      }
      throw refused(refused);
    }
  }

  /// Nobody knows what has changed, or it would take long to read.
  private synchronized void forget() {
    answers.clear();
    addresses.clear();
  }

  private synchronized boolean knowsAnything() {
    return !(answers.isEmpty() && addresses.isEmpty());
  }

  private void hear(BlockFeed.Heard block) {
    long before = height(this);
    if (block.height() > before + 1) {
      forget(); // It told only the last of many.
    }
    if (block.height() > before) {
      heard(block.events(), block.height());
    }
  }

  /// From now on this is the last block: what it changed is not known any more.
  private synchronized void heard(List<DatedEvent> events, long height) {
    failure = Optional.empty();
    heardNanos = System.nanoTime();
    if (height > seen) {
      answers.heard(events, height);
      for (DatedEvent each : events) {
        if (each.event() instanceof WorkEvent.Described it) {
          String _ = addresses.remove(it.account());
        }
      }
      logs.clear();
      nonces.clear();
      sendersBefore = senders;
      senders = new TreeSet<>();
      seen = height;
    }
    notifyAll();
  }

  /// Another number whenever what is known of a job may have changed.
  synchronized long version(long job) {
    return answers.version(job);
  }

  /// What a contract answers after the last block that was looked at, or a later one.
  <T> Optional<T> read(ContractRead<T> read) throws IOException {
    JobReads.Question question = JobReads.Question.of(read);
    while (true) {
      Asking asking;
      boolean own = false;
      synchronized (this) {
        Optional<Optional<T>> known = answers.known(read, seen);
        if (known.isPresent()) {
          return known.get();
        }
        asking = underWay.get(question);
        if (asking == null || asking.height != seen) {
          own = true;
          asking = new Asking(seen < 0 ? List.of(read) : answers.askedWith(read, seen), seen);
          for (ContractRead<?> each : asking.reads) {
            Asking _ = underWay.put(JobReads.Question.of(each), asking);
          }
        }
      }
      if (own) {
        ask(asking);
      }
      Optional<List<Optional<?>>> all = own ? Optional.of(asking.end.join()) : end(asking.end);
      if (all.isPresent()) {
        synchronized (this) { // From there it is known that it was asked, and may be again.
          return answers.known(read, seen).orElse(answer(read, asking, all.get()));
        }
      }
    }
  }

  /// The same question has an answer of the same kind.
  @SuppressWarnings("unchecked")
  private static <T> Optional<T> answer(
      ContractRead<T> read, Asking asking, List<Optional<?>> answers) {
    JobReads.Question question = JobReads.Question.of(read);
    for (int i = 0; i < answers.size(); i++) {
      if (JobReads.Question.of(asking.reads.get(i)).equals(question)) {
        return (Optional<T>) answers.get(i);
      }
    }
    throw new IllegalStateException("it was not asked");
  }

  /// What comes of something that another service asks; empty if it did not get an answer.
  private static <T> Optional<T> end(CompletableFuture<T> of) throws IOException {
    try {
      return Optional.of(of.get());
    } catch (ExecutionException failed) {
      return Optional.empty(); // That one may have been stopped.
    } catch (InterruptedException interrupted) {
      throw interrupted(interrupted);
    }
  }

  private static IOException interrupted(InterruptedException by) {
    Thread.currentThread().interrupt();
    InterruptedIOException interrupted = new InterruptedIOException("interrupted");
    interrupted.initCause(by);
    return interrupted;
  }

  private void ask(Asking asking) throws IOException {
    try {
      List<Optional<?>> all = ask(() -> client.readEach(asking.reads));
      synchronized (this) {
        // Else a block came meanwhile, and nobody knows whether it changed the answers.
        if (asking.height == seen && seen >= 0) {
          for (int i = 0; i < all.size(); i++) {
            answers.keep(asking.reads.get(i), all.get(i), seen);
          }
        }
        boolean _ = underWay.values().removeIf(each -> each == asking);
      }
      boolean _ = asking.end.complete(all);
    } finally {
      if (!asking.end.isDone()) {
        synchronized (this) {
          boolean _ = underWay.values().removeIf(each -> each == asking);
        }
        boolean _ = asking.end.completeExceptionally(new IOException("no answer"));
      }
    }
  }

  /// How many transactions of an account are final after the last block that was looked at, or a
  /// later one. Whoever asked after the block before is likely to ask again: it is asked for all of
  /// them in one go.
  long finalNonce(Address account) throws IOException {
    while (true) {
      CompletableFuture<Map<Address, Long>> told;
      TreeSet<Address> asked = new TreeSet<>();
      synchronized (this) {
        boolean _ = senders.add(account);
        told = nonces.get(account);
        if (told == null) {
          boolean _ = asked.add(account);
          boolean _ = nonces.isEmpty() && asked.addAll(sendersBefore);
          told = new CompletableFuture<>();
          for (Address each : asked) {
            var _ = nonces.put(each, told);
          }
        }
      }
      Optional<Map<Address, Long>> all =
          asked.isEmpty() ? end(told) : Optional.of(ask(asked, told));
      if (all.isPresent()) {
        return Objects.requireNonNull(all.get().get(account));
      }
    }
  }

  private Map<Address, Long> ask(Set<Address> asked, CompletableFuture<Map<Address, Long>> told)
      throws IOException {
    try {
      Map<Address, Long> all = ask(() -> client.finalNonces(asked));
      boolean _ = told.complete(all);
      return all;
    } finally {
      if (!told.isDone()) {
        synchronized (this) {
          boolean _ = nonces.values().removeIf(told::equals);
        }
        boolean _ = told.completeExceptionally(new IOException("no answer"));
      }
    }
  }

  /// What a contract wrote from a block up to the last one that was looked at.
  ///
  /// @param topics at each position those that a log may have there; none for any
  List<WorkEvent> events(EconomyContract contract, List<List<Hash>> topics, long fromHeight)
      throws IOException {
    Logs wanted = new Logs(contract, topics, fromHeight);
    while (true) {
      CompletableFuture<List<WorkEvent>> told;
      boolean own = false;
      synchronized (this) {
        told = logs.get(wanted);
        if (told == null) {
          own = true;
          told = new CompletableFuture<>();
          CompletableFuture<List<WorkEvent>> _ = logs.put(wanted, told);
        }
      }
      if (own) {
        return ask(wanted, told);
      }
      Optional<List<WorkEvent>> events = end(told);
      if (events.isPresent()) {
        return events.get();
      }
    }
  }

  private List<WorkEvent> ask(Logs wanted, CompletableFuture<List<WorkEvent>> told)
      throws IOException {
    try {
      long known = height(this);
      long last = known < 0 ? ask(client::blockNumber) : known;
      List<EconomyContract> contract = List.of(wanted.contract);
      List<WorkEvent> events =
          ask(() -> client.workEvents(contract, wanted.topics, wanted.fromHeight, last)).stream()
              .map(DatedEvent::event)
              .toList();
      boolean _ = told.complete(events);
      return events;
    } finally {
      if (!told.isDone()) {
        synchronized (this) {
          boolean _ = logs.remove(wanted, told);
        }
        boolean _ = told.completeExceptionally(new IOException("no answer"));
      }
    }
  }

  /// Where a service says that it is reached: a stranger's text.
  Optional<String> serves(ServiceRole role, Address account) throws IOException {
    if (role != ServiceRole.WORKER) {
      return reading.serves(role, account);
    }
    long before;
    synchronized (this) {
      String known = addresses.get(account);
      if (known != null) {
        return Optional.of(known);
      }
      before = seen;
    }
    Optional<String> address = reading.serves(role, account);
    synchronized (this) {
      if (address.isPresent() && before == seen) {
        String _ = addresses.put(account, address.get());
      }
    }
    return address;
  }

  /// Ends it once all that took it have closed it.
  @Override
  public void close() {
    if (rpc.isEmpty()) {
      return;
    }
    synchronized (SHARED) {
      holders--;
      if (holders > 0) {
        return;
      }
      boolean _ = SHARED.remove(rpc.get().endpoint(), this);
    }
    synchronized (this) {
      watching.ifPresentOrElse(Thread::interrupt, () -> feed.ifPresent(BlockFeed::close));
    }
    rpc.get().close();
  }
}
