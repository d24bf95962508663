// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.nio.charset.StandardCharsets;

/// A token of ERC-20 in the instructions that a compiler makes of it: free memory pointer, check of
/// value and selector, balances in a mapping at slot 0, checked arithmetic, the event Transfer.
final class Token {
  private static final String TRANSFER_EVENT =
      Keccak256.hash(
              Bytes.wrap("Transfer(address,address,uint256)".getBytes(StandardCharsets.US_ASCII)))
          .toHex();

  private static final String SELECTOR = "0xa9059cbb"; // transfer(address,uint256)

  private static final String ADDRESS_MASK = "0x" + "ff".repeat(20);

  /// A failed check jumps to 0, which is no JUMPDEST.
  static final Bytes CODE =
      Assembly.of(
          """
          0x80 0x40 MSTORE CALLVALUE DUP1 0 JUMPI POP
          4 CALLDATASIZE LT 0 JUMPI
          0 CALLDATALOAD 0xe0 SHR DUP1 %s EQ ISZERO 0 JUMPI
          0x40 CALLDATASIZE 4 SWAP1 SUB SLT 0 JUMPI
          4 CALLDATALOAD DUP1 %s AND DUP1 DUP3 EQ ISZERO 0 JUMPI SWAP1 POP
          0x24 CALLDATALOAD
          CALLER %s AND DUP1 ISZERO 0 JUMPI DUP3 ISZERO 0 JUMPI
          DUP1 0 MSTORE 0 0x20 MSTORE 0x40 0 KECCAK256 DUP1 SLOAD
          DUP1 DUP5 GT 0 JUMPI DUP4 SWAP1 SUB SWAP1 SSTORE
          DUP3 0 MSTORE 0 0x20 MSTORE 0x40 0 KECCAK256 DUP1 SLOAD
          DUP4 DUP2 ADD DUP1 SWAP2 GT 0 JUMPI SWAP1 SSTORE
          0x40 MLOAD DUP3 DUP2 MSTORE DUP4 DUP3 %s 0x20 DUP5 LOG3
          1 DUP2 MSTORE 0x20 SWAP1 RETURN
          """
              .formatted(SELECTOR, ADDRESS_MASK, ADDRESS_MASK, TRANSFER_EVENT));

  private Token() {}

  /// The slot of what `holder` has.
  static UInt256 slot(Address holder) {
    byte[] bytes = new byte[64];
    holder.bytes().copyTo(bytes, 12);
    return UInt256.of(Keccak256.hash(bytes));
  }

  /// The input of a transfer.
  static Bytes transfer(Address recipient, UInt256 amount) {
    byte[] bytes = new byte[68];
    Bytes.fromHex(SELECTOR).copyTo(bytes, 0);
    recipient.bytes().copyTo(bytes, 16);
    amount.toHash().toBytes().copyTo(bytes, 36);
    return Bytes.wrap(bytes);
  }
}
