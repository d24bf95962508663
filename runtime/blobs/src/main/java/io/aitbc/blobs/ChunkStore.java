// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Where the bytes of chunks lie. It promises nothing about them: whoever reads compares with the
/// chunk's hash. Used by many threads, but each container's chunks are written by one at a time.
public interface ChunkStore {
  /// Writes a chunk, or writes it again.
  ///
  /// @param container where
  /// @param chunk its number
  /// @param bytes what remains of this buffer
  /// @throws IOException if that fails
  void write(Container container, int chunk, ByteBuffer bytes) throws IOException;

  /// Fills `target` with the beginning of a chunk.
  ///
  /// @param container where
  /// @param chunk its number
  /// @param target has room for what is wanted
  /// @return whether there was that much
  /// @throws IOException if the store fails, rather than has nothing
  boolean read(Container container, int chunk, ByteBuffer target) throws IOException;

  /// Returns when everything written to the container outlives a loss of power.
  ///
  /// @throws IOException if that fails
  void sync(Container container) throws IOException;

  /// Bytes that may still be written before something else of the service, which may share a disk
  /// with it, lacks room.
  ///
  /// @throws IOException if nobody can say
  default long room() throws IOException {
    return Long.MAX_VALUE;
  }

  /// Removes a container; no fault if there is none.
  ///
  /// @param container which
  /// @param chunks how many chunks it may have
  /// @throws IOException if that fails
  void delete(Container container, int chunks) throws IOException;
}
