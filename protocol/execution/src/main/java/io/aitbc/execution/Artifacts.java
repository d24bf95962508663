// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// The compiled contracts, as contracts/compile wrote them. Protocol §16.
public final class Artifacts {
  private static final String FOLDER = "/io/aitbc/contracts/";
  private static final String PREDEPLOYS = "/io/aitbc/predeploys/";

  private Artifacts() {}

  /// The code that a contract has once it is there.
  ///
  /// @throws IllegalArgumentException if there is no such contract
  public static Bytes code(String contract) {
    return read(FOLDER + contract + ".code");
  }

  /// The code of a contract of others that is in every genesis (NOTICE names its authors).
  ///
  /// @throws IllegalArgumentException if there is no such contract
  static Bytes predeploy(String contract) {
    return read(PREDEPLOYS + contract + ".code");
  }

  /// The code that creates a contract, to be followed by its constructor's arguments.
  ///
  /// @throws IllegalArgumentException if there is no such contract
  public static Bytes creationCode(String contract) {
    return read(FOLDER + contract + ".init");
  }

  private static Bytes read(String file) {
    try (InputStream in = Artifacts.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalArgumentException("no compiled contract: " + file);
      }
      return Bytes.fromHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
