// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Points for offences and the bans that follow, of peers or of address blocks. Points fade with
/// time and every ban ends. Protocol §15.4.
///
/// Remembers a bounded number of names and forgets the one longest not offended: an attacker with
/// many names gains back old ones, which are worth no more than new ones.
///
/// @param <N> the kind of name: a peer's id or an address block
final class Standing<N> {
  /// Points that lead to a ban of a peer.
  static final int BAN_POINTS = 100;

  /// Points that lead to a ban of an address block: five banned peers. An address may be shared
  /// with honest peers, so it takes more.
  static final int BLOCK_BAN_POINTS = 500;

  /// How long it takes until one point is forgotten: ten unanswered questions in two minutes are
  /// forgiven.
  static final Duration POINT_FADES = Duration.ofSeconds(6);

  /// The first ban. Long enough that a broken peer is no load, short enough for a restart with a
  /// repaired configuration.
  static final Duration FIRST_BAN = Duration.ofMinutes(10);

  /// The longest ban; each ban doubles the one before up to this.
  static final Duration LONGEST_BAN = Duration.ofHours(6);

  /// How many names are remembered: about 1 MB.
  static final int NAMES_MAX = 8192;

  private final int banPoints;
  private final Map<N, Marks> names = new LinkedHashMap<>(16, 0.75f, true);

  /// Nobody has offended.
  ///
  /// @param banPoints points that lead to a ban
  Standing(int banPoints) {
    this.banPoints = banPoints;
  }

  /// Counts an offence.
  ///
  /// @param now the present instant in nanoseconds
  /// @return whether `name` is banned from now on
  synchronized boolean offended(N name, Offence offence, long now) {
    Marks marks = names.computeIfAbsent(name, _ -> new Marks(now));
    marks.fade(now);
    marks.points += offence.points();
    if (names.size() > NAMES_MAX) {
      names.remove(names.keySet().iterator().next());
    }
    if (marks.points < banPoints) {
      return false;
    }
    marks.points = 0;
    marks.bannedUntil = now + marks.nextBan().toNanos();
    marks.banned = true;
    return true;
  }

  /// How long `name` is banned yet; empty if it is not.
  synchronized Optional<Duration> bannedFor(N name, long now) {
    @Nullable Marks marks = names.get(name);
    if (marks == null || !marks.banned || marks.bannedUntil - now <= 0) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos(marks.bannedUntil - now));
  }

  private static final class Marks {
    private int points;
    private long fadedAt;
    private boolean banned;
    private long bannedUntil;
    private int bans;

    Marks(long now) {
      fadedAt = now;
    }

    void fade(long now) {
      long faded = (now - fadedAt) / POINT_FADES.toNanos();
      points = (int) Math.max(0, points - faded);
      fadedAt += faded * POINT_FADES.toNanos();
    }

    Duration nextBan() {
      int doublings = Math.min(bans++, 16);
      Duration ban = FIRST_BAN.multipliedBy(1L << doublings);
      return ban.compareTo(LONGEST_BAN) < 0 ? ban : LONGEST_BAN;
    }
  }
}
