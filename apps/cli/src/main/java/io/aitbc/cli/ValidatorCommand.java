// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.CommandProvider;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.StakeCall;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.model.VotingPower;
import io.aitbc.node.ConfigurationException;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.BlsValidatorKey;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.Password;
import io.aitbc.signer.ValidatorKeystore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `aitbc validator`: becoming a validator, staying one and leaving, as transactions of an account.
/// Protocol §16.5, §16.6.
@Command(
    name = "validator",
    description = "Stakes, delegates, takes stake out, returns from jail and leaves.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done: the transaction is in a block and succeeded",
      "1:node or contract refuse or do not answer, or a file cannot be used",
      "2:wrong usage"
    })
final class ValidatorCommand implements Runnable {
  /// Parts of a commission in a percent.
  private static final int PARTS_PER_PERCENT = 100;

  private static final String ACCOUNT_HELP = "The account's keystore.";
  private static final String LOT_HELP = "Its number, as `aitbc validator lots` prints it.";
  private static final String NOBODY = "0x0000000000000000000000000000000000000000";
  private static final String NO_NODE =
      "0000000000000000000000000000000000000000000000000000000000000000";

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  /// In which registry an account is meant.
  enum Role {
    /// With stake.
    STAKER,
    /// Admitted by governance.
    AUTHORITY;

    EconomyContract registry() {
      return switch (this) {
        case STAKER -> EconomyContract.STAKE_MANAGER;
        case AUTHORITY -> EconomyContract.AUTHORITY_REGISTRY;
      };
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "list",
      description = "Prints the validators of the present epoch: class, role and stake.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin WalletCommand.NodeOption node,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, RpcException {
    try (JsonRpc rpc = node.open()) {
      JsonNode validators = rpc.call("aitbc_validators");
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(validators);
        return 0;
      }
      for (JsonNode each : validators) {
        Amount stake = Amount.wei(VotingPower.WEI_PER_UNIT).times(each.path("stake").asLong());
        out.println(
            "%s %-9s %-9s %s AITBC"
                .formatted(
                    each.path("account").asText(),
                    each.path("authority").asBoolean() ? "authority" : "staker",
                    each.path("role").asText(),
                    AitbcAmount.text(stake)));
      }
    }
    return 0;
  }

  @Command(
      name = "stake",
      description = {
        "Makes an account a candidate with a stake of its own. Its node says that it is ready, or",
        "`aitbc validator ready` does."
      },
      mixinStandardHelpOptions = true)
  int stake(
      @Option(
              names = "--folder",
              required = true,
              paramLabel = "DIR",
              description = "That of `aitbc keys create`: key and account, with one password.")
          Path folder,
      @Option(names = "--amount", required = true, paramLabel = "AITBC", description = "How much.")
          Amount amount,
      @Option(
              names = "--commission",
              defaultValue = "5",
              paramLabel = "PERCENT",
              description = "Of delegators' rewards (default: ${DEFAULT-VALUE}).")
          int commission,
      @Option(
              names = "--commission-max",
              defaultValue = "20",
              paramLabel = "PERCENT",
              description = "What it never exceeds (default: ${DEFAULT-VALUE}).")
          int commissionMax,
      @Option(
              names = "--displace",
              defaultValue = "0x0000000000000000000000000000000000000000",
              paramLabel = "ADDRESS",
              description = "Where the list is full: the candidate whose place it takes.")
          Address displaced,
      @Option(
              names = "--print-for",
              paramLabel = "ADDRESS",
              description =
                  "Send nothing: print the call for this account, which a wallet elsewhere sends.")
          @Nullable Address elsewhere,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    if (commission < 0 || commissionMax > 100 || commission > commissionMax) {
      throw new ParameterException(
          spec.commandLine(), "--commission is at most --commission-max, and that at most 100");
    }
    EconomyCall.Commission parts =
        new EconomyCall.Commission(
            PARTS_PER_PERCENT * commission, PARTS_PER_PERCENT * commissionMax);
    try (Password password = sending.password();
        BlsValidatorKey key = ValidatorKeystore.open(folder.resolve("validator.json"), password);
        JsonRpc rpc = sending.open()) {
      ChainClient chain = new ChainClient(rpc);
      Hash genesis = chain.genesisHash();
      if (elsewhere != null) {
        sending.print(
            elsewhere, Registration.of(genesis, elsewhere, key, parts, displaced, amount));
        return 0;
      }
      try (AccountSigner account = AccountKeystore.open(folder.resolve("account.json"), password)) {
        sending.send(
            chain,
            account,
            Registration.of(genesis, account.address(), key, parts, displaced, amount));
      }
    }
    return 0;
  }

  @Command(
      name = "delegate",
      description = "Adds money of an account to a candidate's stake.",
      mixinStandardHelpOptions = true)
  int delegate(
      @Parameters(paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Option(names = "--to", required = true, paramLabel = "ADDRESS", description = "Candidate.")
          Address candidate,
      @Option(names = "--amount", required = true, paramLabel = "AITBC", description = "How much.")
          Amount amount,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(file, (_, _, _) -> EconomyCall.delegate(candidate, amount));
    return 0;
  }

  /// How much of the stake in a pool is meant.
  static final class Part {
    @Option(names = "--amount", required = true, paramLabel = "AITBC", description = "How much.")
    private @Nullable Amount amount;

    @Option(
        names = "--all",
        required = true,
        description = "All of it but for lots that were moved there.")
    private boolean all;

    UInt256 shares(ChainClient chain, Address pool, Address owner)
        throws IOException, RpcException {
      StakeLots lots = new StakeLots(chain);
      return all ? lots.movable(pool, owner) : lots.shares(pool, Objects.requireNonNull(amount));
    }
  }

  /// The same, or a lot that was moved to a pool.
  static final class PartOrLot {
    @ArgGroup(multiplicity = "1")
    private @Nullable Part part;

    @Option(
        names = "--lot",
        required = true,
        paramLabel = "N",
        description = "A lot that was moved there, whatever its pool.")
    private long lot;
  }

  @Command(
      name = "undelegate",
      description = {
        "Takes an account's stake out of a candidate's pool. It stands in a lot, which earns nothing",
        "and can be withdrawn after the unbonding time."
      },
      mixinStandardHelpOptions = true)
  int undelegate(
      @Parameters(paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Option(
              names = "--pool",
              paramLabel = "ADDRESS",
              description = "The candidate (default: the account itself).")
          @Nullable Address candidate,
      @ArgGroup(multiplicity = "1") PartOrLot part,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(
        file,
        (chain, _, account) -> {
          if (part.part == null) {
            return StakeCall.undelegateLot(part.lot);
          }
          Address pool = candidate == null ? account.address() : candidate;
          return StakeCall.undelegate(pool, part.part.shares(chain, pool, account.address()));
        },
        StakeLots::made);
    return 0;
  }

  @Command(
      name = "redelegate",
      description = {
        "Moves an account's stake from one candidate's pool to another's at once. It stands there in",
        "a lot, which answers for the first candidate too until the unbonding time is over, and",
        "cannot move again before `aitbc validator merge`."
      },
      mixinStandardHelpOptions = true)
  int redelegate(
      @Parameters(paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Option(
              names = "--from",
              paramLabel = "ADDRESS",
              description = "The candidate that it leaves (default: the account itself).")
          @Nullable Address from,
      @Option(names = "--to", required = true, paramLabel = "ADDRESS", description = "Candidate.")
          Address to,
      @ArgGroup(multiplicity = "1") Part part,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(
        file,
        (chain, _, account) -> {
          Address pool = from == null ? account.address() : from;
          return StakeCall.redelegate(pool, to, part.shares(chain, pool, account.address()));
        },
        StakeLots::made);
    return 0;
  }

  @Command(
      name = "lots",
      description = {
        "Prints an account's stake on its way: what left pools and waits, and what was moved from",
        "one to another."
      },
      mixinStandardHelpOptions = true)
  int lots(
      @Parameters(paramLabel = "ADDRESS", description = "The account.") Address owner,
      @Mixin WalletCommand.NodeOption node,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, RpcException {
    try (JsonRpc rpc = node.open()) {
      new StakeLots(new ChainClient(rpc)).print(spec.commandLine().getOut(), owner, json);
    }
    return 0;
  }

  @Command(
      name = "merge",
      description = {
        "Joins a lot that was moved to a pool with the account's other stake there, once it answers",
        "for the pool that it came from no longer."
      },
      mixinStandardHelpOptions = true)
  int merge(
      @Parameters(paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Option(names = "--lot", required = true, paramLabel = "N", description = LOT_HELP) long lot,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(file, (_, _, _) -> StakeCall.merge(lot));
    return 0;
  }

  @Command(
      name = "withdraw",
      description = "Pays out a lot whose unbonding time is over.",
      mixinStandardHelpOptions = true)
  int withdraw(
      @Parameters(paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Option(names = "--lot", required = true, paramLabel = "N", description = LOT_HELP) long lot,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(
        file,
        (chain, _, _) -> {
          new StakeLots(chain).requireFree(lot);
          return StakeCall.withdraw(lot);
        });
    return 0;
  }

  @Command(
      name = "ready",
      description = {
        "Says that the account's validator follows the chain and can vote. It counts for one epoch:",
        "send it in each until the validator is in a set."
      },
      mixinStandardHelpOptions = true)
  int ready(
      @Parameters(paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Option(
              names = "--role",
              defaultValue = "STAKER",
              description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
          Role role,
      @Option(
              names = "--authority",
              paramLabel = "ADDRESS",
              description = "With role AUTHORITY: whose operator the account is.")
          @Nullable Address authority,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(
        file,
        (_, _, account) ->
            switch (role) {
              case STAKER -> EconomyCall.stakerReady();
              case AUTHORITY ->
                  EconomyCall.authorityReady(authority == null ? account.address() : authority);
            });
    return 0;
  }

  @Command(
      name = "describe",
      description = {
        "Says who runs an authority's node, to whom the fees of its blocks are paid and what peers",
        "know its node by: they keep a place for it while it is in a set. What is left out is taken",
        "back."
      },
      mixinStandardHelpOptions = true)
  int describe(
      @Parameters(paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Option(
              names = "--node",
              defaultValue = NO_NODE,
              paramLabel = "ID",
              description = "What the node's log calls its identity, 64 hexadecimal digits.")
          String node,
      @Option(
              names = "--operator",
              defaultValue = NOBODY,
              paramLabel = "ADDRESS",
              description = "Who may say that it is ready.")
          Address operator,
      @Option(
              names = "--fees-to",
              defaultValue = NOBODY,
              paramLabel = "ADDRESS",
              description = "To whom the fees of its blocks are paid (default: to itself).")
          Address feeRecipient,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    if (!node.matches("[0-9a-f]{64}")) {
      throw new ParameterException(spec.commandLine(), "no node's identity: " + node);
    }
    Hash identity = Hash.fromHex("0x" + node);
    sending.send(file, (_, _, _) -> EconomyCall.describe(operator, feeRecipient, identity));
    return 0;
  }

  @Command(
      name = "claim",
      description = "Takes what an account's stake in a candidate's pool has earned.",
      mixinStandardHelpOptions = true)
  int claim(
      @Parameters(paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Option(
              names = "--pool",
              paramLabel = "ADDRESS",
              description = "The candidate (default: the account itself).")
          @Nullable Address candidate,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(
        file,
        (_, _, account) -> EconomyCall.claim(candidate == null ? account.address() : candidate));
    return 0;
  }

  @Command(
      name = "unjail",
      description = {
        "Asks to be drawn again after jail, from the second epoch after the one at whose end it was",
        "jailed on."
      },
      mixinStandardHelpOptions = true)
  int unjail(
      @Parameters(paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Option(
              names = "--role",
              defaultValue = "STAKER",
              description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
          Role role,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(file, (_, _, _) -> EconomyCall.unjail(role.registry()));
    return 0;
  }

  @Command(
      name = "leave",
      description =
          "Ends a candidacy or an admission. Stake and bond stay until they are taken out.",
      mixinStandardHelpOptions = true)
  int leave(
      @Parameters(paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Option(
              names = "--role",
              defaultValue = "STAKER",
              description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
          Role role,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(file, (_, _, _) -> EconomyCall.resign(role.registry()));
    return 0;
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new ValidatorCommand();
    }
  }
}
