// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.CommandProvider;
import io.aitbc.consensus.Checkpoint;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.node.NodeProgram;
import io.aitbc.node.RpcConfiguration;
import io.aitbc.node.ServicesConfiguration;
import io.aitbc.signer.KeyFileException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `aitbc node`: runs one node until it is told to stop.
@Command(
    name = "node",
    description = "Runs one node until it gets SIGTERM or SIGINT.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:stopped as asked",
      "1:stopped by itself; the last line says why",
      "2:wrong usage or configuration",
      "3:stopped because the disk is full or failed; make room and start it again",
      "4:did not start: an address or file cannot be used, or the signer does not answer; try again"
    })
final class NodeCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The node's configuration, a TOML file.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private Path config;

  @Option(
      names = "--until-stdin-closes",
      description =
          "Stop also when standard input ends, as it does when the starting process is gone.")
  private boolean untilStdinCloses;

  @Option(
      names = "--checkpoint",
      paramLabel = "HEIGHT:HASH",
      description =
          "A block that the chain must contain, beside those of the configuration; may be"
              + " repeated.")
  private List<String> checkpoints = List.of();

  @Option(
      names = "--retention",
      paramLabel = "RETENTION",
      description = {
        "How much of the past is kept: archive, pruned, or pruned:STATES:BODIES.",
        "Wins over the variable RETENTION, which wins over the configuration."
      })
  private String retention = "";

  @Option(
      names = "--rpc-hosts",
      paramLabel = "NAMES",
      description = {
        "Names beside this machine's own by which JSON-RPC may be called; commas between them.",
        "Wins over the variable RPC_HOSTS, which wins over the configuration."
      })
  private String rpcHosts = "";

  @Option(
      names = "--rpc-origins",
      paramLabel = "ORIGINS",
      description = {
        "Origins of web pages that may use JSON-RPC, or *.",
        "Wins over the variable RPC_ORIGINS, which wins over the configuration."
      })
  private String rpcOrigins = "";

  @Option(
      names = "--rpc-namespaces",
      paramLabel = "NAMESPACES",
      description = {
        "Namespaces of JSON-RPC that are served: aitbc,eth,net,web3 if nothing says otherwise.",
        "Wins over the variable RPC_NAMESPACES, which wins over the configuration."
      })
  private String rpcNamespaces = "";

  @Override
  public Integer call()
      throws IOException, InterruptedException, ConfigurationException, KeyFileException {
    List<Checkpoint> further = new ArrayList<>();
    for (String checkpoint : checkpoints) {
      further.add(
          Checkpoint.parse(checkpoint)
              .orElseThrow(() ->
                  new ConfigurationException(
                      "--checkpoint is \"" + checkpoint + "\", which is no HEIGHT:HASH")));
    }
    NodeConfiguration configuration =
        NodeConfiguration.read(config)
            .with(further)
            .or(
                retention,
                Map.of(
                    RpcConfiguration.Words.HOSTS, rpcHosts,
                    RpcConfiguration.Words.ORIGINS, rpcOrigins,
                    RpcConfiguration.Words.NAMESPACES, rpcNamespaces),
                System.getenv());
    List<ServiceLoop> services = new ArrayList<>();
    try {
      startServices(configuration, services);
      return NodeProgram.run(configuration, untilStdinCloses);
    } finally {
      services.forEach(ServiceLoop::close);
    }
  }

  /// They see the chain as services in other processes do, and wait until the node answers. One
  /// that ends leaves the node running.
  private static void startServices(NodeConfiguration configuration, List<ServiceLoop> services)
      throws KeyFileException, ConfigurationException {
    ServicesConfiguration wanted = configuration.services();
    if (wanted.equals(ServicesConfiguration.NONE)) {
      return;
    }
    InetSocketAddress rpc = configuration.rpc().listen();
    if (rpc.getPort() == 0) {
      throw new ConfigurationException(
          "rpc.listen needs a port: services of AI work ask the node there");
    }
    boolean everywhere = rpc.getAddress() != null && rpc.getAddress().isAnyLocalAddress();
    String host = everywhere ? "127.0.0.1" : rpc.getHostString();
    String bracketed = host.contains(":") ? "[" + host + "]" : host;
    URI own = URI.create("http://" + bracketed + ":" + rpc.getPort());
    if (wanted.worker().isPresent()) {
      boolean _ =
          services.add(
              WorkServices.worker(own, wanted.worker().get(), Optional.empty(), Optional.empty()));
    }
    if (wanted.auditor().isPresent()) {
      boolean _ =
          services.add(
              WorkServices.auditor(
                  own, wanted.auditor().get(), Optional.empty(), Optional.empty()));
    }
    if (wanted.evaluator().isPresent()) {
      boolean _ =
          services.add(
              WorkServices.evaluator(
                  own, wanted.evaluator().get(), Optional.empty(), Optional.empty()));
    }
    if (wanted.gateway().isPresent()) {
      boolean _ = services.add(GatewayService.start(own, wanted.gateway().get()));
    }
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new NodeCommand();
    }
  }
}
