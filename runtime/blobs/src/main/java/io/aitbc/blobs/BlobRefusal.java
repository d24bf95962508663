// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.time.Duration;

/// Why a store does not do what it is asked for. Closed; each carries its operands.
public sealed interface BlobRefusal {
  /// There is no such blob.
  ///
  /// @param id its id
  record Absent(BlobId id) implements BlobRefusal {}

  /// The owner leases the blob already and need only renew that.
  ///
  /// @param id its id
  record Present(BlobId id) implements BlobRefusal {}

  /// There is no such upload of this owner: never begun, finished, cancelled, refused or too old.
  ///
  /// @param container its name
  record UnknownUpload(Container container) implements BlobRefusal {}

  /// Somebody else is changing the same thing; to be tried again.
  ///
  /// @param what the thing
  record Busy(String what) implements BlobRefusal {}

  /// Bytes are to be added at another place than where the upload stands.
  ///
  /// @param expected bytes that are here
  /// @param given where the next are said to belong
  record WrongOffset(long expected, long given) implements BlobRefusal {}

  /// More bytes than the blob has.
  ///
  /// @param length bytes of the blob
  record TooLong(long length) implements BlobRefusal {}

  /// The content is not that of the id. The upload is dropped.
  ///
  /// @param declared the id that it was begun with
  /// @param actual the id of what came
  record WrongContent(BlobId declared, BlobId actual) implements BlobRefusal {}

  /// The owner's quota does not suffice.
  ///
  /// @param owner the owner
  /// @param needed bytes that are asked for
  /// @param free bytes that are left
  record QuotaExceeded(BlobOwner owner, long needed, long free) implements BlobRefusal {}

  /// The store's space does not suffice.
  ///
  /// @param needed bytes that are asked for
  /// @param free bytes that are left
  record StoreFull(long needed, long free) implements BlobRefusal {}

  /// There is too much of something.
  ///
  /// @param what of what
  /// @param max how much there may be
  record TooMany(String what, int max) implements BlobRefusal {}

  /// A lease of no time, or of more than is given at once.
  ///
  /// @param asked the time that is asked for
  /// @param max the longest
  record LeaseOutOfRange(Duration asked, Duration max) implements BlobRefusal {}

  /// A chunk is damaged or gone here, and nobody who was asked has it.
  ///
  /// @param id the blob
  /// @param chunk the chunk's number
  record ChunkLost(BlobId id, int chunk) implements BlobRefusal {}

  /// The hashes of the chunks are damaged here, and nobody who was asked has them.
  ///
  /// @param id the blob
  record HashesLost(BlobId id) implements BlobRefusal {}

  /// An address that somebody else gave leads where none of them may: into this machine or a
  /// private network.
  ///
  /// @param host the host
  record AddressNotAllowed(String host) implements BlobRefusal {}

  /// The other node refuses.
  ///
  /// @param status the status of its answer
  /// @param text the beginning of its text
  record Remote(int status, String text) implements BlobRefusal {}
}
