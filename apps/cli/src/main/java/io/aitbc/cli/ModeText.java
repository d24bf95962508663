// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;

/// A mode in words, as `aitbc_mode` and `aitbc_finality` tell it. Protocol §3.
final class ModeText {
  private static final double MILLIONTHS_PER_PERCENT = 10_000;

  private ModeText() {}

  /// The mode in force; while it changes, from which to which, and how far it has come.
  static String of(JsonNode mode) {
    int step = mode.path("step").asInt();
    return step == 0
        ? mode.path("to").asText()
        : "%s to %s, step %d of 10"
            .formatted(mode.path("from").asText(), mode.path("to").asText(), step);
  }

  /// What was measured over the last blocks.
  static String measured(JsonNode mode) {
    JsonNode inputs = mode.path("inputs");
    return "load %s, availability %s, participation %s"
        .formatted(
            percent(inputs.path("loadMillionths")),
            percent(inputs.path("availabilityMillionths")),
            percent(inputs.path("participationMillionths")));
  }

  private static String percent(JsonNode millionths) {
    return "%.1f %%".formatted(millionths.asLong() / MILLIONTHS_PER_PERCENT);
  }
}
