// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.net.URI;

/// A bucket of an S3-compatible store, addressed by path (`address/bucket/key`), which all of them
/// understand.
///
/// @param address where it serves, such as `https://s3.eu-central-1.amazonaws.com`
/// @param region its region; those that have none want `us-east-1`
/// @param bucket the bucket, which exists
/// @param prefix beginning of all keys, such as `blobs/`; letters, digits, `-`, `_`, `.` and `/`
/// @param accessKey name of the key
/// @param secretKey the key
public record S3Endpoint(
    URI address, String region, String bucket, String prefix, String accessKey, String secretKey) {
  /// Checks the names, so that no path needs to be escaped.
  public S3Endpoint {
    if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,62}") || !prefix.matches("[0-9A-Za-z_./-]{0,200}")) {
      throw new IllegalArgumentException("not a bucket and a prefix: " + bucket + ", " + prefix);
    }
  }

  /// Without the keys.
  @Override
  public String toString() {
    return address + "/" + bucket + "/" + prefix;
  }
}
