// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;

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

  /// A change of mode, with what decided it.
  ///
  /// @param change as `lastChange` of `aitbc_mode`
  static String change(JsonNode change) {
    String to = change.path("to").asText();
    String from = change.path("from").asText();
    JsonNode headroom = change.path("headroom");
    String why =
        switch (change.path("cause").asText()) {
          case "POLICY" ->
              "over the last 100 blocks " + measured(change) + ", moved " + moved(change);
          case "HEADROOM" ->
              "of the validators present %s may lose %s more, %s %s"
                  .formatted(from, lose(headroom, from), to, lose(headroom, to));
          case "FALLBACK" -> "a block was decided in a fallback round";
          case "SET" -> "the validator set carries no other";
          default -> change.path("cause").asText();
        };
    return "mode %s to %s from block %d on: %s"
        .formatted(from, to, change.path("height").asLong(), why);
  }

  private static String lose(JsonNode headroom, String mode) {
    int slack = headroom.path(mode).asInt();
    return slack < 0 ? "none: it has no quorum" : Integer.toString(slack);
  }

  private static String moved(JsonNode change) {
    UInt256 wei = UInt256.parse(change.path("inputs").path("valueMoved").asText("0x0"));
    UInt256 whole = wei.dividedBy(Amount.ONE_AITBC.wei()); // Rounded down.
    return whole + " AITBC a block";
  }

  /// A part in per cent.
  static String percent(JsonNode millionths) {
    return "%.1f %%".formatted(millionths.asLong() / MILLIONTHS_PER_PERCENT);
  }
}
