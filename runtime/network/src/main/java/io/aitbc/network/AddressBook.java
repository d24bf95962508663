// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The peers this node could dial: those the operator named, and those it heard of from others,
/// which are many, unproven and bounded. Protocol §15.1.
///
/// An attacker who sends many addresses fills at most its share: a bound for each peer that told, a
/// bound for each address block, and a place is lost by chance, not by age.
final class AddressBook {
  /// How many hearsay addresses are remembered: about 200 kB, ten times what a network of 100
  /// validators needs.
  static final int HEARSAY_MAX = 1024;

  /// How many of them one peer may bring.
  static final int PER_SOURCE_MAX = 64;

  /// How many of them one address block may take.
  static final int PER_BLOCK_MAX = 16;

  /// Failures in a row after which a hearsay address is forgotten.
  static final int HEARSAY_FAILURES_MAX = 8;

  /// One address and how it went.
  private static final class Entry {
    private final PeerEndpoint address;
    private final String block;
    private final @Nullable PeerId source;
    private int failures;
    private long nextAttempt;
    private boolean proven;

    Entry(PeerEndpoint address, String block, @Nullable PeerId source, long now) {
      this.address = address;
      this.block = block;
      this.source = source;
      this.nextAttempt = now;
    }

    boolean wanted() {
      return source == null;
    }
  }

  private final RandomGenerator random;
  private final Map<PeerId, Entry> entries = new LinkedHashMap<>();
  private int hearsay;

  /// A book with the peers that the operator named; these are never forgotten.
  ///
  /// @param random decides waits and who gives way; a source of its own
  AddressBook(Collection<PeerEndpoint> named, RandomGenerator random, long now) {
    this.random = random;
    for (PeerEndpoint each : named) {
      entries.put(each.id(), new Entry(each, "", null, now));
    }
  }

  /// The book that a configuration begins with.
  static AddressBook of(NetworkConfiguration configuration) {
    return new AddressBook(
        configuration.named(), new SplittableRandom(configuration.seed()), System.nanoTime());
  }

  /// Notes an address that `source` told of.
  ///
  /// @param block the address block it lies in
  synchronized void heard(PeerEndpoint address, AddressBlock block, PeerId source, long now) {
    Entry known = entries.get(address.id());
    if (known != null && !mayMove(known, address, source)) {
      return;
    }
    if (count(each -> each != known && source.equals(each.source)) >= PER_SOURCE_MAX
        || count(each -> each != known && each.block.equals(block.prefix())) >= PER_BLOCK_MAX) {
      return;
    }
    if (known != null) {
      forget(known);
    }
    if (hearsay >= HEARSAY_MAX) {
      List<Entry> unproven =
          entries.values().stream().filter(each -> !each.wanted() && !each.proven).toList();
      if (unproven.isEmpty()) {
        return;
      }
      forget(unproven.get(random.nextInt(unproven.size())));
    }
    entries.put(address.id(), new Entry(address, block.prefix(), source, now));
    hearsay++;
  }

  /// A proven or named address is not moved by what others say, and one that nobody has tried only
  /// by who told it or by the peer itself: else any peer could have the others' forgotten.
  private static boolean mayMove(Entry known, PeerEndpoint address, PeerId source) {
    return !known.wanted()
        && !known.proven
        && !known.address.equals(address)
        && (known.failures > 0 || source.equals(known.source) || source.equals(address.id()));
  }

  /// Notes that a peer answered at its address.
  synchronized void reached(PeerId id) {
    Entry entry = entries.get(id);
    if (entry != null) {
      entry.failures = 0;
      entry.proven = true;
    }
  }

  /// Notes that an attempt failed or a connection ended, and waits before the next.
  synchronized void failed(PeerId id, Backoff backoff, long now) {
    Entry entry = entries.get(id);
    if (entry == null) {
      return;
    }
    entry.failures++;
    if (!entry.wanted() && entry.failures > HEARSAY_FAILURES_MAX) {
      forget(entry);
      return;
    }
    entry.nextAttempt = now + backoff.waitNanos(entry.failures, random);
  }

  /// The addresses whose time has come and that `eligible` accepts: first up to `wantedMax` of
  /// those the operator named, who have waited longest first, so that dead ones do not stand before
  /// the others; then up to `hearsayMax` others by chance, each from another address block.
  synchronized List<PeerEndpoint> due(
      long now, int wantedMax, int hearsayMax, Predicate<PeerId> eligible) {
    List<Entry> wanted = new ArrayList<>();
    List<Entry> others = new ArrayList<>();
    for (Entry each : entries.values()) {
      if (each.nextAttempt - now <= 0 && eligible.test(each.address.id())) {
        boolean _ = (each.wanted() ? wanted : others).add(each);
      }
    }
    wanted.sort(Comparator.comparingLong(each -> each.nextAttempt - now));
    List<PeerEndpoint> due = new ArrayList<>();
    wanted.stream().limit(wantedMax).forEach(each -> due.add(each.address));
    shuffle(others);
    // Proven ones first: a flood of new addresses does not push out those that have worked.
    others.sort(Comparator.comparing(each -> !each.proven));
    Map<String, Integer> taken = new HashMap<>();
    int left = hearsayMax;
    for (Entry each : others) {
      if (left > 0 && taken.merge(each.block, 1, Integer::sum) == 1) {
        due.add(each.address);
        left--;
      }
    }
    return due;
  }

  /// Up to `max` addresses by chance, to be told to others: those that have worked, and those that
  /// a peer gave as its own.
  synchronized List<PeerEndpoint> sample(int max) {
    List<Entry> proven =
        new ArrayList<>(entries.values().stream().filter(AddressBook::tellable).toList());
    shuffle(proven);
    return proven.stream().limit(max).map(each -> each.address).toList();
  }

  /// The address of one peer, if it is known.
  synchronized Optional<PeerEndpoint> find(PeerId id) {
    return Optional.ofNullable(entries.get(id)).map(entry -> entry.address);
  }

  /// Whether the operator named this peer.
  synchronized boolean isNamed(PeerId id) {
    Entry entry = entries.get(id);
    return entry != null && entry.wanted();
  }

  synchronized int size() {
    return entries.size();
  }

  private static boolean tellable(Entry entry) {
    return entry.proven || entry.address.id().equals(entry.source);
  }

  private void shuffle(List<Entry> list) {
    for (int i = list.size() - 1; i > 0; i--) {
      Collections.swap(list, i, random.nextInt(i + 1));
    }
  }

  private long count(Predicate<Entry> what) {
    return entries.values().stream().filter(what).count();
  }

  private void forget(Entry entry) {
    requireNonNull(entries.remove(entry.address.id()));
    hearsay--;
  }
}
