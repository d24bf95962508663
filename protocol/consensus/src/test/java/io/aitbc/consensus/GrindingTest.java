// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Round;
import io.aitbc.model.TestValidators;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Protocol §7.3: what proposers gain who choose between beacons by withholding, in the real order
/// with the real beacon. An output of the verifiable random function is played by a hash of maker,
/// beacon and height: one for each, and nobody else knows it before. Everything comes from fixed
/// seeds, so that the answers are the same every time.
class GrindingTest {
  private static final int HEIGHTS = 4_000;

  /// Four standard errors of a share near a half over these heights.
  private static final double MARGIN = 4 * 0.5 / Math.sqrt(HEIGHTS);

  /// Leading turns beyond which the chain of the bound is cut off; odds^40 are nothing.
  private static final int TURNS_MAX = 40;

  private static final ModeSetting FAST = ModeSetting.settled(Mode.FAST);
  private static final ModeSetting SECURE = ModeSetting.settled(Mode.SECURE);

  /// Which of its beacons a coalition lets become the next one.
  private interface Choice {
    /// Withholds in all of its turns.
    int NONE = -1;

    /// The index of an option, or NONE.
    ///
    /// @param options the next beacon by each of its leading turns, in their order
    /// @param height of the block whose proposer they decide
    int of(List<Hash> options, Height height);
  }

  /// A network, of which the validators with the first numbers are a coalition.
  ///
  /// @param freeOutputs how many outputs one of them may choose from in its turn: 1 in truth
  private record Game(ValidatorSet set, ModeSetting setting, int coalition, int freeOutputs) {
    static Game of(ValidatorSet set, ModeSetting setting, int coalition) {
      return new Game(set, setting, coalition, 1);
    }

    private ProposerOrder order() {
      List<Merit> merits = Collections.nCopies(set.validators().size(), new Merit(700, 0));
      return new ProposerOrder(set, ConsensusParameters.DEFAULT, 0, merits);
    }

    private boolean isTheirs(Validator validator) {
      return set.validators().indexOf(validator) < coalition;
    }

    /// Its turns before the first one of somebody else.
    private List<Validator> turns(ProposerOrder order, Hash beacon, Height height) {
      List<Validator> turns = new ArrayList<>();
      while (true) {
        Validator next = order.proposer(beacon, height, new Round(turns.size()), setting);
        if (!isTheirs(next)) {
          return turns;
        }
        turns.add(next);
      }
    }

    /// The share of the blocks that the coalition makes.
    double share(Choice choice) {
      ProposerOrder order = order();
      int theirs = 0;
      Hash beacon = Beacon.genesis(TestValidators.GENESIS);
      for (int number = 1; number <= HEIGHTS; number++) {
        Height height = new Height(number);
        List<Validator> turns = turns(order, beacon, height);
        List<Hash> options = options(turns, beacon, height);
        int chosen = options.isEmpty() ? Choice.NONE : choice.of(options, height.next());
        if (chosen == Choice.NONE) {
          Validator honest = order.proposer(beacon, height, new Round(turns.size()), setting);
          beacon = Beacon.next(beacon, output(honest, beacon, height, 0));
        } else {
          theirs++;
          beacon = options.get(chosen);
        }
      }
      return (double) theirs / HEIGHTS;
    }

    /// How often a draw of odds `p` from the beacon of a block comes out as the coalition wants.
    double wins(int perMille) {
      ProposerOrder order = order();
      int wins = 0;
      Hash beacon = Beacon.genesis(TestValidators.GENESIS);
      for (int number = 1; number <= HEIGHTS; number++) {
        Height height = new Height(number);
        List<Validator> turns = turns(order, beacon, height);
        Validator honest = order.proposer(beacon, height, new Round(turns.size()), setting);
        Hash next = Beacon.next(beacon, output(honest, beacon, height, 0));
        for (Hash option : options(turns, beacon, height)) {
          if (isWon(option, perMille)) {
            next = option;
            break;
          }
        }
        wins += isWon(next, perMille) ? 1 : 0;
        beacon = next;
      }
      return (double) wins / HEIGHTS;
    }

    private static boolean isWon(Hash beacon, int perMille) {
      return new Lottery(beacon, "draw", 1).below(0, 1_000) < perMille;
    }

    private List<Hash> options(List<Validator> turns, Hash beacon, Height height) {
      List<Hash> options = new ArrayList<>();
      for (Validator maker : turns) {
        for (int i = 0; i < freeOutputs; i++) {
          options.add(Beacon.next(beacon, output(maker, beacon, height, i)));
        }
      }
      return options;
    }

    private static Hash output(Validator maker, Hash beacon, Height height, int which) {
      ByteBuffer input = ByteBuffer.allocate(20 + Hash.BYTES + Long.BYTES + Integer.BYTES);
      input.put(maker.account().bytes().toArray()).put(beacon.toArray());
      return Keccak256.hash(Bytes.wrap(input.putLong(height.number()).putInt(which).array()));
    }

    /// Takes the beacon that gives it the most turns one after the other.
    Choice greedy() {
      ProposerOrder order = order();
      return (options, height) -> {
        int best = 0;
        int most = -1;
        for (int i = 0; i < options.size(); i++) {
          int turns = turns(order, options.get(i), height).size();
          if (turns > most) {
            most = turns;
            best = i;
          }
        }
        return best;
      };
    }

    /// Publishes only what makes it the next proposer.
    Choice picky() {
      ProposerOrder order = order();
      return (options, height) -> {
        for (int i = 0; i < options.size(); i++) {
          if (!turns(order, options.get(i), height).isEmpty()) {
            return i;
          }
        }
        return Choice.NONE;
      };
    }
  }

  /// The share of blocks of a coalition that takes the best of as many beacons as it has leading
  /// turns, each of them theirs with these odds whoever had the ones before: Protocol §7.3.
  private static double bound(double odds) {
    double[] now = new double[TURNS_MAX + 1];
    now[0] = 1;
    for (int step = 0; step < 200; step++) {
      double[] next = new double[TURNS_MAX + 1];
      for (int had = 0; had <= TURNS_MAX; had++) {
        double below = 0;
        for (int turns = 0; turns <= TURNS_MAX; turns++) {
          double upTo =
              turns == TURNS_MAX ? 1 : Math.pow(1 - Math.pow(odds, turns + 1.0), Math.max(1, had));
          next[turns] += now[had] * (upTo - below);
          below = upTo;
        }
      }
      now = next;
    }
    return 1 - now[0];
  }

  @ParameterizedTest // Protocol §7.3: the table.
  @CsvSource({"1, 0.0477", "2, 0.0961", "4, 0.1974", "6, 0.3091", "7, 0.3705"})
  void aCoalitionGetsAtMostItsRowOfTheTable(int coalition, String row) {
    double bound = bound(coalition / 21.0);
    assertEquals(row, String.format(Locale.ROOT, "%.4f", bound));
    Game game = Game.of(TestValidators.set(21), FAST, coalition);
    double honest = game.share((_, _) -> 0);
    double greedy = game.share(game.greedy());
    double picky = game.share(game.picky());
    System.out.printf(
        Locale.ROOT,
        "%d of 21: %.4f of the blocks without grinding, %.4f with, %.4f if it publishes only what"
            + " makes it the next; at most %s%n",
        coalition,
        honest,
        greedy,
        picky,
        row);
    assertTrue(greedy <= bound + MARGIN, "greedy " + greedy);
    assertTrue(picky <= bound + MARGIN, "picky " + picky);
    assertTrue(Math.abs(honest - coalition / 21.0) < MARGIN, "honest " + honest);
  }

  @Test // Protocol §7.3: one validator has one turn in a height, and what it withholds it loses.
  void oneValidatorLosesByWithholding() {
    Game game = Game.of(TestValidators.set(0, 10, 10, 10), SECURE, 1);
    double publishes = game.share(game.greedy());
    double picky = game.share(game.picky());
    System.out.printf(
        Locale.ROOT,
        "a third of the stake in one name: %.4f of the blocks, %.4f if it publishes only what makes"
            + " it the next%n",
        publishes,
        picky);
    assertTrue(Math.abs(publishes - 1 / 3.0) < MARGIN);
    assertTrue(picky < publishes - MARGIN);
  }

  @ParameterizedTest // Protocol §7.3: other draws from a beacon.
  @CsvSource({"7, 100", "7, 333", "1, 500"})
  void aDrawIsBentByAsManyBeaconsAsThereAreTurns(int coalition, int perMille) {
    double odds = coalition / 21.0;
    double misses = 1 - perMille / 1_000.0;
    double bound = 1 - (1 - odds) * misses / (1 - odds * misses);
    double wins = Game.of(TestValidators.set(21), FAST, coalition).wins(perMille);
    System.out.printf(
        Locale.ROOT,
        "%d of 21: a draw of %d in 1,000 is won in %.4f, at most %.4f%n",
        coalition,
        perMille,
        wins,
        bound);
    assertTrue(wins <= bound + MARGIN);
    assertTrue(wins > perMille / 1_000.0 - MARGIN);
  }

  @Test // Protocol §7.1: why a validator has one output for a height.
  void outputsThatCouldBeChosenWouldBreakTheBound() {
    Game game = new Game(TestValidators.set(21), FAST, 7, 8);
    assertTrue(game.share(game.greedy()) > bound(1 / 3.0) + 10 * MARGIN);
  }
}
