// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobAccess;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.BlobOwner;
import io.aitbc.blobs.Pages;
import io.aitbc.execution.ClaimId;
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
/// job by everybody. Nobody else reads anything. The worker says after each block who is who; who
/// was drawn by a block that it has not looked at yet is told to come back. Any number of threads
/// ask. Protocol §17.8, §17.9.
public final class JobAccess implements BlobAccess, Pages {
  private final UInt256 chainId;
  private final Address holder;
  private final Results results;
  private final InstantSource clock;

  /// Empty until the worker has looked at the chain.
  private volatile Optional<Parties> parties = Optional.empty();

  /// Who is who after a block.
  ///
  /// @param clients who put files here
  /// @param readers of each blob
  /// @param everybodys blobs that everybody reads
  /// @param open claims for which others may be drawn, and who is known to look at them
  record Parties(
      Set<Address> clients,
      Map<BlobId, Set<Address>> readers,
      Set<BlobId> everybodys,
      Map<ClaimId, Set<Address>> open) {
    /// While there are none.
    static final Parties NONE = new Parties(Set.of(), Map.of(), Set.of(), Map.of());
  }

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
    parties = Optional.of(now);
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
        .filter(known().clients::contains)
        .map(account -> new BlobOwner(account.toString()));
  }

  @Override
  public boolean mayRead(BlobId id, String authorization) {
    Parties now = known();
    if (now.everybodys.contains(id) || results.isPublic(id)) {
      return true;
    }
    return asking(authorization)
        .filter(account ->
            now.readers.getOrDefault(id, Set.of()).contains(account)
                || results.isReader(id, account))
        .isPresent();
  }

  private Parties known() {
    return parties.orElse(Parties.NONE);
  }

  @Override
  public boolean isEarly(BlobId id, String authorization) {
    return parties.filter(now -> now.open.isEmpty()).isEmpty() && asking(authorization).isPresent();
  }

  @Override
  public Optional<byte[]> page(String path, String authorization) {
    return results.served(path, blob -> mayRead(blob, authorization));
  }

  @Override
  public boolean isEarly(String path, String authorization) {
    Optional<ClaimId> claim = Results.claim(path);
    if (claim.isEmpty()) {
      return false;
    }
    Optional<Set<Address>> looking =
        parties.isEmpty()
            ? Optional.of(Set.of())
            : Optional.ofNullable(known().open.get(claim.get()));
    return looking.isPresent()
        && asking(authorization).filter(account -> !looking.get().contains(account)).isPresent();
  }
}
