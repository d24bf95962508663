// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

/// A configuration that a node does not start with. The message says where it is wrong and what is
/// allowed.
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1L;

  /// A refusal that says `message`.
  public ConfigurationException(String message) {
    super(message);
  }
}
