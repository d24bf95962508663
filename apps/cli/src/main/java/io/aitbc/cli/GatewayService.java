// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.cli.ServiceLoop.ServiceRefusedException;
import io.aitbc.cli.WorkServices.Held;
import io.aitbc.client.StoreOpening;
import io.aitbc.client.gateway.Gateway;
import io.aitbc.client.gateway.GatewayKeys;
import io.aitbc.client.gateway.GatewayLimits;
import io.aitbc.client.gateway.GatewayServer;
import io.aitbc.client.gateway.ServedModel;
import io.aitbc.client.gateway.Verification;
import io.aitbc.execution.JuryCall;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.ServicesConfiguration;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.KeyFileException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A gateway of one account beside a node that it trusts, in a process of its own or in the node's.
final class GatewayService {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayService.class);

  private GatewayService() {}

  /// A gateway that begins once its node answers.
  ///
  /// @param node its JSON-RPC
  /// @throws KeyFileException if the account cannot be unlocked
  /// @throws ConfigurationException if models or keys cannot be used
  static ServiceLoop start(URI node, ServicesConfiguration.Gateway configuration)
      throws KeyFileException, ConfigurationException {
    List<ServedModel> models = models(configuration);
    GatewayKeys keys = keys(configuration);
    AccountSigner signer = WorkServices.open(configuration.account());
    return ServiceLoop.start("gateway", () -> open(node, configuration, models, keys, signer));
  }

  private static List<ServedModel> models(ServicesConfiguration.Gateway configuration)
      throws ConfigurationException {
    List<ServedModel> models = new ArrayList<>();
    for (ServicesConfiguration.ServedFile each : configuration.models()) {
      if (models.stream().anyMatch(other -> other.name().equals(each.name()))) {
        throw new ConfigurationException("two models of a gateway are called " + each.name());
      }
      try {
        models.add(
            new ServedModel(
                each.name(),
                ModelFiles.model(each.file()),
                each.fee(),
                verification(configuration)));
      } catch (IOException | IllegalArgumentException unusable) {
        throw new ConfigurationException(
            "model %s cannot be served: %s".formatted(each.name(), unusable.getMessage()));
      }
    }
    return models;
  }

  private static Verification verification(ServicesConfiguration.Gateway configuration) {
    if (configuration.code().isPresent()) {
      return new Verification.Attested(configuration.code().get());
    }
    return configuration.profile().isPresent()
        ? new Verification.Tolerance(JuryCall.profile(configuration.profile().get()))
        : new Verification.Exact();
  }

  private static GatewayKeys keys(ServicesConfiguration.Gateway configuration)
      throws ConfigurationException {
    if (configuration.keys().isEmpty()) {
      return GatewayKeys.NONE;
    }
    Path file = configuration.keys().get();
    try {
      return GatewayKeys.read(Files.readAllLines(file));
    } catch (IOException | IllegalArgumentException unusable) {
      throw new ConfigurationException("%s: %s".formatted(file, unusable.getMessage()));
    }
  }

  private static GatewayLimits limits(ServicesConfiguration.GatewayTimes times) {
    return new GatewayLimits(
        times.batchItems(),
        Duration.ofMillis(times.waitMillis()),
        Duration.ofSeconds(times.timeoutSeconds()),
        times.workSeconds(),
        times.workBlocks());
  }

  private static ServiceLoop.Service open(
      URI node,
      ServicesConfiguration.Gateway configuration,
      List<ServedModel> models,
      GatewayKeys keys,
      AccountSigner signer)
      throws IOException, ServiceRefusedException {
    Held held = new Held(node, signer, configuration.data());
    try {
      InstantSource clock = InstantSource.system();
      Gateway gateway =
          new Gateway(
              held.jobs(),
              configuration.data(),
              StoreOpening.signed(signer, held.chainId(), clock, configuration.reach()),
              configuration.reach(),
              models,
              limits(configuration.times()),
              clock);
      GatewayServer server;
      try {
        server = GatewayServer.start(configuration.listen(), gateway, keys, clock);
      } catch (IOException unusable) {
        gateway.close();
        throw unusable;
      }
      LOG.atInfo()
          .addKeyValue("account", signer.address())
          .addKeyValue("port", server.port())
          .addKeyValue("models", models.stream().map(ServedModel::name).toList())
          .addKeyValue("keys", keys.areNeeded())
          .log("gateway");
      return new ServiceLoop.Service() {
        @Override
        public void step() throws IOException {
          gateway.step();
        }

        @Override
        public void tidy() throws IOException {
          gateway.tidy();
        }

        @Override
        public void awaitNews() throws InterruptedException {
          Thread.sleep(ServiceLoop.POLL_TIME); // Requests come at any time.
        }

        @Override
        public void close() {
          server.close();
          gateway.close();
          held.close();
        }
      };
    } catch (IOException unusable) {
      held.close();
      throw new ServiceRefusedException(String.valueOf(unusable.getMessage()));
    }
  }
}
