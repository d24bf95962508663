// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import static io.aitbc.evm.Opcode.*;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Log;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Runs one call or creation to its end, with all that it calls and creates: frames on a stack of
/// its own, so that no code can exhaust Java's. Protocol §14.6, Yellow Paper §8.
///
/// {@link Interpreter#run} returns at every instruction that begins or ends a frame; here the frame
/// is made or closed, and the loop goes on with the one on top. Made for one transaction.
final class Machine {
  private static final byte[] NOTHING = new byte[0];

  private final Workspace workspace;
  private final TransactionState state;
  private final BlockEnvironment block;
  private final TransactionWords words;
  private final InstructionSet instructionSet;
  private final Creation creation;
  private final @Nullable Tracer tracer;
  private CallResult result = new CallResult.Halt(HaltReason.INVALID_INSTRUCTION);

  /// A machine for a transaction with this environment.
  ///
  /// @param tracer who watches, if anybody
  Machine(
      Workspace workspace,
      TransactionState state,
      BlockEnvironment block,
      TransactionWords words,
      @Nullable Tracer tracer) {
    this.workspace = workspace;
    this.state = state;
    this.block = block;
    this.words = words;
    this.instructionSet = InstructionSet.of(block.fork());
    this.creation = new Creation(state);
    this.tracer = tracer;
  }

  Division division() {
    return workspace.division;
  }

  long[] scratch() {
    return workspace.scratch;
  }

  byte[] digest() {
    return workspace.digest;
  }

  SlotHashes slotHashes() {
    return workspace.slotHashes;
  }

  TransactionState state() {
    return state;
  }

  BlockEnvironment block() {
    return block;
  }

  TransactionWords words() {
    return words;
  }

  InstructionSet instructionSet() {
    return instructionSet;
  }

  /// Writes a log.
  void log(Log log) {
    state.log(log);
    if (tracer != null) {
      tracer.log(log);
    }
  }

  /// Runs a call of `target` from outside.
  CallResult call(LiveAccount caller, LiveAccount target, long[] value, Bytes input, long gas) {
    byte[] bytes = input.toArray();
    entered(CallKind.CALL, caller, target, value, bytes, 0, bytes.length, gas);
    int mark = state.mark();
    state.transfer(caller, target, value);
    if (target.precompile != null) {
      CallResult ended = precompiled(target.precompile, input, gas);
      if (ended instanceof CallResult.Halt) {
        state.revertTo(mark);
      }
      return exited(ended, gas);
    }
    LiveAccount codeOwner = target;
    Optional<Address> delegate = state.code(target).delegate();
    if (delegate.isPresent()) {
      codeOwner = state.account(delegate.get());
      codeOwner.warm = true;
    }
    Code code = state.code(codeOwner);
    if (code.length() == 0) {
      return exited(new CallResult.Success(gas, Bytes.EMPTY), gas);
    }
    Frame frame = workspace.frame(0, target, caller);
    frame.begin(code, gas);
    frame.input = bytes;
    frame.inputAt = 0;
    frame.inputLength = bytes.length;
    frame.isStatic = false;
    frame.isCreation = false;
    frame.mark = mark;
    System.arraycopy(value, 0, frame.value, 0, 4);
    return run(frame);
  }

  /// Runs a creation at `contract` from outside.
  CallResult create(
      LiveAccount creator, LiveAccount contract, long[] value, Bytes initCode, long gas) {
    byte[] bytes = initCode.toArray();
    entered(CallKind.CREATE, creator, contract, value, bytes, 0, bytes.length, gas);
    if (state.isOccupied(contract)) {
      return exited(new CallResult.Halt(HaltReason.ADDRESS_OCCUPIED), gas);
    }
    Frame frame = workspace.frame(0, contract, creator);
    creation.begin(frame, Code.of(initCode), value, gas);
    return run(frame);
  }

  private CallResult run(Frame bottom) {
    @Nullable Frame frame = bottom;
    boolean stepping = tracer != null && tracer.wantsInstructions();
    while (frame != null) {
      if (stepping) {
        frame = step(frame);
      } else {
        frame = follow(frame, Interpreter.run(this, frame));
      }
    }
    workspace.trim();
    return result;
  }

  /// Runs `frame` until an instruction leaves it, under the tracer's eyes; the frame to run next.
  private @Nullable Frame step(Frame frame) {
    Tracer watching = Objects.requireNonNull(tracer);
    int left = SteppingLoop.run(this, frame, watching);
    frame.stepCost = -1;
    @Nullable Frame next = follow(frame, left);
    if (left != Interpreter.HALTED) {
      watching.after(frame.stepCost >= 0 ? frame.stepCost : frame.stepBegin - frame.gas);
    }
    return next;
  }

  /// Does what the opcode that left `frame` says; the frame to run next, or nothing behind the
  /// last.
  private @Nullable Frame follow(Frame frame, int left) {
    return switch (left) {
      case CALL, CALLCODE, DELEGATECALL, STATICCALL -> call(frame, left);
      case CREATE, CREATE2 -> create(frame, left);
      case SELFDESTRUCT -> selfDestruct(frame);
      case STOP -> succeeded(frame, NOTHING, 0, 0);
      case RETURN, REVERT -> returned(frame, left);
      default -> halted(frame);
    };
  }

  // Instructions that begin a frame. Each returns the frame to run next.

  private @Nullable Frame call(Frame frame, int opcode) {
    long[] s = frame.stack;
    int height = frame.height;
    boolean valued = opcode == CALL || opcode == CALLCODE;
    boolean pays = valued && !Arithmetic.isZero(s, height - 12);
    if (pays && opcode == CALL && frame.isStatic) {
      return halted(frame, HaltReason.WRITE_IN_STATIC_CALL);
    }
    int inputAt = height - (valued ? 16 : 12);
    long gas = frame.extend(inputAt, inputAt - 4, frame.gas);
    gas = gas < 0 ? gas : frame.extend(inputAt - 8, inputAt - 12, gas);
    if (gas < 0) {
      return halted(frame, HaltReason.OUT_OF_GAS);
    }
    LiveAccount target = state.account(s, height - 8);
    gas -= state.accessGas(target) + (pays ? GasCost.CALL_VALUE : 0);
    gas -= pays && opcode == CALL && target.isEmpty() ? GasCost.NEW_ACCOUNT : 0;
    if (gas < 0) {
      return halted(frame, HaltReason.OUT_OF_GAS);
    }
    LiveAccount codeOwner = target;
    Optional<Address> delegate = delegate(target);
    if (delegate.isPresent()) {
      codeOwner = state.account(delegate.get());
      gas -= state.accessGas(codeOwner);
      if (gas < 0) {
        return halted(frame, HaltReason.OUT_OF_GAS);
      }
    }
    long given = Math.min(Words.toLongCapped(s, height - 4), gas - gas / GasCost.CALL_RESERVE);
    frame.gas = gas - given;
    frame.stepCost = frame.stepBegin - frame.gas;
    given += pays ? GasCost.CALL_STIPEND : 0;
    return startCall(frame, opcode, target, codeOwner, inputAt, given);
  }

  private Optional<Address> delegate(LiveAccount target) {
    return target.hasCode() ? state.code(target).delegate() : Optional.empty();
  }

  /// Begins a call that is paid for, its operands still on the caller's stack.
  private Frame startCall(
      Frame frame, int opcode, LiveAccount target, LiveAccount codeOwner, int inputAt, long given) {
    long[] s = frame.stack;
    int height = frame.height;
    boolean valued = opcode == CALL || opcode == CALLCODE;
    long[] value = workspace.scratch;
    if (valued) {
      System.arraycopy(s, height - 12, value, 0, 4);
    } else if (opcode == DELEGATECALL) {
      System.arraycopy(frame.value, 0, value, 0, 4);
    } else {
      Arithmetic.set(value, 0, 0);
    }
    int inputLength = (int) s[inputAt - 4];
    int inputFrom = inputLength == 0 ? 0 : (int) s[inputAt];
    int outputLength = (int) s[inputAt - 12];
    int outputAt = outputLength == 0 ? 0 : (int) s[inputAt - 8];
    finishCaller(frame, inputAt - 12);
    entered(
        CallKind.of(opcode),
        frame.self,
        target,
        value,
        frame.memory,
        inputFrom,
        inputLength,
        given);
    if (frame.depth >= Workspace.DEPTH_MAX || (valued && !state.covers(frame.self, value))) {
      return refused(frame, given);
    }
    int mark = state.mark();
    if (opcode == CALL) {
      state.transfer(frame.self, target, value);
    }
    if (target.precompile != null) {
      Bytes input = Bytes.of(frame.memory, inputFrom, inputLength);
      CallResult ended = exited(precompiled(target.precompile, input, given), given);
      if (ended instanceof CallResult.Halt) {
        state.revertTo(mark);
      }
      byte[] output = ended.output().toArray();
      deliver(
          frame,
          ended.gasLeft(),
          ended instanceof CallResult.Success,
          output,
          0,
          output.length,
          outputAt,
          outputLength);
      return frame;
    }
    Code code = state.code(codeOwner);
    if (code.length() == 0) {
      if (tracer != null) {
        exited(new CallResult.Success(given, Bytes.EMPTY), given);
      }
      deliver(frame, given, true, NOTHING, 0, 0, 0, 0);
      return frame;
    }
    boolean ownStorage = opcode == CALL || opcode == STATICCALL;
    LiveAccount self = ownStorage ? target : frame.self;
    LiveAccount caller = opcode == DELEGATECALL ? frame.caller : frame.self;
    Frame callee = workspace.frame(frame.depth + 1, self, caller);
    callee.begin(code, given);
    callee.input = frame.memory;
    callee.inputAt = inputFrom;
    callee.inputLength = inputLength;
    callee.isStatic = frame.isStatic || opcode == STATICCALL;
    callee.isCreation = false;
    callee.mark = mark;
    callee.outputAt = outputAt;
    callee.outputLength = outputLength;
    System.arraycopy(value, 0, callee.value, 0, 4);
    return callee;
  }

  /// Moves the caller behind its instruction, with room for the result on top of its stack.
  private static void finishCaller(Frame frame, int resultAt) {
    frame.height = resultAt + 4;
    frame.position++;
    frame.returnedLength = 0;
  }

  /// Answers a call or creation that does not begin with 0; its gas comes back.
  private Frame refused(Frame frame, long given) {
    frame.gas += given;
    Arithmetic.set(frame.stack, frame.height - 4, 0);
    if (tracer != null) {
      exited(new CallResult.Revert(given, Bytes.EMPTY), given);
    }
    return frame;
  }

  private static CallResult precompiled(Precompile precompile, Bytes input, long gas) {
    long price = precompile.gas(input);
    if (price > gas) {
      return new CallResult.Halt(HaltReason.OUT_OF_GAS);
    }
    Optional<Bytes> output = precompile.run(input);
    return output.isPresent()
        ? new CallResult.Success(gas - price, output.get())
        : new CallResult.Halt(HaltReason.PRECOMPILE_FAILED);
  }

  private @Nullable Frame create(Frame frame, int opcode) {
    if (frame.isStatic) {
      return halted(frame, HaltReason.WRITE_IN_STATIC_CALL);
    }
    long gas = creation.charge(frame, opcode == CREATE2);
    if (gas < 0) {
      return halted(frame, frame.halt == null ? HaltReason.OUT_OF_GAS : frame.halt);
    }
    long[] s = frame.stack;
    int height = frame.height;
    long[] value = workspace.scratch;
    System.arraycopy(s, height - 4, value, 0, 4);
    int length = (int) s[height - 12];
    int offset = length == 0 ? 0 : (int) s[height - 8];
    Hash salt = opcode == CREATE2 ? Words.hash(s, height - 16) : Hash.ZERO;
    finishCaller(frame, height - (opcode == CREATE2 ? 16 : 12));
    long given = gas - gas / GasCost.CALL_RESERVE;
    frame.gas = gas - given;
    frame.stepCost = frame.stepBegin - frame.gas;
    LiveAccount creator = frame.self;
    boolean nonceLeft = creator.nonce != -1;
    if (frame.depth >= Workspace.DEPTH_MAX || !nonceLeft || !state.covers(creator, value)) {
      entered(CallKind.of(opcode), creator, creator, value, frame.memory, offset, length, given);
      return refused(frame, given);
    }
    Code initCode = Code.of(frame.memory, offset, length);
    Address address =
        opcode == CREATE2
            ? ContractAddress.ofSalt(creator.address, salt, initCode.hash())
            : ContractAddress.ofNonce(creator.address, creator.nonce);
    state.setNonce(creator, creator.nonce + 1);
    LiveAccount contract = state.account(address);
    long _ = state.accessGas(contract); // Warm from here on, paid for by the creation.
    entered(CallKind.of(opcode), creator, contract, value, frame.memory, offset, length, given);
    if (state.isOccupied(contract)) {
      Arithmetic.set(frame.stack, frame.height - 4, 0);
      exited(new CallResult.Halt(HaltReason.ADDRESS_OCCUPIED), given);
      return frame;
    }
    Frame callee = workspace.frame(frame.depth + 1, contract, creator);
    creation.begin(callee, initCode, value, given);
    return callee;
  }

  // Instructions that end a frame. Each returns the caller's frame, or nothing behind the last.

  private @Nullable Frame selfDestruct(Frame frame) {
    if (frame.isStatic) {
      return halted(frame, HaltReason.WRITE_IN_STATIC_CALL);
    }
    LiveAccount self = frame.self;
    LiveAccount heir = state.account(frame.stack, frame.height - 4);
    long cost = state.accessGas(heir) == GasCost.WARM ? 0 : GasCost.COLD_ACCOUNT;
    long[] money = workspace.scratch;
    System.arraycopy(self.balance, 0, money, 0, 4);
    cost += !Arithmetic.isZero(money, 0) && heir.isEmpty() ? GasCost.NEW_ACCOUNT : 0;
    if (frame.gas < cost) {
      return halted(frame, HaltReason.OUT_OF_GAS);
    }
    frame.gas -= cost;
    entered(CallKind.SELFDESTRUCT, self, heir, money, NOTHING, 0, 0, 0);
    exited(new CallResult.Success(0, Bytes.EMPTY), 0);
    state.transfer(self, heir, money);
    if (self.created) {
      if (self == heir) {
        state.debit(self, money); // Burnt: nobody is left to hold it (EIP-6780).
      }
      state.destroy(self);
    }
    return succeeded(frame, NOTHING, 0, 0);
  }

  private @Nullable Frame returned(Frame frame, int opcode) {
    int lengthAt = frame.height - 8;
    long gas = frame.extend(frame.height - 4, lengthAt, frame.gas);
    if (gas < 0) {
      return halted(frame, HaltReason.OUT_OF_GAS);
    }
    frame.gas = gas;
    int length = (int) frame.stack[lengthAt];
    int at = length == 0 ? 0 : (int) frame.stack[frame.height - 4];
    if (opcode == RETURN) {
      return succeeded(frame, frame.memory, at, length);
    }
    state.revertTo(frame.mark);
    return close(frame, Ending.REVERT, at, length);
  }

  private @Nullable Frame succeeded(Frame frame, byte[] bytes, int at, int length) {
    @Nullable HaltReason failure =
        frame.isCreation ? creation.finish(frame, bytes, at, length) : null;
    return failure == null ? close(frame, Ending.SUCCESS, at, length) : halted(frame, failure);
  }

  private @Nullable Frame halted(Frame frame, HaltReason reason) {
    frame.halt = reason;
    return halted(frame);
  }

  private @Nullable Frame halted(Frame frame) {
    HaltReason reason = frame.halt == null ? HaltReason.OUT_OF_GAS : frame.halt;
    frame.halt = reason;
    if (tracer != null) {
      tracer.halted(reason);
    }
    state.revertTo(frame.mark);
    return close(frame, Ending.HALT, 0, 0);
  }

  /// How a frame ends.
  private enum Ending {
    SUCCESS,
    REVERT,
    HALT
  }

  /// Ends the frame; what it returns is `length` bytes of its memory.
  private @Nullable Frame close(Frame frame, Ending ending, int at, int length) {
    boolean succeeded = ending == Ending.SUCCESS;
    if (frame.depth == 0 || tracer != null) { // Nobody else sees a result, so none is made.
      result = exited(result(frame, ending, at, length), frame.gasGiven);
    }
    if (frame.depth == 0) {
      return null;
    }
    Frame caller = workspace.callerOf(frame.depth);
    int delivered = frame.isCreation && succeeded ? 0 : length; // Code goes to the state.
    deliver(
        caller,
        ending == Ending.HALT ? 0 : frame.gas,
        succeeded,
        frame.memory,
        at,
        delivered,
        frame.outputAt,
        frame.outputLength);
    if (frame.isCreation && succeeded) {
      frame.self.putAddress(caller.stack, caller.height - 4);
    }
    return caller;
  }

  private static CallResult result(Frame frame, Ending ending, int at, int length) {
    Bytes output = Bytes.of(frame.memory, at, length);
    return switch (ending) {
      case SUCCESS -> new CallResult.Success(frame.gas, output);
      case REVERT -> new CallResult.Revert(frame.gas, output);
      case HALT -> new CallResult.Halt(Objects.requireNonNull(frame.halt));
    };
  }

  /// Gives the caller result, gas and output of what it called.
  private static void deliver(
      Frame caller,
      long gasLeft,
      boolean succeeded,
      byte[] bytes,
      int at,
      int length,
      int outputAt,
      int outputLength) {
    caller.gas += gasLeft;
    Arithmetic.set(caller.stack, caller.height - 4, succeeded ? 1 : 0);
    caller.keepReturned(bytes, at, length);
    System.arraycopy(bytes, at, caller.memory, outputAt, Math.min(length, outputLength));
  }

  // What the tracer is told.

  private void entered(
      CallKind kind,
      LiveAccount from,
      LiveAccount to,
      long[] value,
      byte[] bytes,
      int at,
      int length,
      long gas) {
    if (tracer != null) {
      Amount amount = new Amount(Words.number(value, 0));
      Bytes input = Bytes.of(bytes, at, length);
      tracer.enter(new Tracer.Entered(kind, from.address, to.address, amount, input, gas));
    }
  }

  @CanIgnoreReturnValue
  private CallResult exited(CallResult ended, long given) {
    if (tracer != null) {
      tracer.exit(ended, given - ended.gasLeft());
    }
    return ended;
  }
}
