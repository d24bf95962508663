// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.TransactionRules;
import org.jspecify.annotations.Nullable;

/// The begin and the end of a contract's creation. Yellow Paper §7, Protocol §14.6.
final class Creation {
  private static final byte[] NOTHING = new byte[0];

  /// First byte that no code may have (EIP-3541).
  private static final byte RESERVED = (byte) 0xef;

  private final TransactionState state;

  Creation(TransactionState state) {
    this.state = state;
  }

  /// Pays for CREATE or CREATE2, but for the gas the creation itself is given; the gas left,
  /// negative if the frame stops.
  long charge(Frame frame, boolean salted) {
    long[] s = frame.stack;
    int lengthAt = frame.height - 12;
    if (Words.toLongCapped(s, lengthAt) > TransactionRules.INIT_CODE_BYTES_MAX) {
      return frame.halted(HaltReason.INIT_CODE_TOO_LARGE);
    }
    long gas = frame.extend(frame.height - 8, lengthAt, frame.gas);
    long wordGas = GasCost.INIT_CODE_WORD + (salted ? GasCost.HASH_WORD : 0);
    return gas < 0 ? gas : gas - wordGas * GasCost.words(s[lengthAt]);
  }

  /// Makes `frame`, whose accounts are contract and creator, ready to create: the contract exists
  /// and has the money.
  void begin(Frame frame, Code initCode, long[] value, long gas) {
    frame.begin(initCode, gas);
    frame.input = NOTHING;
    frame.inputAt = 0;
    frame.inputLength = 0;
    frame.isStatic = false;
    frame.isCreation = true;
    frame.mark = state.mark();
    frame.outputAt = 0;
    frame.outputLength = 0;
    System.arraycopy(value, 0, frame.value, 0, 4);
    state.create(frame.self);
    state.transfer(frame.caller, frame.self, frame.value);
  }

  /// Stores what the creation returned as the contract's code, and charges for it; why it may not,
  /// if it may not.
  @Nullable HaltReason finish(Frame frame, byte[] bytes, int at, int length) {
    if (length > TransactionRules.CODE_BYTES_MAX) {
      return HaltReason.CODE_TOO_LARGE;
    }
    if (length > 0 && bytes[at] == RESERVED) {
      return HaltReason.CODE_PREFIX_RESERVED;
    }
    long left = frame.gas - GasCost.CODE_BYTE * length;
    if (left < 0) {
      return HaltReason.CODE_STORAGE_OUT_OF_GAS;
    }
    frame.gas = left;
    state.setCode(frame.self, Bytes.of(bytes, at, length));
    return null;
  }
}
