// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Whom and what the chain trusts; changed by governance. Protocol §18.6.
///
/// @param production whether development roots are refused whatever `developmentRoots` says
/// @param platforms those that are enabled
/// @param roots SHA-256 of the vendors' root certificates
/// @param developmentRoots SHA-256 of roots under which nothing is worth anything
/// @param accepted ratings of Intel platforms that are accepted
/// @param evaluationMin least number of re-ratings that Intel's collateral must know
/// @param floors least firmware of AMD platforms, by product
/// @param privilegeMax highest privilege level of the part of an AMD guest that asked
/// @param strictDomains whether a trust domain must hide its page faults from the host, and be
///   bound to no service domain, which could migrate it
/// @param psaProfiles profiles of PSA tokens that are judged
/// @param ccaProfiles profiles of CCA platform tokens that are judged
/// @param code what may run, with the hash that claims name it by
/// @param gpuSets hashes of the measurement sets of GPUs that are known to be good
/// @param deniedHardware machines whose keys are known to be lost
/// @param anchorBlocksMax most blocks between a claim's anchor and the block that takes it
/// @param epoch names this policy; it goes into every result
public record TrustPolicy(
    boolean production,
    SortedSet<Platform> platforms,
    SortedSet<Hash> roots,
    SortedSet<Hash> developmentRoots,
    SortedSet<TcbStatus> accepted,
    int evaluationMin,
    SortedMap<String, Bytes> floors,
    int privilegeMax,
    boolean strictDomains,
    List<String> psaProfiles,
    List<String> ccaProfiles,
    List<ApprovedCode> code,
    SortedSet<Hash> gpuSets,
    SortedSet<Hash> deniedHardware,
    long anchorBlocksMax,
    Hash epoch) {
  /// Longest encoding of a policy, in bytes: some two hundred roots and measurement sets.
  public static final int ENCODED_BYTES_MAX = 8_192;

  /// Code that may run.
  ///
  /// @param measurement as {@link NormalisedClaims#measurement}
  /// @param versionMin least security version of the code
  /// @param codeHash what claims name it by
  public record ApprovedCode(Platform platform, Bytes measurement, int versionMin, Hash codeHash) {}

  /// Copies what it is given.
  public TrustPolicy {
    platforms = Collections.unmodifiableSortedSet(new TreeSet<>(platforms));
    roots = Collections.unmodifiableSortedSet(new TreeSet<>(roots));
    developmentRoots = Collections.unmodifiableSortedSet(new TreeSet<>(developmentRoots));
    accepted = Collections.unmodifiableSortedSet(new TreeSet<>(accepted));
    floors = Collections.unmodifiableSortedMap(new TreeMap<>(floors));
    psaProfiles = List.copyOf(psaProfiles);
    ccaProfiles = List.copyOf(ccaProfiles);
    code = List.copyOf(code);
    gpuSets = Collections.unmodifiableSortedSet(new TreeSet<>(gpuSets));
    deniedHardware = Collections.unmodifiableSortedSet(new TreeSet<>(deniedHardware));
  }

  /// The policy's one encoding, without code and denied hardware, which contracts keep in tables of
  /// their own.
  ///
  /// @throws IllegalArgumentException if a list has more than 255 members
  public Bytes encoded() {
    return PolicyEncoding.encoded(this);
  }

  /// Reads what {@link #encoded} wrote; the policy has no approved code, no denied hardware, and
  /// the encoding's epoch. Empty if it is none.
  public static Optional<TrustPolicy> decode(Bytes encoding) {
    try {
      return Optional.of(PolicyEncoding.of(encoding));
    } catch (RefusedException none) {
      return Optional.empty();
    }
  }

  /// This policy with further development roots and platforms, where what is up to date is
  /// accepted: for networks for trials.
  ///
  /// @throws IllegalArgumentException if it is a production network's, which has none
  public TrustPolicy withDevelopmentRoots(
      SortedSet<Platform> platformsToo, SortedSet<Hash> rootsToo) {
    if (production) {
      throw new IllegalArgumentException("a production network has no development roots");
    }
    SortedSet<Platform> allPlatforms = new TreeSet<>(platforms);
    allPlatforms.addAll(platformsToo);
    SortedSet<Hash> allRoots = new TreeSet<>(developmentRoots);
    allRoots.addAll(rootsToo);
    SortedSet<TcbStatus> allAccepted = new TreeSet<>(accepted);
    allAccepted.add(TcbStatus.UP_TO_DATE);
    return new TrustPolicy(
        false,
        allPlatforms,
        roots,
        allRoots,
        allAccepted,
        evaluationMin,
        floors,
        privilegeMax,
        strictDomains,
        psaProfiles,
        ccaProfiles,
        code,
        gpuSets,
        deniedHardware,
        anchorBlocksMax,
        epoch);
  }

  /// This policy with another list of approved code.
  TrustPolicy withCode(List<ApprovedCode> other) {
    return new TrustPolicy(
        production,
        platforms,
        roots,
        developmentRoots,
        accepted,
        evaluationMin,
        floors,
        privilegeMax,
        strictDomains,
        psaProfiles,
        ccaProfiles,
        other,
        gpuSets,
        deniedHardware,
        anchorBlocksMax,
        epoch);
  }

  /// Refuses a root that is not pinned.
  ///
  /// @return whether it is a development root
  boolean checkRoot(X509Certificate root) throws RefusedException {
    Hash fingerprint = root.fingerprint();
    if (roots.contains(fingerprint)) {
      return false;
    }
    RefusedException.unless(developmentRoots.contains(fingerprint), Reason.UNTRUSTED_ROOT);
    RefusedException.unless(!production, Reason.DEV_ROOT_FORBIDDEN);
    return true;
  }
}
