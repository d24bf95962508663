// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.attestation.Attestation;
import io.aitbc.attestation.CollateralItem;
import io.aitbc.attestation.ItemResult;
import io.aitbc.attestation.Reason;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.client.ChainClient;
import io.aitbc.client.CommandProvider;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.compute.AttesterProvider;
import io.aitbc.compute.DevelopmentTrust;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ApprovedCode;
import io.aitbc.execution.AttestationCall;
import io.aitbc.execution.AttestationRead;
import io.aitbc.execution.CollateralState;
import io.aitbc.execution.ContractRead;
import io.aitbc.node.ConfigurationException;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.Password;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `aitbc attestation`: whom and what the chain trusts of hardware, and what vendors have signed.
/// Protocol §18. docs/ai-work.md, "Work that hardware vouches for".
@Command(
    name = "attestation",
    description =
        "Shows which hardware and code the chain trusts, and brings what vendors have signed.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done",
      "1:node or contract refuse or do not answer, it is not there, or a file cannot be used",
      "2:wrong usage"
    })
final class AttestationCommand implements Runnable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SUBJECT_HELP = "What the item is about.";

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private static <T> T asked(ChainClient chain, ContractRead<T> read)
      throws IOException, RpcException {
    return chain
        .read(read)
        .orElseThrow(
            () -> new IOException("this network has no contract " + read.contract().artifact()));
  }

  @Command(
      name = "policy",
      description = "Prints which platforms, roots and ratings the chain trusts.",
      mixinStandardHelpOptions = true)
  int policy(
      @Mixin WalletCommand.NodeOption node,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, RpcException {
    try (JsonRpc rpc = node.open()) {
      TrustPolicy policy = asked(new ChainClient(rpc), AttestationRead.policy());
      if (json) {
        out().println(PolicyText.json(policy));
      } else {
        PolicyText.lines(policy).forEach(out()::println);
      }
    }
    return 0;
  }

  @Command(
      name = "make-policy",
      description = {
        "Prints a policy for `aitbc governance propose --attestation-policy` or for the",
        "attestationPolicy of a genesis file."
      },
      mixinStandardHelpOptions = true)
  int makePolicy(
      @Mixin PolicyOptions options,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    String policy = options.policy().encoded().toHex();
    out().println(json ? JSON.createObjectNode().put("policy", policy) : policy);
    return 0;
  }

  @Command(
      name = "code",
      description = "Prints what may run under a code hash, and in which order it was approved.",
      mixinStandardHelpOptions = true)
  int code(
      @Parameters(paramLabel = "HASH", description = "What jobs name the code by.") Hash code,
      @Mixin WalletCommand.NodeOption node,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, RpcException {
    try (JsonRpc rpc = node.open()) {
      List<ApprovedCode> all = asked(new ChainClient(rpc), AttestationRead.approvals(code));
      if (all.isEmpty()) {
        throw new IOException("code " + code + " is not approved");
      }
      ArrayNode list = JSON.createArrayNode();
      for (int i = 0; i < all.size(); i++) {
        ApprovedCode each = all.get(i);
        if (json) {
          ObjectNode _ =
              list.addObject()
                  .put("platform", each.platform().name())
                  .put("versionMin", each.versionMin())
                  .put("measurement", each.measurement().toHex());
        } else {
          out()
              .println(
                  "%d: %s, version %d or later, measurement %s"
                      .formatted(
                          i, each.platform(), each.versionMin(), each.measurement().toHex()));
        }
      }
      if (json) {
        out().println(list);
      }
    }
    return 0;
  }

  @Command(
      name = "machine",
      description = "Prints whether a machine was denied.",
      mixinStandardHelpOptions = true)
  int machine(
      @Parameters(paramLabel = "ID", description = "Its hardware id.") Hash machine,
      @Mixin WalletCommand.NodeOption node,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, RpcException {
    try (JsonRpc rpc = node.open()) {
      boolean denied = asked(new ChainClient(rpc), AttestationRead.isDenied(machine));
      String text = denied ? "denied" : "not denied";
      out()
          .println(
              json
                  ? JSON.createObjectNode().put("machine", machine.toHex()).put("denied", denied)
                  : text);
    }
    return 0;
  }

  @Command(
      name = "item",
      description = "Prints what the chain has of collateral about something.",
      mixinStandardHelpOptions = true)
  int item(
      @Parameters(paramLabel = "SUBJECT", description = SUBJECT_HELP) Hash subject,
      @Mixin WalletCommand.NodeOption node,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, RpcException {
    try (JsonRpc rpc = node.open()) {
      CollateralState state =
          new ChainClient(rpc)
              .read(AttestationRead.collateral(subject))
              .orElseThrow(() -> new IOException("the chain has nothing about " + subject));
      out().println(json ? json(subject, state) : line(subject, state));
    }
    return 0;
  }

  private static String line(Hash subject, CollateralState state) {
    return "subject %s: kind %d, issued %s, valid until %s%s%s"
        .formatted(
            subject,
            state.kind(),
            Instant.ofEpochSecond(state.issued()),
            state.validUntil() == Long.MAX_VALUE
                ? "it is taken back"
                : Instant.ofEpochSecond(state.validUntil()),
            state.evaluation() > 0 ? ", re-rating %d".formatted(state.evaluation()) : "",
            state.developmentRoot() ? ", under a development root" : "");
  }

  private static ObjectNode json(Hash subject, CollateralState state) {
    return JSON.createObjectNode()
        .put("subject", subject.toHex())
        .put("kind", state.kind())
        .put("issued", state.issued())
        .put("validUntil", state.validUntil())
        .put("reRatings", state.evaluation())
        .put("developmentRoot", state.developmentRoot())
        .put("endorser", state.endorser().toString());
  }

  @Command(
      name = "submit",
      description = {
        "Brings what vendors have signed to the chain; anybody may. Prints what each item is",
        "about, which workers name as --attester-collateral. What the chain has is left alone."
      },
      mixinStandardHelpOptions = true)
  int submit(
      @Option(
              names = "--account",
              required = true,
              paramLabel = "FILE",
              description = "The keystore of who pays the gas.")
          Path account,
      @Option(
              names = "--chain",
              paramLabel = "FILE",
              description =
                  "The certificates that belong to the file, as text: the signer's first, the"
                      + " root's last.")
          @Nullable Path certificates,
      @Option(
              names = "--revocations",
              paramLabel = "FILE",
              description = "A list of revoked certificates, PEM or DER; with --chain.")
          @Nullable Path revocations,
      @Option(
              names = "--tcb-info",
              paramLabel = "FILE",
              description = "Intel's answer about a family of platforms; with --chain.")
          @Nullable Path levels,
      @Option(
              names = "--qe-identity",
              paramLabel = "FILE",
              description = "Intel's answer about its quoting enclave; with --chain.")
          @Nullable Path enclave,
      @Option(
              names = "--authorities",
              paramLabel = "FILE",
              description = "AMD's authority and root, as text.")
          @Nullable Path authorities,
      @Parameters(
              arity = "0..*",
              paramLabel = "ITEM",
              description = "Items in the chain's own encoding.")
          @Nullable List<Path> files,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    List<CollateralItem> items = new ArrayList<>();
    for (Path each : files == null ? List.<Path>of() : files) {
      items.add(VendorFiles.item(each));
    }
    if (authorities != null) {
      items.add(new CollateralItem.Authorities(VendorFiles.text(authorities)));
    }
    if (revocations != null) {
      items.add(VendorFiles.revocations(chainOf(certificates), revocations));
    }
    if (levels != null) {
      items.add(VendorFiles.levels(chainOf(certificates), levels));
    }
    if (enclave != null) {
      items.add(VendorFiles.quotingEnclave(chainOf(certificates), enclave));
    }
    if (items.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "no item is named");
    }
    try (Password existing = sending.password();
        AccountSigner signer = AccountKeystore.open(account, existing);
        JsonRpc rpc = sending.open()) {
      ChainClient chain = new ChainClient(rpc);
      TrustPolicy policy = asked(chain, AttestationRead.policy());
      for (CollateralItem each : items) {
        submit(chain, signer, policy, each, sending);
      }
    }
    return 0;
  }

  private Path chainOf(@Nullable Path certificates) {
    if (certificates == null) {
      throw new ParameterException(spec.commandLine(), "--chain is missing: who signed the file");
    }
    return certificates;
  }

  private void submit(
      ChainClient chain,
      AccountSigner signer,
      TrustPolicy policy,
      CollateralItem item,
      Sending sending)
      throws IOException, RpcException, InterruptedException {
    ItemResult judged = Attestation.authenticate(item, policy, Instant.now().getEpochSecond());
    if (judged.reason() != Reason.OK) {
      throw new IOException(
          "an item of kind %d would be refused: %s (Protocol §18.7)"
              .formatted(item.kind(), judged.reason()));
    }
    Optional<CollateralState> there = chain.read(AttestationRead.collateral(judged.subject()));
    if (there.filter(it -> it.issued() >= judged.issued()).isEmpty()) {
      sending.send(chain, signer, AttestationCall.submit(item.encoded()));
    }
    CollateralState state =
        chain
            .read(AttestationRead.collateral(judged.subject()))
            .orElseThrow(() -> new IOException("the node does not know the item yet"));
    Hash subject = judged.subject();
    out().println(sending.isJson() ? json(subject, state) : line(subject, state));
    out().flush();
  }

  @Command(
      name = "endorse",
      description = {
        "Vouches for a key without a certificate (PSA, CCA), as an endorser whom governance",
        "admitted. Prints what evidence that the key signs is judged against."
      },
      mixinStandardHelpOptions = true)
  int endorse(
      @Parameters(index = "0", paramLabel = "FILE", description = "The endorser's keystore.")
          Path account,
      @Parameters(
              index = "1",
              paramLabel = "KEY",
              description = "The key, a SubjectPublicKeyInfo, DER.")
          Path key,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    CollateralItem.Endorsement endorsement =
        new CollateralItem.Endorsement(Bytes.wrap(Files.readAllBytes(key)));
    sending.send(
        account,
        (_, _, _) -> AttestationCall.endorse(endorsement.key()),
        _ -> JSON.createObjectNode().put("subject", endorsement.subject().toHex()));
    return 0;
  }

  @Command(
      name = "withdraw",
      description = "Takes an endorsement of the account back.",
      mixinStandardHelpOptions = true)
  int withdraw(
      @Parameters(index = "0", paramLabel = "FILE", description = "The endorser's keystore.")
          Path account,
      @Parameters(index = "1", paramLabel = "SUBJECT", description = SUBJECT_HELP) Hash subject,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(account, (_, _, _) -> AttestationCall.withdrawEndorsement(subject));
    return 0;
  }

  @Command(
      name = "development",
      description = {
        "For trials: writes the collateral of hardware that does not exist, and prints its root,",
        "for `aitbc devnet --development-root`, and how it measures code, for `aitbc governance",
        "propose --approve-code`. Only programs with the workshop have such an attester."
      },
      mixinStandardHelpOptions = true)
  int development(
      @Option(
              names = "--attester",
              defaultValue = "development",
              paramLabel = "NAME",
              description = "Whose (default: ${DEFAULT-VALUE}).")
          String attester,
      @Option(
              names = "--attester-setting",
              paramLabel = "NAME=VALUE",
              description = "For the attester; may be given more than once.")
          @Nullable Map<String, String> settings,
      @Option(
              names = "--out",
              required = true,
              paramLabel = "DIR",
              description = "Where the items are written, in their order.")
          Path folder,
      @Option(names = "--code", paramLabel = "HASH", description = "Code that is measured.")
          @Nullable List<Hash> codes)
      throws IOException, ConfigurationException {
    DevelopmentTrust trust = trust(attester, settings == null ? Map.of() : settings);
    Path _ = Files.createDirectories(folder);
    out().println("root         " + trust.root());
    for (Hash code : codes == null ? List.<Hash>of() : codes) {
      out()
          .println(
              "approval     %s:%s:0:%s"
                  .formatted(code, trust.platform(), trust.measurement(code).toHex()));
    }
    // In the past for any node's clock, and later each time that somebody needs a newer one.
    Instant issued = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60);
    List<CollateralItem> items = trust.collateral(issued);
    for (int i = 0; i < items.size(); i++) {
      Path file = folder.resolve((i + 1) + ".item");
      Path _ = Files.write(file, items.get(i).encoded().toArray());
      out().println("written      " + file);
    }
    return 0;
  }

  private static DevelopmentTrust trust(String attester, Map<String, String> settings)
      throws ConfigurationException {
    AttesterProvider provider =
        AttesterProvider.named(attester)
            .orElseThrow(() ->
                new ConfigurationException(
                    "--attester is \"%s\"; allowed are %s"
                        .formatted(attester, String.join(", ", AttesterProvider.names()))));
    try {
      return provider
          .developmentTrust(settings)
          .orElseThrow(() ->
              new ConfigurationException(
                  "the attester %s asks hardware: its vendor says what is to be trusted"
                      .formatted(attester)));
    } catch (EngineRefusedException refused) {
      throw new ConfigurationException("--attester-setting: " + refused.refusal());
    }
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new AttestationCommand();
    }
  }
}
