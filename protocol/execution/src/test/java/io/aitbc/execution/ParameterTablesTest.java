// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Amount;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ProposerStrategy;
import io.aitbc.model.RotationStrategy;
import io.aitbc.model.UInt256;
import io.aitbc.model.VotingPower;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The tables of parameters in docs/protocol.md against what code and genesis use.
class ParameterTablesTest { // Protocol §19.1, §19.3, §19.4
  private static final ConsensusParameters DEFAULT = ConsensusParameters.DEFAULT;

  private final EconomyWorld world = new EconomyWorld(3, 4, 1);

  @Test // Protocol §19.1
  void theParametersOfConsensusAreThoseOfTheTable() throws IOException {
    Map<String, String> expected = new TreeMap<>();
    expected.put(
        "policy", coded(Stream.of(ModePolicy.values()), ModePolicy::code, DEFAULT.policy()));
    expected.put("startMode", DEFAULT.startMode().name());
    expected.put("forbidden", DEFAULT.forbidden().isEmpty() ? "none" : "some");
    expected.put(
        "rotation",
        coded(Stream.of(RotationStrategy.values()), RotationStrategy::code, DEFAULT.rotation()));
    expected.put(
        "proposers",
        coded(Stream.of(ProposerStrategy.values()), ProposerStrategy::code, DEFAULT.proposers()));
    expected.put("fallback", DEFAULT.fallback().name().toLowerCase(Locale.ROOT));
    expected.put("minTotalStake", aitbc(DEFAULT.minTotalStake()) + " AITBC in units");
    expected.put("valueThreshold", aitbc(DEFAULT.valueThreshold()) + " AITBC in wei");
    expected.put("emptyBlockInterval", grouped(DEFAULT.emptyBlockIntervalMillis()));
    expected.put("roundTimerMax", grouped(DEFAULT.roundTimerMillisMax()));
    for (Mode mode : Mode.values()) {
      expected.put(mode.name(), text(DEFAULT.of(mode)));
    }
    ExecutionParameters execution = ExecutionParameters.of(UInt256.of(7));
    expected.put(
        "gas limits",
        Stream.of(
                execution.fastGasLimit(), execution.balancedGasLimit(), execution.secureGasLimit())
            .map(ParameterTablesTest::grouped)
            .collect(Collectors.joining(", ")));
    expected.put("inertiaGas", grouped(FeeParameters.DEFAULT.inertiaGas()));
    Map<String, String> table = new TreeMap<>();
    rows("19.1").forEach(row -> table.put(row.getFirst(), row.get(1)));
    table.remove("name");
    table.keySet().removeIf(name -> name.startsWith("-"));
    assertEquals(expected, table);
  }

  /// The name with its code, and all of them.
  private static <T extends Enum<T>> String coded(Stream<T> all, ToIntFunction<T> code, T value) {
    return "%s (%d) of %s"
        .formatted(
            value.name(),
            code.applyAsInt(value),
            all.map(each -> code.applyAsInt(each) + " " + each.name())
                .collect(Collectors.joining(", ")));
  }

  private static String text(ModeParameters mode) {
    return "%s ms, %s, %s AITBC, %s, %s"
        .formatted(
            grouped(mode.blockIntervalMillis()),
            grouped(mode.validatorsMax()),
            aitbc(mode.leastStake()),
            grouped(mode.transactionsMax()),
            grouped(mode.bytesMax()));
  }

  @Test // Protocol §19.3
  void theParametersOfTheContractHaveNumbersDefaultsAndBoundsOfTheTable() throws IOException {
    List<String> names =
        ChainParameter.NAMES.subList(ParameterWords.COUNT, ChainParameter.NAMES.size());
    List<List<String>> rows =
        rows("19.3").stream().filter(row -> row.getFirst().matches("\\d+")).toList();
    assertEquals(names, rows.stream().map(row -> row.get(1)).toList());
    int number = ParameterWords.COUNT;
    for (List<String> row : rows) {
      String name = row.get(1);
      assertEquals(number, Integer.parseInt(row.getFirst()), name);
      BigDecimal unit = new BigDecimal(unit(row.get(4)).wei().toBigInteger());
      assertEquals(wei(row.get(2), unit), read("get(uint256)", number, 0), name);
      String[] bounds = row.get(3).split(" to ", -1);
      assertEquals(wei(bounds[0], unit), read("bounds(uint256)", number, 0), name);
      assertEquals(wei(bounds[1], unit), read("bounds(uint256)", number, 1), name);
      number++;
    }
    for (EconomyParameter parameter : EconomyParameter.values()) {
      assertEquals(
          parameter.standard(), read("get(uint256)", parameter.number(), 0), parameter.name());
    }
  }

  private static Amount unit(String unit) {
    return unit.contains("AITBC")
        ? Amount.ONE_AITBC
        : unit.contains("days") ? Amount.wei(86_400_000) : Amount.wei(1);
  }

  private static UInt256 wei(String text, BigDecimal unit) {
    String[] power = text.strip().replace(",", "").split("\\^", -1);
    BigDecimal value = new BigDecimal(power[0]);
    if (power.length > 1) {
      value = value.pow(Integer.parseInt(power[1]));
    }
    BigInteger exact = value.multiply(unit).toBigIntegerExact();
    return UInt256.of(exact);
  }

  private UInt256 read(String function, int number, int word) {
    EconomyWorld.Outcome outcome =
        world.send(
            EconomyWorld.account(0),
            EconomyContract.PARAMS,
            Amount.ZERO,
            CallData.of(function).number(number));
    assertTrue(outcome.succeeded(), function + " of " + number);
    return outcome.word(word);
  }

  @Test // Protocol §19.4
  void thePresetsHaveSupplyStakeAndLeastStakeOfTheTable() throws IOException {
    Map<String, List<String>> rows = new TreeMap<>();
    rows("19.4").forEach(row -> rows.put(row.getFirst().replace("`", ""), row));
    for (GenesisPreset preset : GenesisPreset.values()) {
      List<String> row = rows.getOrDefault(preset.title(), List.of());
      assertEquals(4, row.size(), preset.title());
      assertEquals(aitbc(preset.supply()), row.get(1), preset.title());
      assertEquals(aitbc(preset.stake()), row.get(2), preset.title());
      // 1 % of the supply, which one first validator has at stake.
      VotingPower least = preset.rules(UInt256.of(7)).consensus().minTotalStake();
      assertEquals(VotingPower.of(preset.stake()), least, preset.title());
      assertEquals(preset.supply(), preset.stake().times(100), preset.title());
    }
  }

  /// The cells of the rows of all tables in a section.
  private static List<List<String>> rows(String section) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(specification())) {
      if (line.startsWith("#")) {
        inside = line.startsWith("### " + section + " ");
      } else if (inside && line.startsWith("|")) {
        String[] cells = line.split("\\|", -1);
        rows.add(Arrays.stream(cells, 1, cells.length - 1).map(String::strip).toList());
      }
    }
    assertTrue(rows.size() > 2, "no table in " + section);
    return rows;
  }

  private static String aitbc(VotingPower power) {
    return aitbc(Amount.wei(VotingPower.WEI_PER_UNIT).times(power.units()));
  }

  private static String aitbc(Amount amount) {
    return grouped(amount.wei().dividedBy(Amount.ONE_AITBC.wei()).toLongExact());
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static Path specification() {
    Path folder = Path.of("").toAbsolutePath();
    for (int up = 0; up < 3 && !Files.exists(folder.resolve("docs/protocol.md")); up++) {
      folder = folder.resolve("..");
    }
    return folder.resolve("docs/protocol.md");
  }
}
