// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.compute.OpenInferenceEngine;
import io.aitbc.node.work.EngineChoice;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an operator says about a worker's engine, in a file or on a command line.
///
/// @param values by the names of {@link #KEYS}, but for the command
/// @param command a program and its arguments; empty for none
/// @param refusing how a value is refused where it stands
public record EngineSettings(Map<String, String> values, List<String> command, Refusing refusing) {
  /// Name of the setting with the command.
  public static final String COMMAND = "engine_command";

  /// Name of the setting with the execution profile: the engine is for class TOLERANCE then.
  public static final String PROFILE = "engine_profile";

  /// Name of the setting with the library of ONNX Runtime.
  public static final String LIBRARY = "engine_library";

  /// Name of the setting with the folder of models in ONNX.
  public static final String MODELS = "engine_models";

  private static final int PROFILE_BYTES_MAX = 128;

  /// Names of the settings.
  public static final List<String> KEYS =
      List.of(
          "engine",
          COMMAND,
          "engine_url",
          "engine_model",
          "engine_tokens",
          "engine_input",
          "engine_output",
          PROFILE,
          LIBRARY,
          MODELS);

  private static final int TOKENS_MAX = 1 << 20;
  private static final Pattern TENSOR =
      Pattern.compile("([^:]{1,128}):(int8|int32|fp32):([0-9]{1,6})");

  /// Copies the values.
  public EngineSettings {
    values = Map.copyOf(values);
    command = List.copyOf(command);
  }

  /// Refuses a value.
  @FunctionalInterface
  public interface Refusing {
    /// A refusal that names the setting as the operator wrote it.
    ConfigurationException refusal(String key, String problem);
  }

  /// The engine.
  ///
  /// @throws ConfigurationException naming the setting and what is allowed
  public EngineChoice choice() throws ConfigurationException {
    EngineChoice engine = engine();
    Optional<String> profile = Optional.ofNullable(values.get(PROFILE));
    if (profile.isEmpty()) {
      return engine;
    }
    requireProfile(PROFILE, profile.get(), refusing);
    return new EngineChoice.Profiled(profile.get(), engine);
  }

  /// Refuses what is no name of an execution profile. Protocol §17.17 rule 1.
  static void requireProfile(String key, String name, Refusing refusing)
      throws ConfigurationException {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > PROFILE_BYTES_MAX) {
      throw refusing.refusal(
          key, "has %d bytes; allowed are 1 to %d".formatted(bytes, PROFILE_BYTES_MAX));
    }
  }

  private EngineChoice engine() throws ConfigurationException {
    String name = values.getOrDefault("engine", "referee");
    return switch (name) {
      case "referee" -> {
        onlyThese(name);
        yield new EngineChoice.Referee();
      }
      case "process" -> {
        onlyThese(name, COMMAND);
        if (command.isEmpty()) {
          throw missing(name, COMMAND);
        }
        yield new EngineChoice.Program(command);
      }
      case "openai" -> {
        onlyThese(name, "engine_url", "engine_model", "engine_tokens");
        yield new EngineChoice.OpenAi(url(name), needed(name, "engine_model"), tokens());
      }
      case "open-inference-protocol" -> {
        onlyThese(name, "engine_url", "engine_model", "engine_input", "engine_output");
        yield new EngineChoice.OpenInference(
            url(name),
            needed(name, "engine_model"),
            tensor(name, "engine_input"),
            tensor(name, "engine_output"));
      }
      case "onnxruntime" -> {
        onlyThese(name, LIBRARY, MODELS);
        if (!values.containsKey(PROFILE)) {
          throw refusing.refusal(
              PROFILE,
              "is missing: the bits of the engine onnxruntime are not the referee's, so it is for"
                  + " claims of class TOLERANCE alone");
        }
        yield new EngineChoice.OnnxRuntime(
            Path.of(needed(name, LIBRARY)), Path.of(needed(name, MODELS)));
      }
      default ->
          throw refusing.refusal(
              "engine",
              "is \"%s\"; allowed are %s".formatted(name, String.join(", ", EngineChoice.NAMES)));
    };
  }

  private void onlyThese(String engine, String... keys) throws ConfigurationException {
    for (String key : KEYS) {
      boolean there = key.equals(COMMAND) ? !command.isEmpty() : values.containsKey(key);
      if (!key.equals("engine") && !key.equals(PROFILE) && there && !List.of(keys).contains(key)) {
        throw refusing.refusal(key, "means nothing to the engine " + engine);
      }
    }
  }

  private String needed(String engine, String key) throws ConfigurationException {
    String value = values.getOrDefault(key, "");
    if (value.isBlank()) {
      throw missing(engine, key);
    }
    return value;
  }

  private ConfigurationException missing(String engine, String key) {
    return refusing.refusal(key, "is missing: the engine " + engine + " needs it");
  }

  private URI url(String engine) throws ConfigurationException {
    String text = needed(engine, "engine_url");
    try {
      URI url = URI.create(text);
      if (url.getHost() != null && String.valueOf(url.getScheme()).matches("https?")) {
        return url;
      }
    } catch (IllegalArgumentException malformed) {
      throw refusing.refusal("engine_url", "is \"" + text + "\"; allowed is http://HOST:PORT");
    }
    throw refusing.refusal("engine_url", "is \"" + text + "\"; allowed is http://HOST:PORT");
  }

  private int tokens() throws ConfigurationException {
    String text =
        values.getOrDefault("engine_tokens", Integer.toString(EngineChoice.OpenAi.TOKENS));
    if (!text.matches("[1-9][0-9]{0,6}") || Integer.parseInt(text) > TOKENS_MAX) {
      throw refusing.refusal(
          "engine_tokens", "is \"" + text + "\"; allowed are 1 to " + TOKENS_MAX);
    }
    return Integer.parseInt(text);
  }

  private OpenInferenceEngine.Tensor tensor(String engine, String key)
      throws ConfigurationException {
    String text = needed(engine, key);
    Matcher match = TENSOR.matcher(text);
    if (match.matches()) {
      int columns = Integer.parseInt(match.group(3));
      if (columns >= 1 && columns <= OpenInferenceEngine.Tensor.COLUMNS_MAX) {
        return new OpenInferenceEngine.Tensor(
            match.group(1),
            OpenInferenceEngine.Element.valueOf(match.group(2).toUpperCase(Locale.ROOT)),
            columns);
      }
    }
    throw refusing.refusal(
        key,
        "is \"%s\"; allowed is NAME:TYPE:COLUMNS with int8, int32 or fp32 and 1 to %d columns"
            .formatted(text, OpenInferenceEngine.Tensor.COLUMNS_MAX));
  }
}
