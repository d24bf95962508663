// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Tells peers of the last final block: at once, but not more often than {@link #INTERVAL}. A head
/// that came too early is told when no later one was in the interval after it, so that the last one
/// before an idle time comes to nodes that no validator is connected to. Protocol §15.5.
///
/// Belongs to one thread.
///
/// @param <H> what a head is
final class HeadAnnouncement<H> {
  /// Peers that are validators know a head by its votes; this is for the others.
  static final Duration INTERVAL = Duration.ofMillis(250);

  private final LongSupplier nanos;
  private final BiConsumer<Duration, Runnable> after;
  private final Consumer<H> tell;
  private OptionalLong toldAtNanos = OptionalLong.empty();
  private Optional<H> untold = Optional.empty();
  private boolean waiting;

  /// @param nanos a monotonic clock
  /// @param after has a task run on this thread after a time
  /// @param tell tells all peers
  HeadAnnouncement(LongSupplier nanos, BiConsumer<Duration, Runnable> after, Consumer<H> tell) {
    this.nanos = nanos;
    this.after = after;
    this.tell = tell;
  }

  /// A block is final.
  void head(H head) {
    long now = nanos.getAsLong();
    if (toldAtNanos.isPresent() && now - toldAtNanos.getAsLong() < INTERVAL.toNanos()) {
      untold = Optional.of(head);
      if (!waiting) {
        waiting = true;
        after.accept(INTERVAL, this::lookBack);
      }
    } else {
      untold = Optional.empty();
      toldAtNanos = OptionalLong.of(now);
      tell.accept(head);
    }
  }

  private void lookBack() {
    waiting = false;
    untold.ifPresent(this::head);
  }
}
