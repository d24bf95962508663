// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.Blob;
import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.BlobHasher;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.BlobOwner;
import io.aitbc.blobs.BlobRefusedException;
import io.aitbc.blobs.BlobStore;
import io.aitbc.blobs.Container;
import io.aitbc.blobs.Part;
import io.aitbc.blobs.UploadWriter;
import io.aitbc.compute.ItemFile;
import io.aitbc.compute.TaskFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.WorkJob;
import io.aitbc.referee.Elements;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.Model;
import io.aitbc.referee.TrainingState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The files of jobs in a service's own store: read, kept, fetched from others. What is not what
/// the chain says is never given. Belongs to one thread. Protocol §17.9.
public final class JobFiles {
  /// Longest file of a model that is taken: some 60 million weights of four bytes.
  public static final long MODEL_BYTES_MAX = 1L << 28;

  /// How long a file is kept: a job's time, its window, its disputes, and a bond's unbonding.
  public static final Duration LEASE = Duration.ofDays(8);

  /// Task, model and inputs.
  private static final int FILES = 3;

  /// Tasks whose content stays in memory: some 300 bytes each.
  private static final int TASKS_KNOWN = 1_024;

  /// Models that stay in memory beside these: many jobs have one, and reading it takes longer than
  /// looking at a few of a job's leaves.
  private static final int MODELS_KEPT = 2;

  /// What they may take together, so that services of one process leave each other room; the last
  /// one stays however large it is.
  private static final long MODELS_BYTES_MAX = Runtime.getRuntime().maxMemory() / 16;

  /// A worker that serves slower than this does not serve: a model and inputs of the greatest
  /// length come within a window of 600 s.
  private static final int SECOND_BYTES_MIN = 1 << 20;

  private static final Duration TIME_MIN = Duration.ofSeconds(30);

  private final BlobStore store;
  private final JobMemory memory;
  private final Map<BlobId, List<BlobId>> known = new LinkedHashMap<>();
  private final Map<Hash, KnownModel> models = new LinkedHashMap<>();

  /// @param file that it was read from
  private record KnownModel(BlobId file, Model model) {}

  /// What there is of a job's files.
  sealed interface Found {
    /// All is here and right.
    record Whole(JobWork work) implements Found {}

    /// Something is not here.
    ///
    /// @param file what
    record Missing(BlobId file) implements Found {}

    /// It is not what the chain says, or longer than is taken: it can never be done.
    ///
    /// @param what is wrong
    record Wrong(String what) implements Found {}
  }

  /// Files in a store that is open.
  public JobFiles(BlobStore store) {
    this(store, JobMemory.SHARED);
  }

  /// Files in a store that is open.
  ///
  /// @param memory where what was read stays
  JobFiles(BlobStore store, JobMemory memory) {
    this.store = store;
    this.memory = memory;
  }

  /// Keeps content for {@link #LEASE}.
  ///
  /// @throws IOException if there is no room, or the disk fails
  public BlobId put(byte[] content) throws IOException {
    BlobId id = BlobHasher.id(content);
    try {
      if (store.has(id)) {
        var _ = store.lease(id, BlobOwner.HOLDER, LEASE);
      } else {
        Container upload = store.begin(id, BlobOwner.HOLDER, LEASE);
        try (UploadWriter writer = store.goOn(upload, BlobOwner.HOLDER)) {
          writer.append(Part.of(content), content.length);
        }
      }
    } catch (BlobRefusedException refused) {
      throw new IOException("the store takes no " + id + ": " + refused.refusal(), refused);
    }
    return id;
  }

  /// The content of a blob that is here.
  Optional<byte[]> read(BlobId id) throws IOException {
    try {
      if (!store.has(id)) {
        return Optional.empty();
      }
      Blob blob = store.read(id);
      ByteArrayOutputStream content = new ByteArrayOutputStream((int) id.length());
      for (int chunk = 0; chunk < id.chunks(); chunk++) {
        content.writeBytes(blob.chunk(chunk));
      }
      return Optional.of(content.toByteArray());
    } catch (BlobRefusedException lost) {
      return Optional.empty(); // Removed meanwhile, or damaged: it may come again.
    }
  }

  /// A job's files, if they are here.
  Found find(WorkJob job) throws IOException {
    Optional<JobWork> before = memory.get(job);
    if (before.isPresent() && haveAll(ids(job))) {
      return new Found.Whole(before.get());
    }
    BlobId taskId = TaskFile.id(job.task());
    Optional<byte[]> bytes = read(taskId);
    if (bytes.isEmpty()) {
      return new Found.Missing(taskId);
    }
    Optional<TaskFile> task = TaskFile.decode(bytes.get());
    if (task.isEmpty() || tooLong(task.get())) {
      return new Found.Wrong("the task");
    }
    for (BlobId file : List.of(task.get().model(), task.get().inputs())) {
      if (!store.has(file)) {
        return new Found.Missing(file);
      }
    }
    Found found = read(job, task.get());
    if (found instanceof Found.Whole(JobWork work)) {
      memory.put(job, work);
    }
    return found;
  }

  private boolean haveAll(List<BlobId> ids) {
    return ids.size() == FILES && ids.stream().allMatch(store::has);
  }

  /// A job's model, if it is here, also when its inputs are not.
  Optional<Model> model(WorkJob job) throws IOException {
    KnownModel before = models.get(job.model()); // Whatever file it is of: its id tells all.
    if (before != null) {
      return Optional.of(before.model);
    }
    Optional<TaskFile> task = read(TaskFile.id(job.task())).flatMap(TaskFile::decode);
    if (task.isEmpty() || tooLong(task.get())) {
      return Optional.empty();
    }
    try {
      return decoded(task.get().model(), job).filter(it -> it.id().equals(job.model()));
    } catch (MalformedModelException malformed) {
      return Optional.empty();
    }
  }

  /// The same, and fetches it, without the inputs, if it is not here.
  ///
  /// @throws IOException if it does not come
  Optional<Model> fetchModel(WorkJob job, Source from) throws IOException {
    Optional<Model> here = model(job);
    if (here.isPresent()) {
      return here;
    }
    BlobId taskId = TaskFile.id(job.task());
    if (!store.has(taskId)) {
      from.bring(taskId);
    }
    Optional<TaskFile> task = read(taskId).flatMap(TaskFile::decode);
    if (task.isPresent() && !tooLong(task.get()) && !store.has(task.get().model())) {
      from.bring(task.get().model());
    }
    return model(job);
  }

  /// The model in a file, if that is here.
  private Optional<Model> decoded(BlobId file, WorkJob job)
      throws IOException, MalformedModelException {
    KnownModel before = models.get(job.model());
    if (before != null && before.file.equals(file)) {
      return Optional.of(before.model);
    }
    Optional<Model> others = store.has(file) ? DecodedModels.of(file) : Optional.empty();
    Optional<byte[]> bytes = others.isPresent() ? Optional.empty() : read(file);
    if (others.isEmpty() && bytes.isEmpty()) {
      return Optional.empty();
    }
    Model model = others.isPresent() ? others.get() : Model.decode(bytes.orElseThrow());
    if (model.id().equals(job.model())) {
      KnownModel _ = models.put(model.id(), new KnownModel(file, model));
      while (models.size() > 1
          && (models.size() > MODELS_KEPT || modelBytes() > MODELS_BYTES_MAX)) {
        KnownModel _ = models.remove(models.keySet().iterator().next());
      }
      DecodedModels.put(file, model);
    }
    return Optional.of(model);
  }

  private long modelBytes() {
    return models.values().stream().mapToLong(each -> ExecutionMemory.modelBytes(each.model)).sum();
  }

  static boolean tooLong(TaskFile task) {
    return task.model().length() > MODEL_BYTES_MAX || task.inputs().length() > ItemFile.BYTES_MAX;
  }

  /// Whether a blob is here.
  boolean has(BlobId id) {
    return store.has(id);
  }

  /// Keeps a blob on the service's own account from now on for {@link #LEASE}, whoever else leases
  /// it.
  ///
  /// @return whether it is here
  /// @throws IOException if the disk fails
  boolean keep(BlobId id) throws IOException {
    try {
      var _ = store.lease(id, BlobOwner.HOLDER, LEASE);
      return true;
    } catch (BlobRefusedException refused) {
      return false;
    }
  }

  /// Bytes that may still be put here.
  ///
  /// @throws IOException if nobody can say
  long room() throws IOException {
    return store.room();
  }

  /// Keeps a blob no longer on the service's own account.
  ///
  /// @throws IOException if the disk fails
  void release(BlobId id) throws IOException {
    try {
      store.release(id, BlobOwner.HOLDER);
    } catch (BlobRefusedException busy) {
      // Its lease ends by itself.
    }
  }

  /// Whether the client of a job put all of its files here itself: who knows the task hash of
  /// somebody else's job alone has no share in that job's files.
  boolean areOfClient(WorkJob job) throws IOException {
    BlobOwner client = new BlobOwner(job.client().toString());
    List<BlobId> all = ids(job);
    return all.size() == FILES && all.stream().allMatch(id -> store.isLeasedBy(id, client));
  }

  /// Ids of a job's files, its task first: those that are known.
  List<BlobId> ids(WorkJob job) throws IOException {
    BlobId taskId = TaskFile.id(job.task());
    List<BlobId> before = known.get(taskId);
    if (before != null) {
      return before;
    }
    Optional<TaskFile> task = read(taskId).flatMap(TaskFile::decode);
    if (task.isEmpty()) {
      return List.of(taskId);
    }
    if (known.size() == TASKS_KNOWN) {
      List<BlobId> _ = known.remove(known.keySet().iterator().next());
    }
    List<BlobId> all = List.of(taskId, task.get().model(), task.get().inputs());
    List<BlobId> _ = known.put(taskId, all);
    return all;
  }

  private Found read(WorkJob job, TaskFile task) throws IOException {
    Optional<byte[]> items = read(task.inputs());
    Optional<Model> known;
    try {
      known = decoded(task.model(), job);
    } catch (MalformedModelException malformed) {
      return new Found.Wrong("the model: " + malformed.fault());
    }
    if (known.isEmpty() || items.isEmpty()) {
      return new Found.Missing(known.isEmpty() ? task.model() : task.inputs());
    }
    Model model = known.get();
    if (!model.id().equals(job.model()) || model.trains() != job.trains()) {
      return new Found.Wrong("the model is " + model.id());
    }
    if (job.trains()) {
      return readTraining(job, model, items.get());
    }
    Optional<List<Bytes>> inputs = ItemFile.decode(items.get(), job.count());
    if (inputs.isEmpty()) {
      return new Found.Wrong("the file of inputs");
    }
    MerkleTree tree = ItemFile.inputTree(model, inputs.get());
    return tree.root().equals(job.inputs())
        ? new Found.Whole(new JobWork(model, inputs.get(), tree, List.of()))
        : new Found.Wrong("the inputs' root is " + tree.root());
  }

  /// A data set and a first state, which both fit the model: there is nothing to do without.
  private static Found readTraining(WorkJob job, Model model, byte[] file) {
    Optional<List<Bytes>> items = ItemFile.decode(file, 2);
    if (items.isEmpty() || items.get().get(0).length() != model.header().inputBytes()) {
      return new Found.Wrong("the file of the data set");
    }
    Optional<List<Elements>> state = TrainingState.decode(model, items.get().get(1).toArray());
    if (state.isEmpty()
        || !TrainingState.tree(model, state.get()).root().equals(job.initialState())) {
      return new Found.Wrong("the first state");
    }
    List<Bytes> inputs = items.get().subList(0, 1);
    MerkleTree tree = ItemFile.inputTree(model, inputs);
    return tree.root().equals(job.inputs())
        ? new Found.Whole(new JobWork(model, inputs, tree, state.get()))
        : new Found.Wrong("the data set's leaf is " + tree.root());
  }

  /// Fetches what is missing of a job from whoever serves it.
  ///
  /// @throws IOException if it does not come
  Found fetch(WorkJob job, Source from) throws IOException {
    Found found = find(job);
    for (int file = 0; file < FILES && found instanceof Found.Missing(BlobId id); file++) {
      from.bring(id);
      found = find(job);
    }
    return found;
  }

  /// Who brings files into the store.
  @FunctionalInterface
  interface Source {
    /// Brings one.
    ///
    /// @throws IOException if it does not come, or not now
    void bring(BlobId id) throws IOException;
  }

  /// Brings a file that somebody else serves into the store, chunk by chunk, each compared with the
  /// id. Any number of threads may.
  ///
  /// @throws IOException if it does not come in time, or is longer than any file of a job
  void bring(BlobId id, BlobClient from) throws IOException {
    if (id.length() > Math.max(MODEL_BYTES_MAX, ItemFile.BYTES_MAX)) {
      throw new IOException(id + " is too long");
    }
    if (keep(id)) {
      return;
    }
    Duration timeMax = TIME_MIN.plusSeconds(id.length() / SECOND_BYTES_MIN);
    try {
      Container upload = store.begin(id, BlobOwner.HOLDER, LEASE);
      try {
        receive(upload, id, from, timeMax);
      } finally {
        if (!store.has(id)) {
          store.cancel(upload, BlobOwner.HOLDER);
        }
      }
    } catch (BlobRefusedException refused) {
      throw new IOException(id + " does not come: " + refused.refusal(), refused);
    }
  }

  private void receive(Container upload, BlobId id, BlobClient from, Duration timeMax)
      throws BlobRefusedException, IOException {
    if (id.length() > 0) {
      try (UploadWriter writer = store.goOn(upload, BlobOwner.HOLDER)) {
        from.download(
            id,
            timeMax,
            bytes -> {
              try {
                writer.append(Part.of(bytes), bytes.length);
              } catch (BlobRefusedException refused) {
                throw new IOException("the store refuses " + id, refused);
              }
            });
      }
    }
  }
}
