// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Hash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How fast a worker's engine is, as measured, and so which claims it can finish in time. Belongs
/// to one thread. Protocol §17.13: who is late pays.
final class Pace {
  /// Expected times are multiplied by this: the machine does other things too.
  static final int CAUTION = 2;

  /// Models whose pace is remembered.
  private static final int MODELS_MAX = 64;

  /// Nanoseconds for an operation, of the models that ran last.
  private final Map<Hash, Double> nanos = new LinkedHashMap<>();

  /// Work on a claim.
  ///
  /// @param model its id
  /// @param operations multiply-adds and elements, at least 1
  record Load(Hash model, long operations) {}

  /// Work that is to be done in time.
  ///
  /// @param left until it is late
  record Due(Load load, Duration left) {}

  /// A run was measured.
  void measured(Load load, Duration took) {
    double each = (double) took.toNanos() / load.operations;
    Double before = nanos.remove(load.model);
    if (before == null && nanos.size() == MODELS_MAX) {
      Double _ = nanos.remove(nanos.keySet().iterator().next());
    }
    Double _ = nanos.put(load.model, before == null ? each : (before + each) / 2);
  }

  /// Whether nothing was measured of a model.
  boolean isNew(Hash model) {
    return !nanos.containsKey(model);
  }

  /// How long work takes; a model that never ran is as slow as the slowest that did. Empty if none
  /// did.
  private Optional<Double> expectedNanos(Load load) {
    return Optional.ofNullable(nanos.get(load.model))
        .or(() -> nanos.values().stream().max(Comparator.naturalOrder()))
        .map(each -> each * load.operations);
  }

  /// Whether work takes no longer than this, if its model was measured.
  boolean isWithin(Load load, Duration most) {
    Double each = nanos.get(load.model);
    return each == null || each * load.operations <= most.toNanos();
  }

  /// Whether another claim can be finished in time, and does not make one late that is accepted:
  /// what ends first is done first. While nothing is known of the engine it takes one claim at a
  /// time, whose client chose its time.
  boolean fits(List<Due> accepted, Due next) {
    List<Due> all = new ArrayList<>(accepted);
    boolean _ = all.add(next);
    if (all.stream().anyMatch(each -> expectedNanos(each.load).isEmpty())) {
      return accepted.isEmpty();
    }
    all.sort(Comparator.comparing(Due::left));
    double sum = 0;
    boolean fits = true;
    for (Due each : all) {
      sum += CAUTION * expectedNanos(each.load).orElseThrow();
      // Whether one that ends before it is late does not depend on the next.
      boolean touched = each.left.compareTo(next.left) >= 0;
      fits &= !touched || sum <= each.left.toNanos();
    }
    return fits;
  }
}
