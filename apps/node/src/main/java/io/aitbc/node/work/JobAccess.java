// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobAccess;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.BlobOwner;
import io.aitbc.model.Address;
import io.aitbc.model.ServiceRequest;
import io.aitbc.model.UInt256;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who puts files into a worker's store and who reads them: the parties of its jobs, by what they
/// sign. Clients of jobs for which the worker is drawn, or works, put files there, each on its own
/// account with the store's quota for one owner. A job's files are read by the auditors and the
/// evaluators of its claims here, a claim's revealed outputs by its client too; those of a public
/// job by everybody. Nobody else reads anything. The worker says after each block who is who; any
/// number of threads ask. Protocol §17.8, §17.9.
public final class JobAccess implements BlobAccess {
  private final UInt256 chainId;
  private final Address holder;
  private final Results results;
  private final InstantSource clock;
  private volatile Parties parties = new Parties(Set.of(), Map.of(), Set.of());

  /// Who is who after a block.
  ///
  /// @param clients who put files here
  /// @param readers of each blob
  /// @param everybodys blobs that everybody reads
  record Parties(Set<Address> clients, Map<BlobId, Set<Address>> readers, Set<BlobId> everybodys) {}

  /// What a worker's server asks.
  ///
  /// @param chainId of the network
  /// @param holder the worker's account
  /// @param results its claims' outputs
  /// @param clock the time by which requests end
  public JobAccess(UInt256 chainId, Address holder, Results results, InstantSource clock) {
    this.chainId = chainId;
    this.holder = holder;
    this.results = results;
    this.clock = clock;
  }

  /// From now on these.
  void set(Parties now) {
    parties = now;
  }

  private Optional<Address> asking(String authorization) {
    return ServiceRequest.judge(authorization, chainId, holder, clock.instant().getEpochSecond())
            instanceof ServiceRequest.Judgement.Asks(Address account)
        ? Optional.of(account)
        : Optional.empty();
  }

  @Override
  public Optional<BlobOwner> owner(String authorization) {
    return asking(authorization)
        .filter(parties.clients::contains)
        .map(account -> new BlobOwner(account.toString()));
  }

  @Override
  public boolean mayRead(BlobId id, String authorization) {
    if (parties.everybodys.contains(id) || results.isPublic(id)) {
      return true;
    }
    return asking(authorization)
        .filter(account ->
            parties.readers.getOrDefault(id, Set.of()).contains(account)
                || results.isReader(id, account))
        .isPresent();
  }
}
