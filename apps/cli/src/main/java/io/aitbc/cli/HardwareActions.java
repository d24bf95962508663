// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.attestation.Platform;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ApprovedCode;
import io.aitbc.execution.AttestationCall;
import io.aitbc.execution.AttestationCall.Standing;
import io.aitbc.execution.EconomyCall;
import io.aitbc.model.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What a proposal does about trusted hardware: code, machines, the policy, who endorses keys.
/// Protocol §18.9.
final class HardwareActions {
  private static final Pattern APPROVAL =
      Pattern.compile(
          "((?:0x)?[0-9a-fA-F]{64}):([A-Z_]+):([0-9]{1,10}):(?:0x)?((?:[0-9a-fA-F]{2})+)");

  private static final Pattern STRUCK = Pattern.compile("((?:0x)?[0-9a-fA-F]{64}):([0-9]{1,2})");

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Option(
      names = "--approve-code",
      paramLabel = "CODE:PLATFORM:VERSION:MEASUREMENT",
      description =
          "Code that may run where hardware vouches for it: the hash that jobs name, what it is on"
              + " a platform (SGX, TDX, SEV_SNP, PSA, CCA), and its least security version.")
  private List<String> approved = List.of();

  @Option(
      names = "--strike-off-code",
      paramLabel = "CODE:INDEX",
      description = "An approval that ends, by its place in `aitbc attestation code CODE`.")
  private List<String> struck = List.of();

  @Option(
      names = "--deny-machine",
      paramLabel = "ID",
      description = "A machine whose keys are lost, by its hardware id.")
  private List<Hash> denied = List.of();

  @Option(
      names = "--allow-machine",
      paramLabel = "ID",
      description = "A machine that was denied, and may be used again.")
  private List<Hash> allowed = List.of();

  @Option(
      names = "--attestation-policy",
      paramLabel = "HEX",
      description = "Whom and what the chain trusts, as `aitbc attestation make-policy` prints it.")
  private @Nullable String policy;

  @Option(
      names = "--endorser",
      paramLabel = "ADDRESS",
      description = "Who may vouch for keys that have no certificate.")
  private List<Address> endorsers = List.of();

  @Option(
      names = "--no-endorser",
      paramLabel = "ADDRESS",
      description = "Who may no more; its endorsements stay.")
  private List<Address> former = List.of();

  @Option(
      names = "--remove-collateral",
      paramLabel = "SUBJECT",
      description = "An item of collateral that is taken away.")
  private List<Hash> removed = List.of();

  /// The calls, in the order of the options above.
  List<EconomyCall.Action> actions() {
    List<EconomyCall.Action> actions = new ArrayList<>();
    approved.forEach(each -> actions.add(approval(each)));
    for (String each : struck) {
      Matcher match = STRUCK.matcher(each);
      if (!match.matches()) {
        throw refused("no CODE:INDEX: " + each);
      }
      actions.add(
          AttestationCall.strikeOff(
              Hash.fromHex(match.group(1)), Integer.parseInt(match.group(2))));
    }
    denied.forEach(each -> actions.add(AttestationCall.setDenied(each, Standing.REFUSED)));
    allowed.forEach(each -> actions.add(AttestationCall.setDenied(each, Standing.ADMITTED)));
    if (policy != null) {
      actions.add(AttestationCall.setPolicy(policy(policy)));
    }
    endorsers.forEach(each -> actions.add(AttestationCall.setEndorser(each, Standing.ADMITTED)));
    former.forEach(each -> actions.add(AttestationCall.setEndorser(each, Standing.REFUSED)));
    removed.forEach(each -> actions.add(AttestationCall.remove(each)));
    return actions;
  }

  private EconomyCall.Action approval(String text) {
    Matcher match = APPROVAL.matcher(text);
    if (match.matches()) {
      Optional<Platform> platform =
          Stream.of(Platform.values())
              .filter(each -> each.name().equals(match.group(2)))
              .findFirst();
      try {
        return AttestationCall.approve(
            Hash.fromHex(match.group(1)),
            new ApprovedCode(
                platform.orElseThrow(() -> refused("no platform: " + match.group(2))),
                Long.parseLong(match.group(3)),
                Bytes.fromHex(match.group(4))));
      } catch (IllegalArgumentException outOfBounds) {
        throw refused(String.valueOf(outOfBounds.getMessage()));
      }
    }
    throw refused("no CODE:PLATFORM:VERSION:MEASUREMENT: " + text);
  }

  private TrustPolicy policy(String text) {
    Optional<TrustPolicy> read =
        text.matches("(0x)?([0-9a-fA-F]{2})+")
            ? TrustPolicy.decode(Bytes.fromHex(text))
            : Optional.empty();
    return read.orElseThrow(() -> refused("--attestation-policy is no policy"));
  }

  private ParameterException refused(String why) {
    return new ParameterException(spec.commandLine(), why);
  }
}
