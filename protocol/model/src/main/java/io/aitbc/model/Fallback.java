// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// Whether rounds 3, 5, 7, ... of a height may be decided by their own rule. Set in genesis,
/// changed by governance from an epoch boundary on. Protocol §4.
public enum Fallback {
  /// They may: the chain survives the loss of many authorities while the stake answers.
  ON(1),
  /// They may not: a fork needs more liars, a halt fewer absentees.
  OFF(0);

  private final int code;

  Fallback(int code) {
    this.code = code;
  }

  /// The number on the wire; never changes.
  public int code() {
    return code;
  }

  static Fallback readFrom(RlpReader reader) throws MalformedException {
    return reader.number(1) == 1 ? ON : OFF;
  }
}
