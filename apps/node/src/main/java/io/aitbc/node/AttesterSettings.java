// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.compute.AttesterProvider;
import io.aitbc.crypto.Hash;
import io.aitbc.node.work.AttesterChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an operator says about a worker's attester, in a file or on a command line.
///
/// @param name of the attester; empty for none
/// @param settings texts NAME=VALUE
/// @param collateral subjects, 32 bytes each in hexadecimal digits
/// @param refusing how a value is refused where it stands
public record AttesterSettings(
    Optional<String> name,
    List<String> settings,
    List<String> collateral,
    EngineSettings.Refusing refusing) {
  /// Name of the setting with the attester's name.
  public static final String ATTESTER = "attester";

  /// Name of that with its own settings.
  public static final String SETTINGS = "attester_settings";

  /// Name of that with the subjects of its collateral.
  public static final String COLLATERAL = "attester_collateral";

  static final List<String> KEYS = List.of(ATTESTER, SETTINGS, COLLATERAL);

  private static final Pattern SETTING = Pattern.compile("([a-z][a-z0-9_]{0,63})=(.+)");
  private static final Pattern SUBJECT = Pattern.compile("(0x)?[0-9a-fA-F]{64}");

  /// Copies the lists.
  public AttesterSettings {
    settings = List.copyOf(settings);
    collateral = List.copyOf(collateral);
  }

  /// The attester; empty if there is to be none.
  ///
  /// @throws ConfigurationException naming the setting and what is allowed
  public Optional<AttesterChoice> choice() throws ConfigurationException {
    if (name.isEmpty()) {
      if (!settings.isEmpty()) {
        throw refusing.refusal(SETTINGS, "means nothing without " + ATTESTER);
      }
      if (!collateral.isEmpty()) {
        throw refusing.refusal(COLLATERAL, "means nothing without " + ATTESTER);
      }
      return Optional.empty();
    }
    List<String> known = AttesterProvider.names();
    if (!known.contains(name.get())) {
      throw refusing.refusal(
          ATTESTER, "is \"%s\"; allowed are %s".formatted(name.get(), String.join(", ", known)));
    }
    TreeMap<String, String> values = new TreeMap<>();
    for (String each : settings) {
      Matcher match = SETTING.matcher(each);
      if (!match.matches()) {
        throw refusing.refusal(SETTINGS, "has \"" + each + "\"; allowed is NAME=VALUE");
      }
      if (values.put(match.group(1), match.group(2)) != null) {
        throw refusing.refusal(SETTINGS, "has " + match.group(1) + " twice");
      }
    }
    return Optional.of(new AttesterChoice(name.get(), values, subjects()));
  }

  private List<Hash> subjects() throws ConfigurationException {
    if (collateral.isEmpty()) {
      throw refusing.refusal(
          ATTESTER, "needs collateral, what its evidence is judged against: " + COLLATERAL);
    }
    if (collateral.size() > AttesterChoice.COLLATERAL_MAX) {
      throw refusing.refusal(
          COLLATERAL,
          "has %d subjects; allowed are 1 to %d"
              .formatted(collateral.size(), AttesterChoice.COLLATERAL_MAX));
    }
    List<Hash> subjects = new ArrayList<>();
    for (String each : collateral) {
      if (!SUBJECT.matcher(each).matches()) {
        throw refusing.refusal(
            COLLATERAL, "has \"" + each + "\"; allowed are 64 hexadecimal digits");
      }
      subjects.add(Hash.fromHex(each));
    }
    return subjects;
  }
}
