// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import java.io.IOException;

/// What is fetched or computed on another thread has not come yet: it has not failed, and is found
/// when it is looked for again.
final class OnItsWayException extends IOException {
  private static final long serialVersionUID = 1L;

  OnItsWayException() {
    super("it is on its way");
  }
}
