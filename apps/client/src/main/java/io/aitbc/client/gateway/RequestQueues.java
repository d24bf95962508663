// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import io.aitbc.compute.ItemFile;
import io.aitbc.model.Amount;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The requests that wait to be ordered, and what keys spent or may yet spend. For several threads.
/// Protocol §17.12.
final class RequestQueues {
  /// Requests that wait to be ordered, at one time.
  static final int REQUESTS_MAX = 1_024;

  /// Bytes of a claim's items: what their file holds.
  private static final long BATCH_BYTES_MAX = ItemFile.BYTES_MAX / 2;

  private static final int SECRET_BYTES = 16;

  private final GatewayLimits limits;
  private final SecureRandom random = new SecureRandom();
  private final Object lock = new Object();

  /// What waits to be ordered, by model; under the lock.
  private final Map<String, Deque<Waiting>> queues = new TreeMap<>();

  /// What keys spent or may yet spend; under the lock.
  private final Map<String, Amount> spent;

  /// Queues without requests.
  ///
  /// @param spent by keys before
  RequestQueues(GatewayLimits limits, Map<String, Amount> spent) {
    this.limits = limits;
    this.spent = new TreeMap<>(spent);
  }

  /// Adds a request, and its fee to what its key may yet spend.
  ///
  /// @throws GatewayRefusedException if there is no place, or the key may not spend as much
  void add(GatewayKeys.Key key, ServedModel model, Waiting waiting) throws GatewayRefusedException {
    if (waiting.bytes() > BATCH_BYTES_MAX) {
      throw new GatewayRefusedException(
          new GatewayRefusal.TooMuch("bytes of items", waiting.bytes(), BATCH_BYTES_MAX));
    }
    synchronized (lock) {
      if (queues.values().stream().mapToInt(Deque::size).sum() >= REQUESTS_MAX) {
        throw new GatewayRefusedException(
            new GatewayRefusal.Busy("places of the queue", REQUESTS_MAX));
      }
      Amount before = spent.getOrDefault(key.name(), Amount.ZERO);
      Amount after = before.plus(waiting.fee);
      if (key.limit().isPresent() && after.compareTo(key.limit().get()) > 0) {
        Amount left = key.limit().get().minus(before.min(key.limit().get()));
        throw new GatewayRefusedException(
            new GatewayRefusal.LimitReached(
                key.name(), waiting.fee.wei().toString(), left.wei().toString()));
      }
      Amount _ = spent.put(key.name(), after);
      queues.computeIfAbsent(model.name(), _ -> new ArrayDeque<>()).add(waiting);
    }
  }

  /// Takes a request out and its fee back, if it still waits to be ordered.
  void leave(ServedModel model, Waiting waiting) {
    synchronized (lock) {
      if (queues.getOrDefault(model.name(), new ArrayDeque<>()).remove(waiting)) {
        release(waiting.key, waiting.fee);
      }
    }
  }

  /// What a key will not spend after all.
  void release(String key, Amount fee) {
    synchronized (lock) {
      Amount now = spent.getOrDefault(key, Amount.ZERO);
      Amount _ = spent.put(key, now.minus(fee.min(now)));
    }
  }

  /// Takes out the requests of a claim that is full or has waited, and names their receipts.
  ///
  /// @param number of their batch
  /// @return empty if nothing is due
  List<Waiting> due(ServedModel model, long number) {
    List<Waiting> some = new ArrayList<>();
    synchronized (lock) {
      Deque<Waiting> queue = queues.getOrDefault(model.name(), new ArrayDeque<>());
      int items = queue.stream().mapToInt(each -> each.items.size()).sum();
      long bytes = queue.stream().mapToLong(Waiting::bytes).sum();
      boolean waited =
          !queue.isEmpty()
              && System.nanoTime() - queue.element().sinceNanos >= limits.waitMax().toNanos();
      if (waited || items >= limits.batchItems() || bytes >= BATCH_BYTES_MAX) {
        items = 0;
        bytes = 0;
        while (!queue.isEmpty()
            && items + queue.element().items.size() <= limits.batchItems()
            && bytes + queue.element().bytes() <= BATCH_BYTES_MAX) {
          Waiting next = queue.remove();
          items += next.items.size();
          bytes += next.bytes();
          next.receipt = number + "-" + secret();
          some.add(next);
        }
      }
    }
    return some;
  }

  private String secret() {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Takes all requests out.
  List<Waiting> clear() {
    List<Waiting> all = new ArrayList<>();
    synchronized (lock) {
      queues.values().forEach(all::addAll);
      queues.values().forEach(Deque::clear);
    }
    return all;
  }
}
