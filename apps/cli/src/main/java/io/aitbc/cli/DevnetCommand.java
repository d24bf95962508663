// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.CommandProvider;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.Devnet;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisRules;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.UInt256;
import io.aitbc.model.VotingPower;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.GenesisWishes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `aitbc devnet`: a whole network on this machine.
@Command(
    name = "devnet",
    description = {
      "Runs a network of validators on this machine, each a process of its own, until Ctrl-C.",
      "Sends transfers through the public RPC and shows that they are final on every node; without votes (poa), that every node has them, for nothing is final there."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "Environment:%n",
    footer = {
      "  CONSENSUS_MODE, PROPOSER_ID, ROTATION_INTERVAL, MAX_VALIDATORS, MIN_STAKE and",
      "  REPUTATION_THRESHOLD are for a new network, as the options that win over them; one that",
      "  is there stays what it is."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:stopped by Ctrl-C; with --once: all that it shows was seen on every node, final where votes decide",
      "1:a node ended that nobody killed, or with --once something was not shown; the last line says what",
      "2:wrong usage"
    })
final class DevnetCommand implements Callable<Integer> {
  private static final int VALIDATORS_MAX = 21;

  /// Keeps the ports below 32768, where Linux begins to give them to connections: one of those
  /// would keep a killed node from coming back.
  private static final int PORT_SHIFT_MAX = 2_400;

  /// How long the change of the mode is waited for: some 110 blocks, of half a second each while
  /// there is something to order.
  private static final long MODE_MILLIS_MAX = 240_000;

  /// Ctrl-C reaches this process and its nodes in any order, at most so far apart.
  private static final long ENDING_MILLIS_MAX = 500;

  /// Whether the folder of a run of `--once` stays, for who wants to know why it failed.
  private volatile boolean stays;

  /// Down when this process is told to end.
  private final CountDownLatch ending = new CountDownLatch(1);

  @Option(
      names = "--once",
      description =
          "Begin anew in a folder of its own; show final transfers, a stake and AI work (not with poa), a node that is killed and comes back; end.")
  private boolean once;

  @Option(names = "--fresh", description = "Forget the network of earlier runs and begin anew.")
  private boolean fresh;

  @Option(
      names = "--validators",
      paramLabel = "N",
      defaultValue = "4",
      description = "How many validators a new network has, 1 to 21 (default: ${DEFAULT-VALUE}).")
  private int validators;

  @Mixin
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private WishOptions wishOptions;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "",
      description =
          "Rules and money of a new network that decides by votes: hybrid, classic or dev (default: dev).")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private String preset;

  @Option(
      names = "--development-root",
      paramLabel = "HASH",
      description =
          "Judge evidence of SGX and TDX under a development root on a new network, as `aitbc"
              + " attestation development` prints it; it is worth nothing.")
  private List<Hash> developmentRoots = List.of();

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      defaultValue = "",
      description =
          "How the mode of a new network that decides by votes follows from what the chain measures: operational, whitepaper, or pinned, which keeps the first (default: operational; with --once and AI work pinned).")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private String policy;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ".devnet",
      description = "Where the network is kept (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private Path data;

  @Option(
      names = "--port-shift",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Added to each of the usual ports before a free one is looked for, so that networks that start at once do not contend, 0 to 2400 (default: ${DEFAULT-VALUE}).")
  private int portShift;

  @Option(
      names = "--no-work",
      description = {
        "Leave out paid AI work: else workers, auditors and evaluators serve on the network, and on a",
        "new one jobs are ordered, done, audited, scored and paid, and a worker that cheats is caught."
      })
  private boolean noWork;

  @Override
  public Integer call() throws InterruptedException {
    String _ = System.setProperty("aitbc.log", "WARN"); // What is shown says the rest.
    if (validators < 1 || validators > VALIDATORS_MAX) {
      System.err.println("--validators must be 1 to " + VALIDATORS_MAX + ", not " + validators);
      return 2;
    }
    if (portShift < 0 || portShift > PORT_SHIFT_MAX) {
      System.err.println("--port-shift must be 0 to " + PORT_SHIFT_MAX + ", not " + portShift);
      return 2;
    }
    GenesisWishes wishes;
    try {
      wishes = wishOptions.wishes();
    } catch (ConfigurationException wrong) {
      System.err.println("aitbc devnet: " + wrong.getMessage());
      return 2;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(ending::countDown, "devnet-ending"));
    try {
      return once ? runOnce(wishes) : runOn(wishes);
    } catch (ConfigurationException wrong) {
      System.err.println("aitbc devnet: " + wrong.getMessage());
      return 2;
    } catch (IOException | RpcException failed) {
      if (isEnding()) {
        return 0; // Ctrl-C ended the nodes, of which this heard first.
      }
      System.err.println("aitbc devnet: " + failed.getMessage());
      return 1;
    }
  }

  /// Whether this process ends, and its nodes with it.
  private boolean isEnding() throws InterruptedException {
    return ending.await(ENDING_MILLIS_MAX, TimeUnit.MILLISECONDS);
  }

  private int runOnce(GenesisWishes wishes)
      throws IOException, ConfigurationException, RpcException, InterruptedException {
    Files.createDirectories(data);
    Path folder = Files.createTempDirectory(data, "once-");
    try (Devnet devnet = open(new DevnetFiles(folder, portShift), wishes)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> forget(devnet, folder), "devnet-end"));
      DevnetShow show = new DevnetShow(devnet, System.out);
      show.introduce();
      show.sendAndShow();
      if (show.hasVotes()) {
        show.stakeAndShow();
      }
      if (hasWork(show)) {
        try (WorkShow work = show.work(folder.resolve("work"))) {
          work.serve();
          work.show();
        }
        show.passOver();
      }
      show.killOne();
      show.bringBack();
      System.out.println("every node has the same blocks; done");
      return 0;
    } catch (IOException | RpcException | RuntimeException failed) {
      stays = !isEnding();
      if (stays) {
        System.err.println("logs and data of this run stay in " + folder);
      }
      throw failed;
    } finally {
      if (!stays) {
        delete(folder);
      }
    }
  }

  private int runOn(GenesisWishes wishes)
      throws IOException, ConfigurationException, RpcException, InterruptedException {
    Path folder = data.resolve("network");
    if (fresh) {
      delete(folder);
    }
    DevnetFiles files = new DevnetFiles(folder, portShift);
    boolean isNew = !files.exist();
    try (Devnet devnet = open(files, wishes)) {
      DevnetShow show = new DevnetShow(devnet, System.out);
      show.introduce();
      show.sendAndShow();
      show.watch().startKilledAgain();
      if (show.hasVotes()) {
        show.changeOfMode(MODE_MILLIS_MAX);
      }
      if (show.hasVotes() && isNew) {
        show.modeUnderTrouble(MODE_MILLIS_MAX);
      }
      if (!hasWork(show)) {
        return goOn(show);
      }
      try (WorkShow work = show.work(folder.resolve("work"))) {
        Runtime.getRuntime().addShutdownHook(new Thread(work::close, "work-end"));
        work.serve();
        if (isNew) {
          work.show();
          show.passOver();
        }
        return goOn(show);
      }
    }
  }

  /// Prints a line per block until Ctrl-C, and starts a node again that somebody kills.
  ///
  /// @throws IOException if a node ends by itself
  private int goOn(DevnetShow show) throws IOException, InterruptedException {
    System.out.println("the network goes on; Ctrl-C stops it, ./run goes on from its data");
    while (!ending.await(DevnetShow.POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      show.watch().look();
      try {
        show.printBlocks();
      } catch (IOException | RpcException busy) {
        if (!isEnding() && !show.watch().mends()) {
          System.out.println(busy.getMessage());
        }
      }
    }
    return 0;
  }

  private boolean hasWork(DevnetShow show) {
    return !noWork && show.hasVotes();
  }

  /// Ends a network of one run and deletes its folder unless it stays, also when Ctrl-C ended the
  /// run.
  private void forget(Devnet devnet, Path folder) {
    devnet.close();
    try {
      if (!stays) {
        delete(folder);
      }
    } catch (IOException deletedMeanwhile) {
      // The run itself deletes the folder at its end, perhaps at this moment.
    }
  }

  private Devnet open(DevnetFiles files, GenesisWishes wishes)
      throws IOException, ConfigurationException {
    if (files.exist()) {
      System.out.println("going on from " + files.folder() + " (--fresh begins anew)");
      wishes.unfulfilledBy(files.genesisFile()).forEach(System.out::println);
      if (!preset.isEmpty()) {
        System.out.println("--preset counts for a new network only");
      }
    } else {
      NetworkKind kind = wishes.fittingKind();
      GenesisPreset wanted = preset(kind);
      System.out.println(
          "making a network of %d%s in %s"
              .formatted(
                  validators,
                  kind instanceof NetworkKind.Poa ? " without votes (poa)" : "",
                  files.folder()));
      create(files.wishing(wishes), kind, wanted, wishes);
    }
    return Devnet.start(files);
  }

  private void create(
      DevnetFiles files, NetworkKind kind, GenesisPreset wanted, GenesisWishes wishes)
      throws IOException, ConfigurationException {
    GenesisRules rules =
        GenesisCommand.rules(wanted, UInt256.of(DevnetFiles.CHAIN_ID), developmentRoots);
    try {
      switch (kind) {
        case NetworkKind.Hybrid _ -> {
          VotingPower stake = VotingPower.of(DevnetFiles.stakeOf(wanted, validators));
          wishes.requireFit(kind, validators, stake);
          files.trusting(rules.attestation()).create(validators, wanted, policy());
        }
        case NetworkKind.Poa _ -> {
          int proposers = wishes.proposer().isPresent() ? 1 : validators;
          wishes.requireFit(kind, proposers, VotingPower.ZERO);
          files.create(validators, kind, wishes.proposer());
        }
      }
    } catch (IllegalArgumentException impossible) {
      throw new ConfigurationException(String.valueOf(impossible.getMessage()));
    }
  }

  private GenesisPreset preset(NetworkKind kind) throws ConfigurationException {
    if (preset.isEmpty()) {
      return GenesisPreset.DEV;
    }
    if (kind instanceof NetworkKind.Poa) {
      throw new ConfigurationException(
          "--preset is for networks that decide by votes, not for poa");
    }
    return GenesisPreset.named(preset)
        .orElseThrow(() ->
            new ConfigurationException(
                "--preset is \"%s\"; allowed are %s"
                    .formatted(preset, String.join(", ", GenesisPreset.titles()))));
  }

  private ModePolicy policy() throws ConfigurationException {
    if (policy.isEmpty()) {
      return once && !noWork ? ModePolicy.PINNED : ModePolicy.OPERATIONAL;
    }
    return Stream.of(ModePolicy.values())
        .filter(each -> title(each).equals(policy))
        .findFirst()
        .orElseThrow(() ->
            new ConfigurationException(
                "--policy is \"%s\"; allowed are %s"
                    .formatted(
                        policy,
                        Stream.of(ModePolicy.values())
                            .map(DevnetCommand::title)
                            .collect(Collectors.joining(", ")))));
  }

  private static String title(ModePolicy policy) {
    return policy.name().toLowerCase(Locale.ROOT);
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      List<Path> paths;
      try (Stream<Path> walk = Files.walk(folder)) {
        paths = walk.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : paths) {
        Files.delete(path);
      }
    }
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new DevnetCommand();
    }
  }
}
