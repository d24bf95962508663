// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.attestation.Platform;
import io.aitbc.attestation.TcbStatus;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// A policy about trusted hardware from the command line. Protocol §18.6.
final class PolicyOptions {
  private static final int PRIVILEGE_MAX = 3;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Option(
      names = "--trials",
      description = "For a network for trials (default: a production network).")
  private boolean trials;

  @Option(
      names = "--platform",
      paramLabel = "NAME",
      description = "One that counts: ${COMPLETION-CANDIDATES}; may be given more than once.")
  private List<Platform> platforms = List.of();

  @Option(
      names = "--root",
      paramLabel = "HASH",
      description = "SHA-256 of a vendor's root certificate, DER.")
  private List<Hash> roots = List.of();

  @Option(
      names = "--development-root",
      paramLabel = "HASH",
      description = "One under which nothing is worth anything; with --trials alone.")
  private List<Hash> developmentRoots = List.of();

  @Option(
      names = "--accept",
      paramLabel = "RATING",
      description = "A rating of Intel's that is accepted, in its words (default: UpToDate alone).")
  private List<String> accepted = List.of(TcbStatus.UP_TO_DATE.text());

  @Option(
      names = "--re-ratings",
      defaultValue = "0",
      paramLabel = "N",
      description = "What Intel's collateral must know at least (default: ${DEFAULT-VALUE}).")
  private int evaluationMin;

  @Option(
      names = "--floor",
      paramLabel = "PRODUCT=HEX",
      description = "Least firmware of an AMD product (Milan, Genoa, Turin), 8 bytes.")
  private Map<String, String> floors = Map.of();

  @Option(
      names = "--privilege",
      defaultValue = "0",
      paramLabel = "N",
      description = "Highest privilege level of an AMD guest, 0 to 3 (default: ${DEFAULT-VALUE}).")
  private int privilegeMax;

  @Option(
      names = "--any-domains",
      description = "Take trust domains that show page faults or have a service domain.")
  private boolean anyDomains;

  @Option(names = "--psa-profile", paramLabel = "TEXT", description = "A profile of PSA tokens.")
  private List<String> psaProfiles = List.of();

  @Option(names = "--cca-profile", paramLabel = "TEXT", description = "A profile of CCA tokens.")
  private List<String> ccaProfiles = List.of();

  @Option(
      names = "--gpu-set",
      paramLabel = "HASH",
      description = "A set of measurements of GPUs that is known to be good.")
  private List<Hash> gpuSets = List.of();

  @Option(
      names = "--anchor-blocks",
      defaultValue = "256",
      paramLabel = "N",
      description = "How old evidence may be (default: ${DEFAULT-VALUE}).")
  private int anchorBlocksMax;

  TrustPolicy policy() {
    if (!trials && !developmentRoots.isEmpty()) {
      throw refused("a production network has no development roots");
    }
    if (evaluationMin < 0
        || anchorBlocksMax < 1
        || privilegeMax < 0
        || privilegeMax > PRIVILEGE_MAX) {
      throw refused("--re-ratings, --anchor-blocks or --privilege is out of its bounds");
    }
    TreeSet<TcbStatus> ratings = new TreeSet<>();
    accepted.forEach(each -> ratings.add(rating(each)));
    TreeMap<String, Bytes> least = new TreeMap<>();
    floors.forEach((product, hex) -> {
      if (!hex.matches("(0x)?[0-9a-fA-F]{16}")) {
        throw refused("no floor of 8 bytes: " + hex);
      }
      Bytes _ = least.put(product, Bytes.fromHex(hex));
    });
    TrustPolicy made =
        new TrustPolicy(
            !trials,
            new TreeSet<>(platforms),
            new TreeSet<>(roots),
            new TreeSet<>(developmentRoots),
            ratings,
            evaluationMin,
            least,
            privilegeMax,
            !anyDomains,
            psaProfiles,
            ccaProfiles,
            List.of(),
            new TreeSet<>(gpuSets),
            new TreeSet<>(),
            anchorBlocksMax,
            Hash.ZERO);
    try {
      // Read back, because what the chain reads must be what was meant.
      return TrustPolicy.decode(made.encoded()).orElseThrow(() -> refused("too much for a policy"));
    } catch (IllegalArgumentException tooMuch) {
      throw refused(String.valueOf(tooMuch.getMessage()));
    }
  }

  private TcbStatus rating(String text) {
    Optional<TcbStatus> found =
        Stream.of(TcbStatus.values()).filter(each -> each.text().equals(text)).findFirst();
    return found.orElseThrow(() -> refused("no rating: " + text));
  }

  private ParameterException refused(String why) {
    return new ParameterException(spec.commandLine(), why);
  }
}
