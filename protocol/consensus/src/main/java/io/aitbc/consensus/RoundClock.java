// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Height;
import io.aitbc.model.Round;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The timers of one height. Round 0 idles: its timer starts with the first of a proposal,
/// something to order in the own pool, and the interval of empty blocks. The timer of a later round
/// starts when the node enters it, and once more when a group with an honest validator in it has
/// got there, so that the honest run it side by side. Protocol §5.8.
final class RoundClock {
  /// Clocks that differ by less than this part of the interval make no block earlier than it.
  private static final int CLOCKS_DIFFER_PART = 4;

  private final HeightView view;
  private final Surroundings around;
  private final Height height;
  private final Instant since;
  private Round round = Round.ZERO;
  private int attempt;
  private boolean running;
  private boolean together;
  private boolean intervalOver;
  private boolean emptyIntervalOver;
  private Optional<Instant> proposalSeen = Optional.empty();

  RoundClock(HeightView view, Surroundings around) {
    this.view = view;
    this.around = around;
    height = view.rules().height();
    since = around.now();
  }

  /// When the height began here.
  Instant since() {
    return since;
  }

  /// Whether round 0 waits for something to order.
  boolean isIdle() {
    return !running;
  }

  /// The height begins.
  void start() {
    startTimer(new Timer.EmptyBlockInterval(height), view.emptyBlockInterval());
    startTimer(new Timer.BlockInterval(height), untilInterval());
  }

  /// Time until the mode's interval since the parent's timestamp has passed by this node's clock;
  /// no longer than the interval and a quarter, and none once its timer has fired: a parent whose
  /// timestamp is ahead of the clock must not cost this node its turn.
  Duration untilInterval() {
    if (intervalOver) {
      return Duration.ZERO;
    }
    Duration interval = view.blockInterval();
    Duration most = interval.plus(interval.dividedBy(CLOCKS_DIFFER_PART));
    Instant due = Instant.ofEpochMilli(view.parentTimestampMillis()).plus(interval);
    Duration left = Duration.between(around.now(), due);
    return left.isNegative() ? Duration.ZERO : left.compareTo(most) > 0 ? most : left;
  }

  /// The timer of the block interval fired.
  void intervalIsOver() {
    intervalOver = true;
  }

  /// The interval of empty blocks is over: round 0 idles no longer.
  void emptyIntervalIsOver() {
    emptyIntervalOver = true;
    wake(Duration.ZERO);
  }

  /// Whether an empty block is due.
  boolean emptyBlockIsDue() {
    return emptyIntervalOver || round.number() > 0;
  }

  /// There is something to order: round 0 idles no longer.
  void somethingToOrder() {
    wake(untilInterval());
  }

  /// A proposal of the present round was accepted.
  void proposalAccepted() {
    if (proposalSeen.isEmpty()) {
      proposalSeen = Optional.of(around.now());
    }
    wake(Duration.ZERO);
  }

  /// The height was decided.
  void decided() {
    proposalSeen.ifPresent(seen ->
        around.pacemaker().measured(Duration.between(seen, around.now()), view.roundTimerMax()));
  }

  private void wake(Duration delay) {
    if (round.number() == 0 && !running) {
      startRoundTimer(delay);
    }
  }

  /// A round above 0 is entered.
  void enter(Round entered) {
    round = entered;
    together = false;
    proposalSeen = Optional.empty();
    startRoundTimer(Duration.ZERO);
  }

  /// Whether the node is in a round above 0 to which others had not come yet.
  boolean isAhead() {
    return !together && round.number() > 0;
  }

  /// A group that brings all others has reached the present round: all have its whole time.
  void othersCame() {
    together = true;
    startRoundTimer(Duration.ZERO);
  }

  /// Starts the timer of the present round again.
  void again() {
    startRoundTimer(Duration.ZERO);
  }

  /// Whether this is the last timer that was started for the present round.
  boolean isCurrent(Timer.RoundEnd timer) {
    return running && timer.round().equals(round) && timer.attempt() == attempt;
  }

  /// How long the present round may last.
  Duration roundTimer() {
    return around.pacemaker().roundTimer(round, view.roundTimerMax());
  }

  private void startRoundTimer(Duration delay) {
    running = true;
    attempt++;
    startTimer(new Timer.RoundEnd(height, round, attempt), roundTimer().plus(delay));
  }

  void startTimer(Timer timer, Duration delay) {
    around.outbox().add(new Effect.StartTimer(timer, delay));
  }
}
