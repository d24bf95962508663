// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.onnx;

/// A file or graph is refused.
public final class OnnxRefusalException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient OnnxRefusal refusal;

  /// A refusal with its reason.
  public OnnxRefusalException(OnnxRefusal refusal) {
    super(refusal.toString());
    this.refusal = refusal;
  }

  /// The reason.
  public OnnxRefusal refusal() {
    return refusal;
  }
}
