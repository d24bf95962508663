// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devtee;

import io.aitbc.attestation.Platform;
import io.aitbc.compute.Attester;
import io.aitbc.compute.AttesterProvider;
import io.aitbc.compute.DevelopmentTrust;
import io.aitbc.compute.EngineRefusal;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Brings the attester `development`. Settings: `platform` (SGX, TDX or SEV_SNP), `seed` (32 bytes,
/// hexadecimal, the same for all machines of a network), `machine` (a name).
public final class DevelopmentAttesterProvider implements AttesterProvider {
  private static final Set<String> SETTINGS = Set.of("platform", "seed", "machine");

  /// An instance, for the service loader.
  public DevelopmentAttesterProvider() {}

  @Override
  public String name() {
    return "development";
  }

  @Override
  public Attester open(Map<String, String> settings) throws EngineRefusedException {
    return new DevelopmentAttester(machine(settings));
  }

  @Override
  public Optional<DevelopmentTrust> developmentTrust(Map<String, String> settings)
      throws EngineRefusedException {
    return Optional.of(machine(settings));
  }

  private static DevelopmentMachine machine(Map<String, String> settings)
      throws EngineRefusedException {
    for (String name : settings.keySet()) {
      if (!SETTINGS.contains(name)) {
        throw refused("the attester development has no setting " + name);
      }
    }
    String named = settings.getOrDefault("platform", "SGX");
    Optional<Platform> platform =
        DevelopmentMachine.PLATFORMS.stream().filter(each -> each.name().equals(named)).findFirst();
    if (platform.isEmpty()) {
      throw refused("no development machine of platform " + named);
    }
    String seed = settings.getOrDefault("seed", "");
    if (!seed.matches("(0x)?[0-9a-f]{64}")) {
      throw refused("the seed is not 32 bytes in hexadecimal digits");
    }
    Bytes bytes = Hash.fromHex(seed).toBytes();
    String machine = settings.getOrDefault("machine", "1");
    return new DevelopmentMachine(platform.get(), bytes, machine);
  }

  private static EngineRefusedException refused(String why) {
    return new EngineRefusedException(new EngineRefusal.Failed(why));
  }
}
