// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;

/// What instructions tell of the block and the transaction, as words ready for the stack.
final class TransactionWords {
  private final long[] words = new long[4 * (Opcode.BLOBBASEFEE - Opcode.ADDRESS + 1)];

  TransactionWords(BlockEnvironment block, Address origin, Amount gasPrice) {
    Words.set(origin, words, at(Opcode.ORIGIN));
    Words.set(gasPrice.wei(), words, at(Opcode.GASPRICE));
    Words.set(block.coinbase(), words, at(Opcode.COINBASE));
    words[at(Opcode.TIMESTAMP)] = block.timestampSeconds();
    words[at(Opcode.NUMBER)] = block.number();
    Words.set(UInt256.of(block.random()), words, at(Opcode.PREVRANDAO));
    words[at(Opcode.GASLIMIT)] = block.gasLimit();
    Words.set(block.chainId(), words, at(Opcode.CHAINID));
    Words.set(block.baseFeePerGas().wei(), words, at(Opcode.BASEFEE));
    Words.set(block.blobBaseFee().wei(), words, at(Opcode.BLOBBASEFEE));
  }

  /// Where in {@link #all} the word lies that `opcode` pushes.
  static int at(int opcode) {
    return 4 * (opcode - Opcode.ADDRESS);
  }

  /// The words, to be read only.
  long[] all() {
    return words;
  }
}
