// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

/// How hard it is to guess the password of a new keystore.
public enum KeystoreCost {
  /// scrypt with 256 MiB of memory, about a second: for keys with value.
  STRONG,
  /// scrypt with 4 MiB, about 20 ms: for development networks and tests.
  LIGHT,
  /// PBKDF2 with 2^18 iterations: for machines that cannot spare the memory.
  PBKDF2
}
