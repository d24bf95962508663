// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.blobs.Reach;
import io.aitbc.compute.OpenInferenceEngine;
import io.aitbc.node.NodeConfiguration.AccountFile;
import io.aitbc.node.work.EngineChoice;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The services of AI work that run beside a node, in its process.
///
/// @param worker does the work of claims
/// @param auditor runs leaves of claims again
/// @param evaluator scores claims
public record ServicesConfiguration(
    Optional<Worker> worker, Optional<Auditor> auditor, Optional<Evaluator> evaluator) {
  /// No services.
  public static final ServicesConfiguration NONE =
      new ServicesConfiguration(Optional.empty(), Optional.empty(), Optional.empty());

  static final List<String> KEYS =
      Stream.of(
              Stream.of(
                  "worker.account_keystore",
                  "worker.account_password_file",
                  "worker.data",
                  "worker.listen",
                  "worker.address",
                  "auditor.account_keystore",
                  "auditor.account_password_file",
                  "auditor.data",
                  "auditor.reach",
                  "evaluator.account_keystore",
                  "evaluator.account_password_file",
                  "evaluator.data",
                  "evaluator.reach"),
              EngineSettings.KEYS.stream().map(key -> "worker." + key))
          .flatMap(all -> all)
          .toList();

  private static final List<String> REACHES = List.of("public", "any");

  /// A worker.
  ///
  /// @param account with whose bond it vouches
  /// @param data its folder
  /// @param listen where it serves the files of jobs
  /// @param address where others reach that
  /// @param engine what it runs models on
  public record Worker(
      AccountFile account, Path data, InetSocketAddress listen, URI address, EngineChoice engine) {}

  /// An auditor.
  ///
  /// @param account that has the seats
  /// @param data its folder
  /// @param reach where addresses of workers may lead
  public record Auditor(AccountFile account, Path data, Reach reach) {}

  /// An evaluator.
  ///
  /// @param account that has the seats
  /// @param data its folder
  /// @param reach where addresses of workers may lead
  public record Evaluator(AccountFile account, Path data, Reach reach) {}

  /// The text of an address at which a worker is reached.
  ///
  /// @throws ConfigurationException as `refusing` says
  public static URI address(String key, String text, EngineSettings.Refusing refusing)
      throws ConfigurationException {
    String allowed = "is \"" + text + "\"; allowed is http://HOST:PORT or https://HOST";
    try {
      URI address = URI.create(text);
      boolean plain = address.getRawPath() == null || address.getRawPath().isEmpty();
      if (address.getHost() != null
          && plain
          && address.getRawUserInfo() == null
          && String.valueOf(address.getScheme()).matches("https?")) {
        return address;
      }
    } catch (IllegalArgumentException malformed) {
      throw refusing.refusal(key, allowed);
    }
    throw refusing.refusal(key, allowed);
  }

  /// Where addresses of workers may lead, by its name.
  ///
  /// @throws ConfigurationException as `refusing` says
  public static Reach reach(String key, String text, EngineSettings.Refusing refusing)
      throws ConfigurationException {
    return switch (text) {
      case "public" -> Reach.PUBLIC;
      case "any" -> Reach.ANY;
      default ->
          throw refusing.refusal(
              key, "is \"%s\"; allowed are %s".formatted(text, String.join(", ", REACHES)));
    };
  }

  static ServicesConfiguration read(TomlFile toml) throws ConfigurationException {
    return new ServicesConfiguration(
        toml.has("worker") ? Optional.of(worker(toml)) : Optional.empty(),
        toml.has("auditor")
            ? Optional.of(
                new Auditor(
                    account(toml, "auditor"), toml.path("auditor.data"), reach(toml, "auditor")))
            : Optional.empty(),
        toml.has("evaluator")
            ? Optional.of(
                new Evaluator(
                    account(toml, "evaluator"),
                    toml.path("evaluator.data"),
                    reach(toml, "evaluator")))
            : Optional.empty());
  }

  private static AccountFile account(TomlFile toml, String table) throws ConfigurationException {
    return new AccountFile(
        toml.path(table + ".account_keystore"), toml.path(table + ".account_password_file"));
  }

  private static Worker worker(TomlFile toml) throws ConfigurationException {
    Map<String, String> engine = new HashMap<>();
    for (String key : EngineSettings.KEYS) {
      String full = "worker." + key;
      if (key.equals(EngineSettings.COMMAND) || !toml.has(full)) {
        continue;
      }
      String value =
          key.equals("engine_tokens")
              ? Integer.toString(toml.number(full, 0, Integer.MAX_VALUE))
              : toml.text(full);
      String _ = engine.put(key, value);
    }
    return new Worker(
        account(toml, "worker"),
        toml.path("worker.data"),
        toml.address("worker.listen"),
        address("worker.address", toml.text("worker.address"), toml::refusal),
        new EngineSettings(
                engine,
                toml.list("worker." + EngineSettings.COMMAND, "words").stream()
                    .map(String::valueOf)
                    .toList(),
                (key, problem) -> toml.refusal("worker." + key, problem))
            .choice());
  }

  private static Reach reach(TomlFile toml, String table) throws ConfigurationException {
    String key = table + ".reach";
    return toml.has(key) ? reach(key, toml.text(key), toml::refusal) : Reach.PUBLIC;
  }

  /// The tables of a file that is read back as this.
  String toToml() {
    StringBuilder text = new StringBuilder();
    worker.ifPresent(each -> {
      text.append("\n[worker]\n");
      account(text, each.account);
      NodeConfiguration.line(text, "data", each.data);
      NodeConfiguration.line(text, "listen", NodeConfiguration.host(each.listen));
      NodeConfiguration.line(text, "address", each.address);
      engine(text, each.engine);
    });
    auditor.ifPresent(each -> checking(text, "auditor", each.account, each.data, each.reach));
    evaluator.ifPresent(each -> checking(text, "evaluator", each.account, each.data, each.reach));
    return text.toString();
  }

  private static void checking(
      StringBuilder text, String table, AccountFile account, Path data, Reach reach) {
    text.append("\n[").append(table).append("]\n");
    account(text, account);
    NodeConfiguration.line(text, "data", data);
    NodeConfiguration.line(text, "reach", reach == Reach.ANY ? "any" : "public");
  }

  private static void account(StringBuilder text, AccountFile account) {
    NodeConfiguration.line(text, "account_keystore", account.keystore());
    NodeConfiguration.line(text, "account_password_file", account.passwordFile());
  }

  private static void engine(StringBuilder text, EngineChoice engine) {
    switch (engine) {
      case EngineChoice.Referee _ -> NodeConfiguration.line(text, "engine", "referee");
      case EngineChoice.Program program -> {
        NodeConfiguration.line(text, "engine", "process");
        text.append("engine_command = [\n");
        program.command().forEach(word -> text.append("  ").append(quoted(word)).append(",\n"));
        text.append("]\n");
      }
      case EngineChoice.OpenAi openAi -> {
        NodeConfiguration.line(text, "engine", "openai");
        NodeConfiguration.line(text, "engine_url", openAi.base());
        NodeConfiguration.line(text, "engine_model", openAi.model());
        text.append("engine_tokens = ").append(openAi.tokensMax()).append('\n');
      }
      case EngineChoice.OpenInference open -> {
        NodeConfiguration.line(text, "engine", "open-inference-protocol");
        NodeConfiguration.line(text, "engine_url", open.base());
        NodeConfiguration.line(text, "engine_model", open.model());
        NodeConfiguration.line(text, "engine_input", tensor(open.input()));
        NodeConfiguration.line(text, "engine_output", tensor(open.output()));
      }
    }
  }

  private static String quoted(String word) {
    return "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static String tensor(OpenInferenceEngine.Tensor tensor) {
    return tensor.name()
        + ":"
        + tensor.element().name().toLowerCase(Locale.ROOT)
        + ":"
        + tensor.columns();
  }
}
