// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.Engine;
import io.aitbc.compute.OnnxRuntimeEngine;
import io.aitbc.compute.OpenAiEngine;
import io.aitbc.compute.OpenInferenceEngine;
import io.aitbc.compute.ProcessEngine;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What an operator lets a worker run models on. Claims of class EXACT are right only if every bit
/// is the referee's: whoever chooses another engine answers with its bond that it is. With a
/// profile it is for class TOLERANCE alone.
public sealed interface EngineChoice extends Engines {
  /// The names by which engines are chosen.
  List<String> NAMES =
      List.of("referee", "process", "openai", "open-inference-protocol", "onnxruntime");

  /// The referee in this process.
  record Referee() implements EngineChoice {
    @Override
    public Engine open(Model model) {
      return new RefereeEngine(model, Kernel.fastest(), Workers.NONE);
    }
  }

  /// A program of the operator.
  ///
  /// @param command the program and its arguments
  record Program(List<String> command) implements EngineChoice {
    /// Copies the list.
    public Program {
      command = List.copyOf(command);
    }

    @Override
    public Engine open(Model model) {
      return new ProcessEngine(command);
    }
  }

  /// A server of OpenAI's chat completions.
  ///
  /// @param base where it serves
  /// @param model its name of the model
  /// @param tokensMax tokens of an answer
  record OpenAi(URI base, String model, int tokensMax) implements EngineChoice {
    /// Tokens that an answer may have unless the operator says otherwise.
    public static final int TOKENS = 512;

    @Override
    public Engine open(Model ours) {
      return new OpenAiEngine(base, "", model, tokensMax);
    }
  }

  /// A server of the Open Inference Protocol v2.
  ///
  /// @param base where it serves
  /// @param model its name of the model
  /// @param input the model's input there
  /// @param output the output that counts
  record OpenInference(
      URI base, String model, OpenInferenceEngine.Tensor input, OpenInferenceEngine.Tensor output)
      implements EngineChoice {
    @Override
    public Engine open(Model ours) {
      return new OpenInferenceEngine(base, "", model, input, output);
    }
  }

  /// ONNX Runtime, never for claims of class EXACT.
  ///
  /// @param library its jar for Java, which is no part of the distribution
  /// @param models a folder with a file ID.onnx of each model that it runs
  record OnnxRuntime(Path library, Path models) implements EngineChoice {
    @Override
    public Engine open(Model model) {
      return new OnnxRuntimeEngine(library, file(model.id()));
    }

    @Override
    public boolean runs(Hash model) {
      return Files.isRegularFile(file(model));
    }

    private Path file(Hash model) {
      return models.resolve(model + ".onnx");
    }
  }

  /// An engine under an execution profile, beside the referee for class EXACT. Protocol §17.17.
  ///
  /// @param profile its name
  /// @param engine what runs models under it
  record Profiled(String profile, EngineChoice engine) implements EngineChoice {
    @Override
    public Engine open(Model model) {
      return new Referee().open(model);
    }

    @Override
    public Optional<Engines> under(Hash id) {
      return new ProfiledEngines(new Referee(), profile, engine).under(id);
    }
  }
}
