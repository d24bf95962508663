// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.RegisteredModel;
import java.nio.charset.StandardCharsets;

/// A model of the registry.
///
/// @param id hash of its header
/// @param name for people: a stranger's text, without what a terminal would obey
/// @param state what the contract knows of it
public record ListedModel(Hash id, String name, RegisteredModel state) {
  /// Strangers' bytes as text that a terminal can show.
  static String shown(byte[] text) {
    return new String(text, StandardCharsets.UTF_8).replaceAll("[^\\p{L}\\p{N}\\p{P}\\p{S} ]", "?");
  }
}
