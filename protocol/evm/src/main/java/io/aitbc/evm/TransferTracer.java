// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Log;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Collects the logs of a transaction and, between them, one for each movement of money, in the
/// form of an ERC-20 transfer: for eth_simulateV1 with `traceTransfers`.
public final class TransferTracer implements Tracer {
  /// Who the movements of money are said to be logged by.
  public static final Address EMITTER =
      Address.fromHex("0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");

  private static final Hash TRANSFER =
      Keccak256.hash(
          Bytes.wrap("Transfer(address,address,uint256)".getBytes(StandardCharsets.US_ASCII)));

  /// What each call that runs wrote, with the calls below that stand.
  private final Deque<List<Log>> open = new ArrayDeque<>();

  private List<Log> logs = List.of();

  /// A tracer with nothing collected.
  public TransferTracer() {}

  /// The logs that stand, in their order; none before the outermost call ended.
  public List<Log> logs() {
    return logs;
  }

  @Override
  public void enter(Entered entered) {
    open.push(new ArrayList<>());
    if (moves(entered.kind()) && !entered.value().isZero()) {
      log(
          new Log(
              EMITTER,
              List.of(TRANSFER, topic(entered.from()), topic(entered.to())),
              entered.value().wei().toHash().toBytes()));
    }
  }

  /// A DELEGATECALL only says a value, and CALLCODE pays its own account.
  private static boolean moves(CallKind kind) {
    return kind != CallKind.DELEGATECALL && kind != CallKind.CALLCODE;
  }

  @Override
  public void exit(CallResult result, long gasUsed) {
    List<Log> ended = open.pop();
    List<Log> standing = result instanceof CallResult.Success ? ended : List.of();
    if (open.isEmpty()) {
      logs = List.copyOf(standing);
    } else {
      open.element().addAll(standing);
    }
  }

  @Override
  public void log(Log log) {
    open.element().add(log);
  }

  private static Hash topic(Address address) {
    byte[] word = new byte[Hash.BYTES];
    address.copyTo(word, Hash.BYTES - Address.BYTES);
    return Hash.of(word);
  }
}
