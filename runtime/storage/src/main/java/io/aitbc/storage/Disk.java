// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import java.util.List;

/// A folder of files, as the write-ahead log uses it. {@link FolderDisk} in a node; the simulator
/// brings one that tears, loses and reorders what was not synced. Every method throws {@link
/// DiskException} when the disk fails.
public interface Disk extends AutoCloseable {
  /// The names of the files, in ascending order.
  List<String> names();

  /// Opens a file, which is created when it is absent. A new name is durable on return.
  DiskFile open(String name);

  /// Gives a file another name, in place of the one that had it. Durable on return.
  void rename(String from, String to);

  /// Removes a file. Durable on return.
  void delete(String name);

  @Override
  void close();
}
