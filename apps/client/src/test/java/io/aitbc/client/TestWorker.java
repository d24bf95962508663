// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.blobs.Blob;
import io.aitbc.blobs.BlobAccess;
import io.aitbc.blobs.BlobHasher;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.BlobLimits;
import io.aitbc.blobs.BlobOwner;
import io.aitbc.blobs.BlobServer;
import io.aitbc.blobs.BlobStore;
import io.aitbc.blobs.Container;
import io.aitbc.blobs.DirectoryChunks;
import io.aitbc.blobs.Holders;
import io.aitbc.blobs.Part;
import io.aitbc.blobs.UploadWriter;
import io.aitbc.compute.ItemFile;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.compute.TaskFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.ServiceRequest;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.Training;
import io.aitbc.referee.TrainingState;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// A worker that does what Protocol §17.12 and §17.13 ask of one, with a store of its own that is
/// reached over HTTP, and stops where a test says so.
final class TestWorker implements AutoCloseable {
  private static final Hash SALT = BlobHasher.id(new byte[] {77}).root();

  private final ExecutedChain.View chain;
  private final BlobStore store;
  private final BlobServer server;
  private final Map<String, String> pages = new ConcurrentSkipListMap<>();

  /// How far it goes.
  WorkClaim.State last = WorkClaim.State.SETTLED;

  /// Whether it serves other outputs than it commits to.
  boolean liar;

  /// Whether it serves another state than it trained.
  boolean falseState;

  /// From which block on it knows its clients.
  long knowsFrom;

  TestWorker(ExecutedChain.View chain, Path folder) throws Exception {
    this.chain = chain;
    Path own = Files.createDirectories(folder);
    store =
        BlobStore.open(
            own,
            new DirectoryChunks(own.resolve("chunks")),
            BlobLimits.DEFAULT,
            Holders.NONE,
            InstantSource.system());
    server =
        BlobServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            store,
            new BlobAccess() {
              @Override
              public Optional<BlobOwner> owner(String authorization) {
                var judgement =
                    ServiceRequest.judge(
                        authorization,
                        ExecutedChain.CHAIN_ID,
                        chain.account(),
                        Instant.now().getEpochSecond());
                return chain.height() >= knowsFrom
                        && judgement instanceof ServiceRequest.Judgement.Asks(Address account)
                    ? Optional.of(new BlobOwner(account.toString()))
                    : Optional.empty();
              }

              @Override
              public boolean mayRead(BlobId id, String authorization) {
                return owner(authorization).isPresent();
              }
            },
            (path, _) ->
                Optional.ofNullable(pages.get(path))
                    .map(text -> text.getBytes(StandardCharsets.US_ASCII)));
  }

  String address() {
    return "http://127.0.0.1:" + server.port();
  }

  boolean register(Amount bond) {
    return chain.post(WorkCall.registerService(ServiceRole.WORKER, 1, address(), bond));
  }

  /// Says that it is reached elsewhere.
  boolean describe(String address) {
    return describe(WorkJob.EXACT, address);
  }

  /// Says where it is reached, and what classes of verification it serves.
  boolean describe(long classes, String address) {
    return chain.post(WorkCall.describeService(ServiceRole.WORKER, classes, address));
  }

  /// What the chain waits for.
  void step() throws Exception {
    long jobs = chain.read(WorkRead.jobCount()).orElseThrow();
    for (long number = 1; number <= jobs; number++) {
      WorkJob job = chain.read(WorkRead.job(number)).orElseThrow();
      for (long claim = 0; claim < job.claims(); claim++) {
        step(new ClaimId(number, claim), job);
      }
    }
  }

  private void step(ClaimId claim, WorkJob job) throws Exception {
    WorkJob.Place place = chain.read(WorkRead.assignment(claim)).orElseThrow().place();
    if (place == WorkJob.Place.OPEN) {
      List<Address> workers = chain.read(WorkRead.workers(claim)).orElse(List.of());
      long turn = chain.read(WorkRead.turn(claim)).orElseThrow();
      if (turn < workers.size()
          && workers.get((int) turn).equals(chain.account())
          && read(TaskFile.id(job.task())).isPresent()) {
        boolean _ = chain.post(WorkCall.accept(claim));
      }
      return;
    }
    Optional<WorkClaim> state = chain.read(WorkRead.claim(claim));
    if (place == WorkJob.Place.TAKEN
        && state.isPresent()
        && state.get().worker().equals(chain.account())
        && state.get().state().compareTo(last) < 0) {
      work(claim, job, state.get());
    }
  }

  private void work(ClaimId claim, WorkJob job, WorkClaim state) throws Exception {
    List<Bytes> outputs = outputs(claim, job);
    Hash root = ItemFile.outputTree(outputs).root();
    switch (state.state()) {
      case ACCEPTED -> {
        Hash commitment =
            WorkCall.commitment(ExecutedChain.CHAIN_ID, claim, chain.account(), root, SALT);
        boolean _ = chain.post(WorkCall.commit(claim, commitment));
      }
      case COMMITTED -> {
        List<Bytes> served = liar ? outputs.reversed() : outputs;
        BlobId id = put(ItemFile.encoded(served));
        pages.put("/claims/%d/%d/outputs".formatted(claim.job(), claim.claim()), id.toString());
        if (job.trains()) {
          serveState(claim, job);
        }
        boolean _ = chain.post(WorkCall.reveal(claim, root, SALT));
      }
      case REVEALED -> {
        if (!chain.post(WorkCall.settle(claim))) {
          boolean _ = chain.post(WorkCall.drawSeats(claim));
        }
      }
      case SETTLED, VOID, FRAUD -> {}
    }
  }

  private List<Bytes> outputs(ClaimId claim, WorkJob job) throws Exception {
    Model model = Model.decode(read(task(job).model()).orElseThrow());
    if (job.trains()) {
      return states(job).stream()
          .map(state -> TrainingState.tree(model, state).root().toBytes())
          .toList();
    }
    List<Bytes> inputs =
        ItemFile.decode(read(task(job).inputs()).orElseThrow(), job.count()).orElseThrow();
    int from = (int) claim.claim() * ClaimId.ITEMS_MAX;
    try (RefereeEngine engine = new RefereeEngine(model, Kernel.plain(), Workers.NONE)) {
      return engine.run(
          inputs.subList(from, Math.min(inputs.size(), from + ClaimId.ITEMS_MAX)),
          Duration.ofMinutes(1));
    }
  }

  private TaskFile task(WorkJob job) throws Exception {
    return TaskFile.decode(read(TaskFile.id(job.task())).orElseThrow()).orElseThrow();
  }

  /// The states after the segments of a job that trains.
  private List<List<Elements>> states(WorkJob job) throws Exception {
    Model model = Model.decode(read(task(job).model()).orElseThrow());
    List<Bytes> items = ItemFile.decode(read(task(job).inputs()).orElseThrow(), 2).orElseThrow();
    Training training =
        new Training(
            model,
            items.get(0).toArray(),
            TrainingState.decode(model, items.get(1).toArray()).orElseThrow(),
            Kernel.plain(),
            Workers.NONE);
    List<List<Elements>> states = new ArrayList<>();
    for (long segment = 0; segment < job.count(); segment++) {
      for (long step = 0; step < job.steps(); step++) {
        training.step();
      }
      states.add(training.state());
    }
    return states;
  }

  private void serveState(ClaimId claim, WorkJob job) throws Exception {
    List<List<Elements>> states = states(job);
    BlobId id = put(TrainingState.encoded(falseState ? states.getFirst() : states.getLast()));
    pages.put(
        "/claims/%d/%d/states/%d".formatted(claim.job(), claim.claim(), states.size() - 1),
        id.toString());
  }

  private Optional<byte[]> read(BlobId id) throws Exception {
    if (!store.has(id)) {
      return Optional.empty();
    }
    Blob blob = store.read(id);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (int chunk = 0; chunk < id.chunks(); chunk++) {
      content.writeBytes(blob.chunk(chunk));
    }
    return Optional.of(content.toByteArray());
  }

  private BlobId put(byte[] content) throws Exception {
    BlobId id = BlobHasher.id(content);
    if (!store.has(id)) {
      BlobOwner self = new BlobOwner("self");
      Container upload = store.begin(id, self, Duration.ofDays(1));
      try (UploadWriter writer = store.goOn(upload, self)) {
        writer.append(Part.of(content), content.length);
      }
    }
    return id;
  }

  @Override
  public void close() {
    server.close();
  }
}
