// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.blobs.Reach;
import io.aitbc.compute.OpenInferenceEngine;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Amount;
import io.aitbc.node.NodeConfiguration.AccountFile;
import io.aitbc.node.work.AttesterChoice;
import io.aitbc.node.work.EngineChoice;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
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
/// @param gateway serves models to programs, and has workers run them
public record ServicesConfiguration(
    Optional<Worker> worker,
    Optional<Auditor> auditor,
    Optional<Evaluator> evaluator,
    Optional<Gateway> gateway) {
  /// No services.
  public static final ServicesConfiguration NONE =
      new ServicesConfiguration(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

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
                  "evaluator.reach",
                  "gateway.account_keystore",
                  "gateway.account_password_file",
                  "gateway.data",
                  "gateway.listen",
                  "gateway.models",
                  "gateway.code",
                  "gateway.profile",
                  "gateway.keys",
                  "gateway.batch_items",
                  "gateway.wait_millis",
                  "gateway.timeout_seconds",
                  "gateway.work_seconds",
                  "gateway.work_blocks",
                  "gateway.reach"),
              Stream.concat(EngineSettings.KEYS.stream(), AttesterSettings.KEYS.stream())
                  .map(key -> "worker." + key))
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
  /// @param attester what vouches for its claims of class ATTESTED; empty if it leaves these to
  ///   others
  public record Worker(
      AccountFile account,
      Path data,
      InetSocketAddress listen,
      URI address,
      EngineChoice engine,
      Optional<AttesterChoice> attester) {
    /// The classes of verification that it serves: bit 2^class.
    public long classes() {
      return WorkJob.EXACT
          | (engine instanceof EngineChoice.Profiled ? WorkJob.TOLERANCE : 0)
          | (attester.isPresent() ? WorkJob.ATTESTED : 0);
    }
  }

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

  /// A gateway.
  ///
  /// @param account that pays; nothing else sends from it
  /// @param data its folder
  /// @param listen where it serves
  /// @param models that it serves, at least one
  /// @param code that trusted hardware must vouch for: its jobs are of class ATTESTED; empty for
  ///   the other classes
  /// @param profile name of the execution profile of workers' engines: its jobs are of class
  ///   TOLERANCE; empty for the other classes
  /// @param keys file of those who may ask; empty for whoever reaches it
  /// @param times what it does when
  /// @param reach where addresses of workers may lead
  public record Gateway(
      AccountFile account,
      Path data,
      InetSocketAddress listen,
      List<ServedFile> models,
      Optional<Hash> code,
      Optional<String> profile,
      Optional<Path> keys,
      GatewayTimes times,
      Reach reach) {
    /// Copies the list.
    public Gateway {
      models = List.copyOf(models);
    }
  }

  /// A model that a gateway serves.
  ///
  /// @param name in requests
  /// @param fee for each item
  /// @param file of the model
  public record ServedFile(String name, Amount fee, Path file) {}

  /// What a gateway does when.
  ///
  /// @param batchItems items with which a claim is ordered at once
  /// @param waitMillis how long the first request of a claim waits for others
  /// @param timeoutSeconds how long a request waits for outputs
  /// @param workSeconds a worker's time, active time
  /// @param workBlocks the same in blocks
  public record GatewayTimes(
      int batchItems, int waitMillis, int timeoutSeconds, int workSeconds, int workBlocks) {
    /// Those of a gateway that nobody told others.
    public static final GatewayTimes DEFAULT = new GatewayTimes(4_096, 500, 120, 60, 60);

    private static final int MILLIS_MAX = 60_000;
    private static final int SECONDS_MAX = 3_600;
    private static final int WORK_MAX = 1_000_000;

    /// Checks the bounds.
    ///
    /// @throws ConfigurationException as `refusing` says
    public GatewayTimes checked(EngineSettings.Refusing refusing) throws ConfigurationException {
      check("batch_items", batchItems, DEFAULT.batchItems, refusing);
      check("wait_millis", waitMillis, MILLIS_MAX, refusing);
      check("timeout_seconds", timeoutSeconds, SECONDS_MAX, refusing);
      check("work_seconds", workSeconds, WORK_MAX, refusing);
      check("work_blocks", workBlocks, WORK_MAX, refusing);
      if (timeoutSeconds * 1_000L <= waitMillis) {
        throw refusing.refusal("timeout_seconds", "must be more than wait_millis");
      }
      return this;
    }

    private static void check(String key, int value, int max, EngineSettings.Refusing refusing)
        throws ConfigurationException {
      if (value < 1 || value > max) {
        throw refusing.refusal(key, "is %d; allowed are 1 to %d".formatted(value, max));
      }
    }
  }

  /// A model that a gateway serves, by its text NAME:AITBC:FILE.
  ///
  /// @param folder from which the file is named
  /// @throws ConfigurationException as `refusing` says
  public static ServedFile servedFile(
      String key, String text, Path folder, EngineSettings.Refusing refusing)
      throws ConfigurationException {
    String[] parts = text.split(":", 3);
    String allowed = "is \"" + text + "\"; allowed is NAME:AITBC:FILE, the fee of an item between";
    if (parts.length < 3 || !parts[0].matches("[0-9A-Za-z_.-]{1,128}") || parts[2].isEmpty()) {
      throw refusing.refusal(key, allowed);
    }
    if (!parts[1].matches("[0-9]{1,12}(\\.[0-9]{1,18})?")) {
      throw refusing.refusal(key, allowed);
    }
    Amount fee = Amount.wei(new BigDecimal(parts[1]).movePointRight(18).toBigIntegerExact());
    if (fee.isZero()) {
      throw refusing.refusal(key, allowed);
    }
    return new ServedFile(parts[0], fee, folder.resolve(parts[2]).normalize());
  }

  /// Code by its hash.
  ///
  /// @throws ConfigurationException as `refusing` says
  public static Hash code(String key, String text, EngineSettings.Refusing refusing)
      throws ConfigurationException {
    Hash code = text.matches("(0x)?[0-9a-fA-F]{64}") ? Hash.fromHex(text) : Hash.ZERO;
    if (code.equals(Hash.ZERO)) {
      throw refusing.refusal(
          key, "is \"" + text + "\"; allowed is the hash of approved code, 64 hexadecimal digits");
    }
    return code;
  }

  /// The name of an execution profile, of a gateway whose jobs are of no other class.
  ///
  /// @param code of the gateway
  /// @throws ConfigurationException as `refusing` says
  public static String profile(
      String key, String text, Optional<Hash> code, EngineSettings.Refusing refusing)
      throws ConfigurationException {
    if (code.isPresent()) {
      throw refusing.refusal(
          key, "is for class TOLERANCE and code for ATTESTED; allowed is one of them");
    }
    EngineSettings.requireProfile(key, text, refusing);
    return text;
  }

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
            : Optional.empty(),
        toml.has("gateway") ? Optional.of(gateway(toml)) : Optional.empty());
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
          switch (key) {
            case "engine_tokens" -> Integer.toString(toml.number(full, 0, Integer.MAX_VALUE));
            case EngineSettings.LIBRARY, EngineSettings.MODELS -> toml.path(full).toString();
            default -> toml.text(full);
          };
      String _ = engine.put(key, value);
    }
    return new Worker(
        account(toml, "worker"),
        toml.path("worker.data"),
        toml.address("worker.listen"),
        address("worker.address", toml.text("worker.address"), toml::refusal),
        new EngineSettings(
                engine,
                texts(toml, "worker." + EngineSettings.COMMAND, "words"),
                (key, problem) -> toml.refusal("worker." + key, problem))
            .choice(),
        attester(toml));
  }

  private static Optional<AttesterChoice> attester(TomlFile toml) throws ConfigurationException {
    String name = "worker." + AttesterSettings.ATTESTER;
    return new AttesterSettings(
            toml.has(name) ? Optional.of(toml.text(name)) : Optional.empty(),
            texts(toml, "worker." + AttesterSettings.SETTINGS, "NAME=VALUE"),
            texts(toml, "worker." + AttesterSettings.COLLATERAL, "64 hexadecimal digits each"),
            (key, problem) -> toml.refusal("worker." + key, problem))
        .choice();
  }

  private static List<String> texts(TomlFile toml, String key, String form)
      throws ConfigurationException {
    return toml.list(key, form).stream().map(String::valueOf).toList();
  }

  private static Reach reach(TomlFile toml, String table) throws ConfigurationException {
    String key = table + ".reach";
    return toml.has(key) ? reach(key, toml.text(key), toml::refusal) : Reach.PUBLIC;
  }

  private static Gateway gateway(TomlFile toml) throws ConfigurationException {
    List<ServedFile> models = new ArrayList<>();
    Path folder = toml.file().toAbsolutePath().resolveSibling("");
    for (Object each : toml.list("gateway.models", "NAME:AITBC:FILE")) {
      models.add(servedFile("gateway.models", String.valueOf(each), folder, toml::refusal));
    }
    if (models.isEmpty()) {
      throw new ConfigurationException(toml.file() + ": gateway.models is missing");
    }
    GatewayTimes times = GatewayTimes.DEFAULT;
    Optional<Hash> code =
        toml.has("gateway.code")
            ? Optional.of(code("gateway.code", toml.text("gateway.code"), toml::refusal))
            : Optional.empty();
    return new Gateway(
        account(toml, "gateway"),
        toml.path("gateway.data"),
        toml.address("gateway.listen"),
        models,
        code,
        toml.has("gateway.profile")
            ? Optional.of(
                profile("gateway.profile", toml.text("gateway.profile"), code, toml::refusal))
            : Optional.empty(),
        toml.has("gateway.keys") ? Optional.of(toml.path("gateway.keys")) : Optional.empty(),
        new GatewayTimes(
                number(toml, "batch_items", times.batchItems),
                number(toml, "wait_millis", times.waitMillis),
                number(toml, "timeout_seconds", times.timeoutSeconds),
                number(toml, "work_seconds", times.workSeconds),
                number(toml, "work_blocks", times.workBlocks))
            .checked((key, problem) -> toml.refusal("gateway." + key, problem)),
        reach(toml, "gateway"));
  }

  private static int number(TomlFile toml, String key, int otherwise)
      throws ConfigurationException {
    return toml.number("gateway." + key, otherwise, Integer.MAX_VALUE);
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
      each.attester.ifPresent(attester -> attester(text, attester));
    });
    auditor.ifPresent(each -> checking(text, "auditor", each.account, each.data, each.reach));
    evaluator.ifPresent(each -> checking(text, "evaluator", each.account, each.data, each.reach));
    gateway.ifPresent(each -> gateway(text, each));
    return text.toString();
  }

  private static void gateway(StringBuilder text, Gateway gateway) {
    text.append("\n[gateway]\n");
    account(text, gateway.account);
    NodeConfiguration.line(text, "data", gateway.data);
    NodeConfiguration.line(text, "listen", NodeConfiguration.host(gateway.listen));
    list(
        text,
        "models",
        gateway.models.stream()
            .map(each -> each.name + ":" + plain(each.fee) + ":" + each.file)
            .toList());
    gateway.code.ifPresent(code -> NodeConfiguration.line(text, "code", code.toHex()));
    gateway.profile.ifPresent(name -> text.append("profile = ").append(quoted(name)).append('\n'));
    gateway.keys.ifPresent(file -> NodeConfiguration.line(text, "keys", file));
    GatewayTimes times = gateway.times;
    text.append("batch_items = ").append(times.batchItems).append('\n');
    text.append("wait_millis = ").append(times.waitMillis).append('\n');
    text.append("timeout_seconds = ").append(times.timeoutSeconds).append('\n');
    text.append("work_seconds = ").append(times.workSeconds).append('\n');
    text.append("work_blocks = ").append(times.workBlocks).append('\n');
    NodeConfiguration.line(text, "reach", gateway.reach == Reach.ANY ? "any" : "public");
  }

  private static String plain(Amount fee) {
    return new BigDecimal(fee.wei().toBigInteger(), 18).stripTrailingZeros().toPlainString();
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
        list(text, EngineSettings.COMMAND, program.command());
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
      case EngineChoice.OnnxRuntime onnx -> {
        NodeConfiguration.line(text, "engine", "onnxruntime");
        NodeConfiguration.line(text, EngineSettings.LIBRARY, onnx.library());
        NodeConfiguration.line(text, EngineSettings.MODELS, onnx.models());
      }
      case EngineChoice.Profiled profiled -> {
        engine(text, profiled.engine());
        text.append(EngineSettings.PROFILE).append(" = ");
        text.append(quoted(profiled.profile())).append('\n');
      }
    }
  }

  private static void attester(StringBuilder text, AttesterChoice attester) {
    NodeConfiguration.line(text, AttesterSettings.ATTESTER, attester.name());
    List<String> settings = new ArrayList<>();
    attester.settings().forEach((name, value) -> settings.add(name + "=" + value));
    list(text, AttesterSettings.SETTINGS, settings);
    list(
        text,
        AttesterSettings.COLLATERAL,
        attester.collateral().stream().map(Hash::toHex).toList());
  }

  private static void list(StringBuilder text, String key, List<String> words) {
    text.append(key).append(" = [\n");
    words.forEach(word -> text.append("  ").append(quoted(word)).append(",\n"));
    text.append("]\n");
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
