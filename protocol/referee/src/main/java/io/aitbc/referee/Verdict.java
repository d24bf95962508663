// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

/// What the judge says about a proof. Closed. Protocol §17.5.
public sealed interface Verdict {
  /// Number on the chain.
  int code();

  /// The claim is false: the worker is convicted.
  ///
  /// @param kind what was false
  record Fraud(ProofKind kind) implements Verdict {
    @Override
    public int code() {
      return 1;
    }
  }

  /// The model's plan cannot be carried out. Convicts nobody: the claim is void, the model closed.
  ///
  /// @param fault what is wrong
  record MalformedModel(PlanFault fault) implements Verdict {
    @Override
    public int code() {
      return 2;
    }
  }

  /// What was laid open is as it must be: whoever accused was wrong.
  record Right() implements Verdict {
    @Override
    public int code() {
      return 3;
    }
  }

  /// The item does not fit the model and its output is empty, as it must be: there is no trace to
  /// ask for.
  record RightlyEmpty() implements Verdict {
    @Override
    public int code() {
      return 4;
    }
  }

  /// The bytes prove nothing about this claim.
  ///
  /// @param reason why
  record Refused(ProofRefusal reason) implements Verdict {
    @Override
    public int code() {
      return 0;
    }
  }
}
