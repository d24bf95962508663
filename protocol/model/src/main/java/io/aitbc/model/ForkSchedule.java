// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.util.List;

/// Which {@link Fork} a block follows, by its timestamp: data of the genesis. Protocol §14.7.
///
/// @param activations at least one, the first at time 0, times and forks strictly ascending
public record ForkSchedule(List<Activation> activations) {
  /// Osaka from genesis on.
  public static final ForkSchedule OSAKA_FROM_GENESIS =
      new ForkSchedule(List.of(new Activation(0, Fork.OSAKA)));

  /// A fork and the time from which blocks follow it.
  ///
  /// @param timestampSeconds least timestamp of a block that follows it, in seconds since 1970
  /// @param fork the rules
  public record Activation(long timestampSeconds, Fork fork) {}

  /// @throws IllegalArgumentException if there is no activation, the first is not at time 0, or
  ///   they do not ascend
  public ForkSchedule {
    activations = List.copyOf(activations);
    if (activations.isEmpty() || activations.getFirst().timestampSeconds != 0) {
      throw new IllegalArgumentException("no fork at time 0: " + activations);
    }
    for (int i = 1; i < activations.size(); i++) {
      Activation earlier = activations.get(i - 1);
      Activation later = activations.get(i);
      if (later.timestampSeconds <= earlier.timestampSeconds
          || later.fork.compareTo(earlier.fork) <= 0) {
        throw new IllegalArgumentException("forks do not ascend: " + activations);
      }
    }
  }

  /// The rules of a block with this timestamp, in seconds since 1970, 64 bits without sign.
  public Fork at(long timestampSeconds) {
    Fork fork = activations.getFirst().fork;
    for (Activation activation : activations) {
      if (Long.compareUnsigned(activation.timestampSeconds, timestampSeconds) <= 0) {
        fork = activation.fork;
      }
    }
    return fork;
  }
}
