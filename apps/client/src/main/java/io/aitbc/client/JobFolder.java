// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.blobs.BlobHasher;
import io.aitbc.blobs.BlobId;
import io.aitbc.compute.ItemFile;
import io.aitbc.compute.TaskFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.Model;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/// A client's files: what it asks workers to run, until the job is over, and what came of it. They
/// are written before the job is submitted, so a client that starts again can give them to workers
/// that are drawn later.
final class JobFolder {
  private final Path files;
  private final Path outputs;

  JobFolder(Path folder) throws IOException {
    files = Files.createDirectories(folder.resolve("files"));
    outputs = Files.createDirectories(folder.resolve("outputs"));
  }

  /// Keeps content under its id.
  BlobId put(byte[] content) throws IOException {
    BlobId id = BlobHasher.id(content);
    if (!Files.exists(path(id))) {
      write(path(id), content);
    }
    return id;
  }

  Path path(BlobId id) {
    return files.resolve(id.toString());
  }

  /// The task with this hash, if it and all that it names are here.
  Optional<TaskFile> task(Hash task) throws IOException {
    Path file = path(TaskFile.id(task));
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    return TaskFile.decode(Files.readAllBytes(file))
        .filter(each -> Files.exists(path(each.model())) && Files.exists(path(each.inputs())));
  }

  /// The model of a task that is here.
  Model model(TaskFile task) throws IOException {
    try {
      return Model.decode(Files.readAllBytes(path(task.model())));
    } catch (MalformedModelException damaged) {
      throw new IOException(path(task.model()) + " is damaged: " + damaged.fault(), damaged);
    }
  }

  /// Deletes the inputs of a task, the task, and the outputs of a job.
  void forget(long job, Hash task) throws IOException {
    Optional<TaskFile> known = task(task);
    if (known.isPresent()) {
      boolean _ = Files.deleteIfExists(path(known.get().inputs()));
      boolean _ = Files.deleteIfExists(path(TaskFile.id(task)));
    }
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(outputs, job + "-*.{items,state}")) {
      for (Path file : files) {
        boolean _ = Files.deleteIfExists(file);
      }
    }
  }

  Path outputs(ClaimId claim) {
    return outputs.resolve(claim.job() + "-" + claim.claim() + ".items");
  }

  void putOutputs(ClaimId claim, List<Bytes> items) throws IOException {
    write(outputs(claim), ItemFile.encoded(items));
  }

  /// Outputs that were kept and have this root.
  Optional<List<Bytes>> outputs(ClaimId claim, long count, Hash root) throws IOException {
    Path file = outputs(claim);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    return ItemFile.decode(Files.readAllBytes(file), count)
        .filter(items -> ItemFile.outputTree(items).root().equals(root));
  }

  private Path statePath(ClaimId claim) {
    return outputs.resolve(claim.job() + "-" + claim.claim() + ".state");
  }

  /// Keeps a trained state.
  void putState(ClaimId claim, Bytes state) throws IOException {
    write(statePath(claim), state.toArray());
  }

  /// A trained state that was kept.
  Optional<Bytes> state(ClaimId claim) throws IOException {
    Path file = statePath(claim);
    return Files.exists(file)
        ? Optional.of(Bytes.wrap(Files.readAllBytes(file)))
        : Optional.empty();
  }

  private static void write(Path file, byte[] content) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Path _ = Files.write(part, content);
    Path _ = Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
