// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.rpc.Methods;
import io.aitbc.rpc.RpcServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// How a node serves JSON-RPC.
///
/// @param listen where
/// @param hosts names beside this machine's own that requests may give as their host; `*` for any
/// @param origins origins of web pages that may send requests and read answers; `*` for any
/// @param namespaces whose methods are served
/// @param servesRest whether the paths of the older platform are served too
public record RpcConfiguration(
    InetSocketAddress listen,
    List<String> hosts,
    List<String> origins,
    List<String> namespaces,
    boolean servesRest) {
  /// What wallets, tools and `aitbc` need. The others show more of the node, or cost it more: they
  /// are for whoever runs it.
  public static final List<String> NAMESPACES_DEFAULT = List.of("aitbc", "eth", "net", "web3");

  private static final String REST = "rpc.rest";

  private static final Pattern HOST =
      Pattern.compile("\\*|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\\[[0-9a-f:.]+]");
  private static final Pattern ORIGIN =
      Pattern.compile("\\*|null|[a-z][a-z0-9+.-]*://[a-z0-9_.\\[\\]:-]+");

  /// Copies the lists.
  public RpcConfiguration {
    hosts = List.copyOf(hosts);
    origins = List.copyOf(origins);
    namespaces = List.copyOf(namespaces);
  }

  /// For callers on this machine and no web page.
  public static RpcConfiguration at(InetSocketAddress listen) {
    return new RpcConfiguration(listen, List.of(), List.of(), NAMESPACES_DEFAULT, false);
  }

  /// For developers: every web page on this machine, and every method.
  public static RpcConfiguration openAt(InetSocketAddress listen) {
    return new RpcConfiguration(listen, List.of(), List.of("*"), Methods.NAMESPACES, false);
  }

  /// Who may call. A request that names the address at which the node listens is none that a web
  /// page was led to by a name of its own.
  RpcServer.Access access() {
    Set<String> names = new LinkedHashSet<>(RpcServer.Access.LOCAL.hosts());
    InetAddress address = listen.getAddress();
    if (address != null && !address.isAnyLocalAddress()) {
      for (String each : List.of(listen.getHostString(), address.getHostAddress())) {
        String host = each.toLowerCase(Locale.ROOT).replaceFirst("%.*", ""); // The scope.
        boolean _ = names.add(host.contains(":") ? "[" + host + "]" : host);
      }
    }
    names.addAll(hosts);
    return new RpcServer.Access(List.copyOf(names), origins, namespaces, servesRest);
  }

  /// This with the value that flag and environment say for a list: the flag wins over the variable,
  /// the variable over the file.
  ///
  /// @param flag the text of the flag, values with commas between them; empty for none
  /// @throws ConfigurationException naming flag or variable and what is allowed
  RpcConfiguration or(Words words, String flag, Map<String, String> environment)
      throws ConfigurationException {
    String variable = environment.getOrDefault(words.variable(), "");
    if (flag.isEmpty() && variable.isEmpty()) {
      return this;
    }
    String name = flag.isEmpty() ? words.variable() : words.flag();
    List<String> values = new ArrayList<>();
    for (String each : (flag.isEmpty() ? variable : flag).split(",", -1)) {
      String value = each.strip().toLowerCase(Locale.ROOT);
      if (!words.allows(value)) {
        throw new ConfigurationException(
            "%s holds \"%s\"; allowed are %s".formatted(name, value, words.allowed()));
      }
      values.add(value);
    }
    return with(words, values);
  }

  /// The same for all lists.
  ///
  /// @param flags their texts; one that is missing or empty was not said
  RpcConfiguration or(Map<Words, String> flags, Map<String, String> environment)
      throws ConfigurationException {
    RpcConfiguration said = this;
    for (Words words : Words.values()) {
      said = said.or(words, flags.getOrDefault(words, ""), environment);
    }
    return said;
  }

  private RpcConfiguration with(Words words, List<String> values) {
    return switch (words) {
      case HOSTS -> new RpcConfiguration(listen, values, origins, namespaces, servesRest);
      case ORIGINS -> new RpcConfiguration(listen, hosts, values, namespaces, servesRest);
      case NAMESPACES -> new RpcConfiguration(listen, hosts, origins, values, servesRest);
    };
  }

  private RpcConfiguration withRest(boolean isServed) {
    return new RpcConfiguration(listen, hosts, origins, namespaces, isServed);
  }

  private List<String> values(Words words) {
    return switch (words) {
      case HOSTS -> hosts;
      case ORIGINS -> origins;
      case NAMESPACES -> namespaces;
    };
  }

  /// The lists that a file, a variable and a flag may say.
  public enum Words {
    /// Names that requests may give as their host.
    HOSTS("hosts", HOST, "names or addresses without a port, IPv6 in brackets, or *"),
    /// Origins of web pages.
    ORIGINS("origins", ORIGIN, "origins as https://wallet.example, null, or *"),
    /// Namespaces of methods.
    NAMESPACES(
        "namespaces",
        Pattern.compile(String.join("|", Methods.NAMESPACES)),
        String.join(", ", Methods.NAMESPACES));

    private final String key;
    private final Pattern pattern;
    private final String allowed;

    Words(String key, Pattern pattern, String allowed) {
      this.key = key;
      this.pattern = pattern;
      this.allowed = allowed;
    }

    String key() {
      return "rpc." + key;
    }

    String flag() {
      return "--rpc-" + key;
    }

    String variable() {
      return "RPC_" + key.toUpperCase(Locale.ROOT);
    }

    boolean allows(String value) {
      return pattern.matcher(value).matches();
    }

    String allowed() {
      return allowed;
    }
  }

  static List<String> keys() {
    List<String> keys = new ArrayList<>(List.of("rpc.listen", REST));
    Arrays.stream(Words.values()).map(Words::key).forEach(keys::add);
    return keys;
  }

  static RpcConfiguration read(TomlFile toml) throws ConfigurationException {
    RpcConfiguration read = at(toml.listening("rpc.listen")).withRest(toml.flag(REST));
    for (Words words : Words.values()) {
      if (toml.has(words.key())) {
        List<String> values = new ArrayList<>();
        for (Object element : toml.list(words.key(), words.allowed())) {
          String value = String.valueOf(element).toLowerCase(Locale.ROOT);
          if (!(element instanceof String) || !words.allows(value)) {
            throw toml.refusal(
                words.key(), "holds \"%s\"; allowed are %s".formatted(value, words.allowed()));
          }
          values.add(value);
        }
        read = read.with(words, values);
      }
    }
    return read;
  }

  /// The lines of its table that {@link #read} reads back.
  void writeTo(StringBuilder text) {
    NodeConfiguration.line(text, "listen", NodeConfiguration.host(listen));
    if (servesRest) {
      text.append("rest = true\n");
    }
    RpcConfiguration usual = at(listen);
    for (Words words : Words.values()) {
      if (!values(words).equals(usual.values(words))) {
        text.append(words.key).append(" = [");
        text.append(
            String.join(", ", values(words).stream().map(each -> "\"" + each + "\"").toList()));
        text.append("]\n");
      }
    }
  }
}
