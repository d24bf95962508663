// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.Engine;
import io.aitbc.compute.OpenAiEngine;
import io.aitbc.compute.OpenInferenceEngine;
import io.aitbc.compute.ProcessEngine;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Workers;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import java.net.URI;
import java.util.List;

/// What an operator lets a worker run models on. Claims of class EXACT are right only if every bit
/// is the referee's: whoever chooses another engine answers with its bond that it is.
public sealed interface EngineChoice extends Engines {
  /// The names by which engines are chosen.
  List<String> NAMES = List.of("referee", "process", "openai", "open-inference-protocol");

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
}
