// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.nio.charset.StandardCharsets;

/// What an account's key signs. Closed: there is no way to sign bytes whose purpose is unknown.
/// Protocol §12.1.
public sealed interface AccountMessage {
  /// The 32 bytes that enter ECDSA.
  Hash digest();

  /// A transaction: the hash of its encoding without signature (Yellow Paper §4.3, EIP-155,
  /// EIP-2718).
  ///
  /// @param digest Keccak-256 of that encoding
  record TransactionDigest(Hash digest) implements AccountMessage {}

  /// An authorization of EIP-7702.
  ///
  /// @param digest Keccak-256 of `0x05 ‖ rlp([chain_id, address, nonce])`
  record AuthorizationDigest(Hash digest) implements AccountMessage {}

  /// A request of the account to a service, which is no transaction: typed data of EIP-712, so that
  /// wallets show what it says. Protocol §17.8.
  ///
  /// @param digest Keccak-256 of `0x19 0x01 ‖ domain ‖ hash of the request`
  record ServiceRequestDigest(Hash digest) implements AccountMessage {}

  /// A text or other bytes that a person signs (EIP-191 version 0x45, `personal_sign`). The prefix
  /// keeps it from being a transaction.
  ///
  /// @param content what the person sees
  record PersonalMessage(Bytes content) implements AccountMessage {
    @Override
    public Hash digest() {
      byte[] prefix =
          ("\u0019Ethereum Signed Message:\n" + content.length())
              .getBytes(StandardCharsets.US_ASCII);
      byte[] bytes = new byte[prefix.length + content.length()];
      System.arraycopy(prefix, 0, bytes, 0, prefix.length);
      content.copyTo(bytes, prefix.length);
      return Keccak256.hash(bytes);
    }
  }
}
