// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import io.aitbc.attestation.Platform;
import io.aitbc.crypto.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Brings the attester `process`. Settings: `command` (a program and its arguments, separated by
/// spaces), `platform` (SGX, TDX, SEV_SNP, PSA or CCA) and, of SEV_SNP, `key` (a file with the
/// certificate of the chip's key, DER).
public final class ProcessAttesterProvider implements AttesterProvider {
  private static final Set<String> SETTINGS = Set.of("command", "platform", "key");

  /// Far more than certificates of chips have.
  private static final int KEY_BYTES_MAX = 8_192;

  /// An instance, for the service loader.
  public ProcessAttesterProvider() {}

  @Override
  public String name() {
    return "process";
  }

  @Override
  public Attester open(Map<String, String> settings) throws EngineRefusedException {
    for (String name : settings.keySet()) {
      if (!SETTINGS.contains(name)) {
        throw Program.failed("the attester process has no setting " + name);
      }
    }
    List<String> command =
        Stream.of(settings.getOrDefault("command", "").split(" ", -1))
            .filter(word -> !word.isEmpty())
            .toList();
    if (command.isEmpty()) {
      throw Program.failed("the attester process needs the setting command");
    }
    String named = settings.getOrDefault("platform", "");
    Optional<Platform> platform =
        Stream.of(Platform.values())
            .filter(each -> each != Platform.NVIDIA_GPU && each.name().equals(named))
            .findFirst();
    if (platform.isEmpty()) {
      throw Program.failed(
          "the setting platform is \"" + named + "\"; allowed are SGX, TDX, SEV_SNP, PSA, CCA");
    }
    if (settings.containsKey("key") != (platform.get() == Platform.SEV_SNP)) {
      throw Program.failed("the setting key belongs to SEV_SNP, which needs it");
    }
    return new ProcessAttester(command, platform.get(), key(settings));
  }

  private static Bytes key(Map<String, String> settings) throws EngineRefusedException {
    String file = settings.get("key");
    if (file == null) {
      return Bytes.EMPTY;
    }
    try {
      Path path = Path.of(file);
      if (Files.size(path) > KEY_BYTES_MAX) {
        throw Program.failed(file + " is larger than " + KEY_BYTES_MAX + " bytes");
      }
      return Bytes.wrap(Files.readAllBytes(path));
    } catch (IOException unreadable) {
      throw Program.failed("the key cannot be read: " + unreadable.getMessage());
    }
  }
}
