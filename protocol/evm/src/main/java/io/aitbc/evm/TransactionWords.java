// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;

/// What instructions tell of the block and the transaction, as words ready for the stack.
final class TransactionWords {
  static final int ORIGIN = 0;
  static final int GAS_PRICE = 4;
  static final int COINBASE = 8;
  static final int TIMESTAMP = 12;
  static final int NUMBER = 16;
  static final int RANDOM = 20;
  static final int GAS_LIMIT = 24;
  static final int CHAIN_ID = 28;
  static final int BASE_FEE = 32;
  static final int BLOB_BASE_FEE = 36;

  private final long[] words = new long[40];

  TransactionWords(BlockEnvironment block, Address origin, Amount gasPrice) {
    Words.set(origin, words, ORIGIN);
    Words.set(gasPrice.wei(), words, GAS_PRICE);
    Words.set(block.coinbase(), words, COINBASE);
    words[TIMESTAMP] = block.timestampSeconds();
    words[NUMBER] = block.number();
    Words.set(UInt256.of(block.random()), words, RANDOM);
    words[GAS_LIMIT] = block.gasLimit();
    Words.set(block.chainId(), words, CHAIN_ID);
    Words.set(block.baseFeePerGas().wei(), words, BASE_FEE);
    Words.set(block.blobBaseFee().wei(), words, BLOB_BASE_FEE);
  }

  /// Puts the word that one of the constants names at `w[at]`.
  void put(int word, long[] w, int at) {
    System.arraycopy(words, word, w, at, 4);
  }
}
