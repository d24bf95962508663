// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.CommitCertificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What consensus begins with, the first time as after a crash. Protocol §8.3.
///
/// @param identity whom the node speaks for
/// @param scheme adds signatures up; checks are left to the runtime
/// @param chain the finalized chain
/// @param certificate of its last block, any that was checked; empty exactly at genesis
/// @param signed what the key's memory says; a fresh one for a node without a key
/// @param log every record that was made durable, in order; those of decided heights change nothing
/// @param now the time of this machine
public record Start(
    Identity identity,
    SignatureScheme scheme,
    ChainView chain,
    Optional<CommitCertificate> certificate,
    SigningRecord signed,
    List<LogRecord> log,
    Instant now) {
  /// Copies the log.
  public Start {
    log = List.copyOf(log);
  }
}
