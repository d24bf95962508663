// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devtee;

import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/// A key that signs certificates and lists.
interface SigningKey {
  /// How it signs.
  AlgorithmIdentifier algorithm();

  /// Its signature of a message, as certificates hold it.
  byte[] signature(byte[] message);

  /// The key that signatures are checked with.
  SubjectPublicKeyInfo publicKey();
}
