// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import java.io.IOException;

/// A file that is there and is no identity that may be used; somebody has to mend it. The message
/// names the file.
public final class IdentityFileException extends IOException {
  private static final long serialVersionUID = 1L;

  IdentityFileException(String message) {
    super(message);
  }

  IdentityFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
