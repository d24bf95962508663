// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devtee;

import io.aitbc.attestation.CollateralItem;
import io.aitbc.attestation.Evidence;
import io.aitbc.attestation.Platform;
import io.aitbc.compute.DevelopmentTrust;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha2;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/// A machine that would have SGX, TDX or SEV-SNP, and the vendors that would vouch for it. All keys
/// follow from one seed, so whoever knows it can forge everything: evidence under this root is
/// worth nothing, and a production policy refuses it by its root. Protocol §18.6.
public final class DevelopmentMachine implements DevelopmentTrust {
  /// What there is evidence of.
  public static final List<Platform> PLATFORMS =
      List.of(Platform.SGX, Platform.TDX, Platform.SEV_SNP);

  /// What a platform's vendor and hardware do.
  interface Made {
    /// SHA-256 of the root's certificate.
    Hash root();

    /// The collateral, in the order of §18.5.
    List<CollateralItem> collateral(Instant issued);

    /// Evidence that code of a measurement chose 64 bytes.
    Evidence evidence(Bytes measurement, Bytes userData);
  }

  private final Platform platform;
  private final Made made;

  /// A machine under the roots of a seed.
  ///
  /// @param platform one of {@link #PLATFORMS}
  /// @param seed of the roots of a network, 32 bytes
  /// @param machine its name: machines of different names have different hardware ids
  public DevelopmentMachine(Platform platform, Bytes seed, String machine) {
    if (seed.length() != Hash.BYTES) {
      throw new IllegalArgumentException("a seed of " + seed.length() + " bytes");
    }
    this.platform = platform;
    made =
        switch (platform) {
          case SGX -> new IntelMachine(seed, machine, false);
          case TDX -> new IntelMachine(seed, machine, true);
          case SEV_SNP -> new AmdMachine(seed, machine);
          case PSA, CCA, NVIDIA_GPU ->
              throw new IllegalArgumentException("no development machine: " + platform);
        };
  }

  /// What it is a machine of.
  @Override
  public Platform platform() {
    return platform;
  }

  /// SHA-256 of the root's certificate, as a policy lists development roots.
  @Override
  public Hash root() {
    return made.root();
  }

  /// What its evidence is judged against, in the order of §18.5; valid until the end of 2049.
  ///
  /// @param issued when it was issued, in whole seconds
  @Override
  public List<CollateralItem> collateral(Instant issued) {
    return made.collateral(issued);
  }

  /// What this machine measures of code with a hash. Whoever governs the network approves it.
  @Override
  public Bytes measurement(Hash code) {
    return switch (platform) {
      case SGX -> digest("MRENCLAVE", code).slice(0, 32);
      case TDX ->
          IntelMachine.joined(
              digest("MRTD", code).slice(0, 48),
              digest("RTMR1", code).slice(0, 48),
              digest("RTMR2", code).slice(0, 48));
      case SEV_SNP -> digest("MEASUREMENT", code).slice(0, 48);
      case PSA, CCA, NVIDIA_GPU -> throw new IllegalStateException(platform.name());
    };
  }

  private static Bytes digest(String name, Hash code) {
    return Sha2.SHA512.hash(Bytes.wrap(name.getBytes(StandardCharsets.US_ASCII)), code.toBytes());
  }

  /// Evidence that code of a hash chose 64 bytes.
  public Evidence evidence(Hash code, Bytes userData) {
    return made.evidence(measurement(code), userData);
  }
}
