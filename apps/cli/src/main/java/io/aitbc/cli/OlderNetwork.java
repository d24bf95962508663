// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.Predeploys;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.node.ConfigurationException;
import io.aitbc.rpc.OlderPlatform;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a network of the older platform holds, as its genesis file or the answer of its
/// `/rpc/state/snapshot` says it. docs/operator.md, "From a network of the older platform".
///
/// @param chainId its name
/// @param holdings the accounts that have a balance or a nonce, ascending by address
/// @param empty how many others there are
/// @param authorities who made its blocks, if the file says so
record OlderNetwork(
    String chainId, List<Holding> holdings, int empty, List<Authority> authorities) {
  /// As much as a genesis file may have.
  private static final long FILE_BYTES_MAX = 64L << 20;

  private static final int DEPTH_MAX = 16;

  /// Bits of a balance and of a nonce there.
  private static final int NUMBER_BITS_MAX = 63;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /// Copies the lists.
  OlderNetwork {
    holdings = List.copyOf(holdings);
    authorities = List.copyOf(authorities);
  }

  /// An account.
  ///
  /// @param seconds its balance, compute-seconds
  /// @param place where in the file it stands
  record Holding(Address address, BigInteger seconds, long nonce, String place) {
    Genesis.GenesisAccount account() {
      return new Genesis.GenesisAccount(
          address, OlderPlatform.amount(seconds), nonce, Bytes.EMPTY, new TreeMap<>());
    }

    private boolean isEmpty() {
      return seconds.signum() == 0 && nonce == 0;
    }

    /// Whether its balance is no whole number of wei.
    boolean isRounded() {
      return OlderPlatform.amount(seconds)
              .wei()
              .toBigInteger()
              .multiply(BigInteger.valueOf(OlderPlatform.SECONDS_PER_AIT))
              .compareTo(seconds.multiply(Amount.ONE_AITBC.wei().toBigInteger()))
          != 0;
    }
  }

  /// Who made blocks there: an address, or a name that is none.
  record Authority(String name, BigInteger weight) {}

  /// Reads a file.
  ///
  /// @throws ConfigurationException naming the place of what cannot be taken over
  static OlderNetwork read(Path file) throws IOException, ConfigurationException {
    if (Files.size(file) > FILE_BYTES_MAX) {
      throw new ConfigurationException(file + " is larger than " + FILE_BYTES_MAX + " bytes");
    }
    try (JsonParser json = JSON.createParser(file.toFile())) {
      return new Reader(file, json).network();
    } catch (JsonProcessingException malformed) {
      throw new ConfigurationException(
          "%s, %s: no JSON: %s"
              .formatted(file, place(malformed.getLocation()), malformed.getOriginalMessage()));
    }
  }

  /// The accounts of a genesis.
  List<Genesis.GenesisAccount> accounts() {
    return holdings.stream().map(Holding::account).toList();
  }

  /// All of its money, compute-seconds.
  BigInteger seconds() {
    return holdings.stream().map(Holding::seconds).reduce(BigInteger.ZERO, BigInteger::add);
  }

  /// All of its money here.
  Amount supply() {
    return holdings.stream()
        .map(holding -> OlderPlatform.amount(holding.seconds()))
        .reduce(Amount.ZERO, Amount::plus);
  }

  /// How many balances were rounded up to a wei.
  long rounded() {
    return holdings.stream().filter(Holding::isRounded).count();
  }

  /// Refuses a genesis that does not give each account its compute-seconds and its nonce, or that
  /// gives others some.
  ///
  /// @throws ConfigurationException naming the first account that differs
  void requireIn(Genesis genesis) throws ConfigurationException {
    Map<Address, Genesis.GenesisAccount> there = new TreeMap<>();
    genesis.accounts().stream()
        .filter(each -> each.code().isEmpty())
        .forEach(each -> there.put(each.address(), each));
    BigInteger sum = BigInteger.ZERO;
    for (Holding holding : holdings) {
      Optional<Genesis.GenesisAccount> account =
          Optional.ofNullable(there.remove(holding.address()));
      BigInteger seconds =
          account.map(each -> OlderPlatform.seconds(each.balance())).orElse(BigInteger.ZERO);
      if (!seconds.equals(holding.seconds())
          || account.map(Genesis.GenesisAccount::nonce).orElse(0L) != holding.nonce()) {
        throw new ConfigurationException(holding.address() + " is not what it was");
      }
      sum = sum.add(seconds);
    }
    if (!there.isEmpty() || !sum.equals(seconds())) {
      throw new ConfigurationException(
          "%s of %s compute-seconds, and beside them %s".formatted(sum, seconds(), there.keySet()));
    }
  }

  private static String place(@Nullable JsonLocation location) {
    return location == null
        ? "at its beginning"
        : "line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
  }

  /// Where a genesis of this kind may have contracts, which nobody has a key of.
  private static Set<Address> contracts() {
    Set<Address> addresses = new TreeSet<>();
    Predeploys.all().forEach(each -> addresses.add(each.address()));
    for (EconomyContract each : EconomyContract.values()) {
      boolean _ = addresses.add(each.address());
      boolean _ = addresses.add(each.implementation());
    }
    return addresses;
  }

  /// Reads a file from its beginning to its end, so that a refusal can say where it stands.
  private static final class Reader {
    private final Path file;
    private final JsonParser json;
    private final Set<Address> contracts = contracts();
    private final Map<Address, Holding> holdings = new TreeMap<>();
    private final List<Authority> authorities = new ArrayList<>();

    /// The networks that accounts name, and where.
    private final Map<String, String> named = new TreeMap<>();

    private Optional<String> list = Optional.empty();

    Reader(Path file, JsonParser json) {
      this.file = file;
      this.json = json;
    }

    OlderNetwork network() throws IOException, ConfigurationException {
      JsonToken _ = json.nextToken();
      require(JsonToken.START_OBJECT, "the file", "an object");
      Optional<String> chainId = Optional.empty();
      Optional<BigInteger> count = Optional.empty();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken _ = json.nextToken();
        switch (name) {
          case "chain_id" -> chainId = Optional.of(text(name));
          case "allocations", "accounts" -> holdings(name);
          case "authorities" -> authorities();
          case "account_count" -> count = Optional.of(number(name));
          // Rules and hashes of the older network: this one has its own.
          case "timestamp", "params", "island_id", "block", "genesis_hash", "state_root" -> {
            var _ = json.skipChildren();
          }
          default -> throw notTaken(name);
        }
      }
      if (json.nextToken() != null) {
        throw refused("something stands behind the object");
      }
      return whole(chainId, count);
    }

    private OlderNetwork whole(Optional<String> chainId, Optional<BigInteger> count)
        throws ConfigurationException {
      if (chainId.isEmpty() || list.isEmpty()) {
        throw new ConfigurationException(
            file + " lacks \"chain_id\", or a list \"allocations\" or \"accounts\"");
      }
      for (Map.Entry<String, String> each : named.entrySet()) {
        if (!each.getKey().equals(chainId.get())) {
          throw new ConfigurationException(
              "%s, %s: an account of %s, and the file is of %s"
                  .formatted(file, each.getValue(), each.getKey(), chainId.get()));
        }
      }
      if (count.isPresent() && !count.get().equals(BigInteger.valueOf(holdings.size()))) {
        throw new ConfigurationException(
            "%s says that it has %s accounts, and has %d"
                .formatted(file, count.get(), holdings.size()));
      }
      List<Holding> held = holdings.values().stream().filter(each -> !each.isEmpty()).toList();
      if (held.isEmpty()) {
        throw new ConfigurationException(file + ": no account has a balance or a nonce");
      }
      return new OlderNetwork(chainId.get(), held, holdings.size() - held.size(), authorities);
    }

    private void holdings(String name) throws IOException, ConfigurationException {
      if (list.isPresent()) {
        throw refused("\"%s\" beside \"%s\"".formatted(name, list.get()));
      }
      list = Optional.of(name);
      require(JsonToken.START_ARRAY, "\"" + name + "\"", "a list");
      while (json.nextToken() != JsonToken.END_ARRAY) {
        holding();
      }
    }

    private void holding() throws IOException, ConfigurationException {
      require(JsonToken.START_OBJECT, "an account", "an object");
      String place = place(json.currentTokenLocation());
      Optional<Address> address = Optional.empty();
      Optional<BigInteger> seconds = Optional.empty();
      long nonce = 0;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken _ = json.nextToken();
        switch (name) {
          case "address" -> address = Optional.of(address(text(name)));
          case "balance" -> seconds = Optional.of(number(name));
          case "nonce" -> nonce = number(name).longValueExact();
          case "chain_id" -> {
            String _ = named.putIfAbsent(text(name), place(json.currentTokenLocation()));
          }
          case "updated_at" -> {
            var _ = json.skipChildren();
          }
          default -> throw notTaken(name);
        }
      }
      if (address.isEmpty() || seconds.isEmpty()) {
        throw refused(place, "an account without \"address\" or \"balance\"");
      }
      Holding holding = new Holding(address.get(), seconds.get(), nonce, place);
      Optional<Holding> before = Optional.ofNullable(holdings.put(address.get(), holding));
      if (before.isPresent()) {
        throw refused(place, "%s again, after %s".formatted(address.get(), before.get().place()));
      }
    }

    private Address address(String text) throws ConfigurationException {
      Address address =
          OlderPlatform.address(text)
              .orElseThrow(() ->
                  refused(
                      "\"%s\" is no address of an account: 0x, ait1 or aitbc1 and 40 hexadecimal"
                              .formatted(text)
                          + " digits, capitals among small letters as EIP-55 has them"));
      if (contracts.contains(address)) {
        throw refused("a contract of every genesis has the address " + address);
      }
      return address;
    }

    private void authorities() throws IOException, ConfigurationException {
      require(JsonToken.START_ARRAY, "\"authorities\"", "a list");
      while (json.nextToken() != JsonToken.END_ARRAY) {
        require(JsonToken.START_OBJECT, "an authority", "an object");
        Optional<String> name = Optional.empty();
        BigInteger weight = BigInteger.ONE;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String field = json.currentName();
          JsonToken _ = json.nextToken();
          switch (field) {
            case "address" -> name = Optional.of(text(field));
            case "weight" -> weight = number(field);
            default -> throw notTaken(field);
          }
        }
        if (name.isEmpty()) {
          throw refused("an authority without \"address\"");
        }
        authorities.add(new Authority(name.get(), weight));
      }
    }

    private String text(String name) throws IOException, ConfigurationException {
      require(JsonToken.VALUE_STRING, "\"" + name + "\"", "a text");
      return json.getText();
    }

    private BigInteger number(String name) throws IOException, ConfigurationException {
      require(JsonToken.VALUE_NUMBER_INT, "\"" + name + "\"", "a whole number");
      BigInteger number = json.getBigIntegerValue();
      if (number.signum() < 0) {
        throw refused("\"%s\" is negative, %s".formatted(name, number));
      }
      if (number.bitLength() > NUMBER_BITS_MAX) {
        throw refused("\"%s\" has more than %d bits, %s".formatted(name, NUMBER_BITS_MAX, number));
      }
      return number;
    }

    private void require(JsonToken token, String what, String kind) throws ConfigurationException {
      if (json.currentToken() != token) {
        throw refused(what + " is not " + kind);
      }
    }

    private ConfigurationException notTaken(String name) {
      return refused(
          "\"%s\" cannot be taken over; who wants to leave it behind takes it out of the file"
              .formatted(name));
    }

    private ConfigurationException refused(String reason) {
      return refused(place(json.currentTokenLocation()), reason);
    }

    private ConfigurationException refused(String place, String reason) {
      return new ConfigurationException("%s, %s: %s".formatted(file, place, reason));
    }
  }
}
