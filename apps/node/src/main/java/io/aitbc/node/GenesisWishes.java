// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisRules;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;

/// What somebody wants a network to be: read when its genesis is made. A chain that is there and
/// says otherwise wins. Protocol §10.4, §19.4.
///
/// @param kind how it decides about blocks, with slots of the usual length
/// @param proposer the one account that proposes
/// @param validatorsMax most validators in a set, whatever the mode; without votes most proposers
/// @param stakeMin what a candidate has at stake at least, whatever the mode
public record GenesisWishes(
    Optional<NetworkKind> kind,
    Optional<Address> proposer,
    OptionalInt validatorsMax,
    Optional<Amount> stakeMin) {
  /// The variables, and the options of commands that mean the same.
  public enum Name {
    /// The kind.
    CONSENSUS_MODE("--consensus"),
    /// The account of the one proposer.
    PROPOSER_ID("--proposer"),
    /// Blocks in an epoch, a constant.
    ROTATION_INTERVAL("--rotation-interval"),
    /// Most validators in a set.
    MAX_VALIDATORS("--max-validators"),
    /// Least stake of a candidate, AITBC.
    MIN_STAKE("--min-stake"),
    /// The reputation that newcomers begin with, a constant.
    REPUTATION_THRESHOLD("--reputation-threshold");

    private final String option;

    Name(String option) {
      this.option = option;
    }

    /// The option that means the same.
    public String option() {
      return option;
    }
  }

  /// No wishes.
  public static final GenesisWishes NONE =
      new GenesisWishes(Optional.empty(), Optional.empty(), OptionalInt.empty(), Optional.empty());

  /// Blocks between two sets of validators: `Epochs.LENGTH_BLOCKS`, Protocol §19.2.
  private static final BigDecimal ROTATION_BLOCKS = BigDecimal.valueOf(100);

  /// `EpochDraw.REPUTATION_START`, Protocol §2.3, §19.2.
  private static final BigDecimal REPUTATION = new BigDecimal("0.7");

  /// The bounds of STAKE_MIN, AITBC. Protocol §19.3.
  private static final BigDecimal STAKE_MIN_LEAST = BigDecimal.ONE;

  private static final BigDecimal STAKE_MIN_MOST = BigDecimal.valueOf(100_000_000);

  /// Digits behind the point of an amount that is whole units of voting power.
  private static final int STAKE_DECIMALS = 6;

  private static final int AITBC_DECIMALS = 18;

  /// Reads the variables; one that is empty is not there.
  ///
  /// @throws ConfigurationException naming the variable and what is allowed
  public static GenesisWishes of(Map<String, String> environment) throws ConfigurationException {
    return of(Name::name, name -> environment.getOrDefault(name.name(), ""));
  }

  /// Reads the options of a command; one that is empty is not there.
  ///
  /// @throws ConfigurationException naming the option and what is allowed
  public static GenesisWishes ofOptions(Map<Name, String> options) throws ConfigurationException {
    return of(Name::option, name -> options.getOrDefault(name, ""));
  }

  private static GenesisWishes of(Function<Name, String> names, Function<Name, String> values)
      throws ConfigurationException {
    Function<Name, Said> said = name -> new Said(names.apply(name), values.apply(name));
    said.apply(Name.ROTATION_INTERVAL)
        .requireConstant(ROTATION_BLOCKS, "the blocks of an epoch are");
    said.apply(Name.REPUTATION_THRESHOLD)
        .requireConstant(REPUTATION, "the reputation that newcomers begin with is");
    return new GenesisWishes(
        said.apply(Name.CONSENSUS_MODE).kind(),
        said.apply(Name.PROPOSER_ID).account(),
        said.apply(Name.MAX_VALIDATORS).validators(),
        said.apply(Name.MIN_STAKE).stake());
  }

  /// A value under the name by which it was said.
  private record Said(String name, String value) {
    Optional<NetworkKind> kind() throws ConfigurationException {
      return switch (value) {
        case "" -> Optional.empty();
        case "hybrid" -> Optional.of(new NetworkKind.Hybrid());
        case "poa" -> Optional.of(new NetworkKind.Poa(NetworkKind.Poa.SLOT_MILLIS_DEFAULT));
        default -> throw wrong("allowed are hybrid, poa");
      };
    }

    Optional<Address> account() throws ConfigurationException {
      if (value.isEmpty()) {
        return Optional.empty();
      }
      try {
        return Optional.of(Address.fromHex(value));
      } catch (IllegalArgumentException malformed) {
        throw wrong("allowed is the address of an account, 0x and 40 hexadecimal digits");
      }
    }

    OptionalInt validators() throws ConfigurationException {
      if (value.isEmpty()) {
        return OptionalInt.empty();
      }
      BigDecimal most = BigDecimal.valueOf(ValidatorSet.VALIDATORS_MAX);
      return OptionalInt.of(number(BigDecimal.ONE, most, 0, "a whole number").intValueExact());
    }

    Optional<Amount> stake() throws ConfigurationException {
      if (value.isEmpty()) {
        return Optional.empty();
      }
      BigDecimal aitbc =
          number(STAKE_MIN_LEAST, STAKE_MIN_MOST, STAKE_DECIMALS, "an amount of AITBC");
      return Optional.of(Amount.wei(aitbc.movePointRight(AITBC_DECIMALS).toBigIntegerExact()));
    }

    void requireConstant(BigDecimal constant, String what) throws ConfigurationException {
      if (!value.isEmpty() && number().map(constant::compareTo).orElse(1) != 0) {
        throw wrong("allowed is %s: %s a constant".formatted(constant, what));
      }
    }

    private BigDecimal number(BigDecimal least, BigDecimal most, int decimals, String what)
        throws ConfigurationException {
      return number()
          .filter(number ->
              number.compareTo(least) >= 0
                  && number.compareTo(most) <= 0
                  && number.stripTrailingZeros().scale() <= decimals)
          .orElseThrow(() ->
              wrong(
                  "allowed is %s from %s to %s%s"
                      .formatted(
                          what,
                          least,
                          most,
                          decimals == 0 ? "" : ", with up to %d decimals".formatted(decimals))));
    }

    private Optional<BigDecimal> number() {
      if (!value.matches("[0-9]{1,12}(\\.[0-9]{1,18})?")) {
        return Optional.empty();
      }
      return Optional.of(new BigDecimal(value));
    }

    private ConfigurationException wrong(String allowed) {
      return new ConfigurationException("%s is \"%s\"; %s".formatted(name, value, allowed));
    }
  }

  /// These wishes, and where there is none, those of `others`.
  public GenesisWishes or(GenesisWishes others) {
    return new GenesisWishes(
        kind.or(others::kind),
        proposer.or(others::proposer),
        validatorsMax.isPresent() ? validatorsMax : others.validatorsMax,
        stakeMin.or(others::stakeMin));
  }

  /// The kind that is wanted, by votes if none is named.
  ///
  /// @throws ConfigurationException if the other wishes do not fit it
  public NetworkKind fittingKind() throws ConfigurationException {
    NetworkKind wanted = kind.orElse(new NetworkKind.Hybrid());
    if (proposer.isPresent() && wanted instanceof NetworkKind.Hybrid) {
      throw new ConfigurationException(
          "one proposer (--proposer, PROPOSER_ID) needs --consensus poa; a network of one that"
              + " decides by votes has one validator");
    }
    return wanted;
  }

  /// Refuses first validators, or proposers, that do not fit.
  ///
  /// @param wanted how the network decides
  /// @param count how many there are
  /// @param stake of each; zero where they do not stake
  /// @throws ConfigurationException saying which wish they are against
  public void requireFit(NetworkKind wanted, int count, VotingPower stake)
      throws ConfigurationException {
    int most = validatorsMax.orElse(Integer.MAX_VALUE);
    if (wanted instanceof NetworkKind.Poa && count > most) {
      throw new ConfigurationException(
          "%s is %d, and there are %d proposers".formatted(Name.MAX_VALIDATORS, most, count));
    }
    VotingPower least = stakeMin.map(VotingPower::of).orElse(VotingPower.ZERO);
    if (!stake.isZero() && stake.compareTo(least) < 0) {
      throw new ConfigurationException(
          "%s is %s AITBC, and the first validators have %s each at stake"
              .formatted(Name.MIN_STAKE, aitbc(least), aitbc(stake)));
    }
  }

  /// `rules` but for what is wished of stake and sets.
  public GenesisRules applied(GenesisRules rules) {
    GenesisRules wished = rules.withConsensus(rules.consensus().withModes(this::applied));
    return stakeMin
        .map(least -> wished.with(EconomyParameter.STAKE_MIN, least.wei()))
        .orElse(wished);
  }

  private ModeParameters applied(ModeParameters mode) {
    return new ModeParameters(
        mode.blockIntervalMillis(),
        validatorsMax.orElse(mode.validatorsMax()),
        stakeMin.map(VotingPower::of).orElse(mode.leastStake()),
        mode.transactionsMax(),
        mode.bytesMax());
  }

  /// What a network that is there does not fulfil, or did not when it began, a line each.
  public List<String> unfulfilledBy(GenesisFile file) {
    Genesis genesis = file.genesis();
    boolean poa = genesis.kind() instanceof NetworkKind.Poa;
    List<String> lines = new ArrayList<>();
    kind.filter(wanted -> !wanted.title().equals(genesis.kind().title()))
        .ifPresent(wanted ->
            lines.add(
                newOnly(
                    Name.CONSENSUS_MODE, wanted.title(), "this one is " + genesis.kind().title())));
    List<Address> makers =
        genesis.snapshot().candidates().stream().map(Candidate::account).toList();
    proposer
        .filter(wanted -> !poa || !makers.equals(List.of(wanted)))
        .ifPresent(wanted ->
            lines.add(
                newOnly(
                    Name.PROPOSER_ID,
                    wanted.toString(),
                    "this one has %d %s, and %s is %s"
                        .formatted(
                            makers.size(),
                            poa ? "proposers" : "validators",
                            wanted,
                            makers.contains(wanted) ? "one of them" : "none of them"))));
    if (poa) {
      validatorsMax.stream()
          .filter(most -> makers.size() > most)
          .forEach(most ->
              lines.add(
                  newOnly(
                      Name.MAX_VALIDATORS,
                      String.valueOf(most),
                      "this one has %d proposers".formatted(makers.size()))));
      stakeMin.ifPresent(
          least -> lines.add(newOnly(Name.MIN_STAKE, aitbc(least), "this one knows no stake")));
    } else {
      addOtherSets(file, lines);
    }
    return lines;
  }

  private void addOtherSets(GenesisFile file, List<String> lines) {
    List<ModeParameters> modes =
        Stream.of(Mode.values()).map(file.genesis().snapshot().parameters()::of).toList();
    List<Integer> caps = modes.stream().map(ModeParameters::validatorsMax).toList();
    validatorsMax.stream()
        .filter(most -> !caps.equals(List.of(most, most, most)))
        .forEach(most ->
            lines.add(
                newOnly(
                    Name.MAX_VALIDATORS,
                    String.valueOf(most),
                    "this one began with %d in FAST, %d in BALANCED, %d in SECURE"
                        .formatted(caps.toArray()))));
    Amount own =
        new Amount(
            file.economy()
                .getOrDefault(EconomyParameter.STAKE_MIN, EconomyParameter.STAKE_MIN.standard()));
    List<VotingPower> leasts = modes.stream().map(ModeParameters::leastStake).toList();
    stakeMin
        .filter(least -> {
          VotingPower power = VotingPower.of(least);
          return !least.equals(own) || !leasts.equals(List.of(power, power, power));
        })
        .ifPresent(least ->
            lines.add(
                newOnly(
                    Name.MIN_STAKE,
                    aitbc(least),
                    "this one began with %s AITBC to be a candidate, and to be drawn %s in FAST, %s in BALANCED, %s in SECURE"
                        .formatted(
                            aitbc(own),
                            aitbc(leasts.get(0)),
                            aitbc(leasts.get(1)),
                            aitbc(leasts.get(2))))));
  }

  private static String newOnly(Name name, String value, String but) {
    return "%s=%s counts for a new network only; %s".formatted(name, value, but);
  }

  private static String aitbc(VotingPower least) {
    return aitbc(Amount.wei(VotingPower.WEI_PER_UNIT).times(least.units()));
  }

  private static String aitbc(Amount amount) {
    return new BigDecimal(amount.wei().toBigInteger(), AITBC_DECIMALS)
        .stripTrailingZeros()
        .toPlainString();
  }
}
