// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.util.HashMap;
import java.util.Map;

/// Places for requests that bring content: some of a server's, and few for each owner. Whoever
/// sends slowly keeps its place, and readers must not wait for that.
final class UploadPlaces {
  private final int placesMax;
  private final int ownerPlacesMax;
  private final Map<BlobOwner, Integer> taken = new HashMap<>();
  private int all;

  UploadPlaces(int placesMax, int ownerPlacesMax) {
    this.placesMax = placesMax;
    this.ownerPlacesMax = ownerPlacesMax;
  }

  /// A place, until it is closed.
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /// Takes a place.
  ///
  /// @throws BlobRefusedException if the owner, or all together, have as many as they may
  synchronized Place take(BlobOwner owner) throws BlobRefusedException {
    if (all >= placesMax || taken.getOrDefault(owner, 0) >= ownerPlacesMax) {
      throw new BlobRefusedException(new BlobRefusal.Busy("places for uploads"));
    }
    all++;
    taken.merge(owner, 1, Integer::sum);
    return () -> giveBack(owner);
  }

  private synchronized void giveBack(BlobOwner owner) {
    all--;
    taken.computeIfPresent(owner, (_, count) -> count > 1 ? count - 1 : null);
  }
}
