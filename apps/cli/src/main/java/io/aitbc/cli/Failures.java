// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.RpcException;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.KeyFileText;
import io.aitbc.signer.KeyFileException;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/// Says in one line why a command could not do what was asked; anything else is a fault of the
/// program and shows its stack.
final class Failures implements IExecutionExceptionHandler {
  private static final int REFUSED = 1;
  private static final int WRONG_USAGE = 2;

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed)
      throws Exception {
    return switch (failure) {
      case ConfigurationException refused ->
          say(command, String.valueOf(refused.getMessage()), WRONG_USAGE);
      case KeyFileException refused -> say(command, KeyFileText.of(refused.refusal()), REFUSED);
      case RpcException refused ->
          say(command, "the node refuses: " + refused.getMessage(), REFUSED);
      case IOException failed -> say(command, String.valueOf(failed.getMessage()), REFUSED);
      default -> throw failure;
    };
  }

  private static int say(CommandLine command, String reason, int status) {
    command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + reason);
    return status;
  }
}
