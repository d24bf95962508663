// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkEvent;
import io.aitbc.model.Address;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Log;
import io.aitbc.model.Receipt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the contracts of AI work say in logs alone: addresses of services, names and headers of
/// models. It follows the final blocks as it is asked, some at a time. Each entry has cost its
/// maker a bond or a deposit, so there are not many. Safe for use by several threads.
final class WorkIndex {
  /// Blocks that one question goes on by at most: some tenths of a second.
  static final int BLOCKS_MAX = BlockMethods.LOG_BLOCKS_MAX;

  private final ChainReader chain;
  private final Map<Service, byte[]> addresses = new LinkedHashMap<>();
  private final Map<Hash, Model> models = new LinkedHashMap<>();
  private long seen = -1;

  WorkIndex(ChainReader chain) {
    this.chain = chain;
  }

  /// A service.
  ///
  /// @param role its code
  private record Service(long role, Address account) {}

  /// A model's registration.
  ///
  /// @param height of its block
  /// @param event what was registered
  record Model(long height, WorkEvent.ModelRegistered event) {}

  /// Goes on to the last block, or as far as one question may.
  ///
  /// @return the height up to which all is known
  synchronized long goOn() {
    long last = Math.min(chain.height(), seen + BLOCKS_MAX);
    for (long height = Math.max(seen + 1, chain.kept().bodies().oldest());
        height <= last;
        height++) {
      Optional<BlockHeader> header = chain.header(height);
      if (header.isPresent()
          && (mayHold(header.get(), EconomyContract.SERVICE_REGISTRY)
              || mayHold(header.get(), EconomyContract.MODEL_REGISTRY))) {
        add(height, chain.receipts(height).orElse(List.of()));
      }
    }
    seen = Math.max(seen, last);
    return seen;
  }

  private static boolean mayHold(BlockHeader header, EconomyContract contract) {
    return header.logsBloom().mayContain(contract.address());
  }

  private void add(long height, List<Receipt> receipts) {
    for (Receipt receipt : receipts) {
      for (Log log : receipt.logs()) {
        Optional<WorkEvent> event = WorkEvent.of(log);
        if (event.isPresent() && event.get() instanceof WorkEvent.Described it) {
          addresses.put(new Service(it.role(), it.account()), it.serves().toArray());
        } else if (event.isPresent() && event.get() instanceof WorkEvent.ModelRegistered it) {
          models.put(it.model(), new Model(height, it));
        }
      }
    }
  }

  /// Where a service says that it is reached: a stranger's bytes.
  synchronized Optional<byte[]> serves(long role, Address account) {
    return Optional.ofNullable(addresses.get(new Service(role, account)));
  }

  /// Models in the order of their registration, without the first `from`, at most `max`.
  synchronized List<Model> models(long from, int max) {
    return new ArrayList<>(models.values().stream().skip(from).limit(max).toList());
  }
}
