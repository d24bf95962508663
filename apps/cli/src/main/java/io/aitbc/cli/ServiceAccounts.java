// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.client.RpcJobChain;
import io.aitbc.execution.ServiceAccount;
import io.aitbc.execution.ServiceAccount.SecretChain;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.node.ConfigurationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the commands of workers, auditors and evaluators have in common.
final class ServiceAccounts {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ServiceAccounts() {}

  /// An address to listen at.
  ///
  /// @throws ConfigurationException if `text` is none
  static InetSocketAddress listen(String option, String text) throws ConfigurationException {
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
      throw new ConfigurationException(
          option + " is \"" + text + "\"; allowed is HOST:PORT with a port of 0 to 65535");
    }
    String host = text.substring(0, colon).replaceAll("^\\[|]$", "");
    return new InetSocketAddress(host, Integer.parseInt(port));
  }

  /// The names of classes of verification.
  ///
  /// @param classes bit 2^class
  static List<String> classes(long classes) {
    List<String> names = new ArrayList<>();
    if ((classes & WorkJob.EXACT) != 0) {
      boolean _ = names.add("EXACT");
    }
    if ((classes & WorkJob.TOLERANCE) != 0) {
      boolean _ = names.add("TOLERANCE");
    }
    if ((classes & WorkJob.ATTESTED) != 0) {
      boolean _ = names.add("ATTESTED");
    }
    return names;
  }

  /// Prints what the chain knows of a service.
  ///
  /// @return 0, or 1 if it never registered
  static int show(PrintWriter out, JsonRpc rpc, ServiceRole role, Address account, boolean json)
      throws IOException, RpcException {
    ChainClient client = new ChainClient(rpc);
    Optional<ServiceAccount> service = client.read(WorkRead.service(role, account));
    if (service.isEmpty()) {
      throw new IOException(account + " is no " + WorkServices.title(role));
    }
    Amount credit = client.read(WorkRead.credit(account)).orElse(Amount.ZERO);
    Optional<String> serves = RpcJobChain.reading(client).serves(role, account);
    List<SecretChain> chains =
        role == ServiceRole.AUDITOR
            ? client.read(WorkRead.secretChains(account)).orElse(List.of())
            : List.of();
    if (json) {
      out.println(json(account, service.get(), credit, serves, chains));
    } else {
      print(out, service.get(), credit, serves, chains);
    }
    return 0;
  }

  private static ObjectNode json(
      Address account,
      ServiceAccount service,
      Amount credit,
      Optional<String> serves,
      List<SecretChain> chains) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("account", account.toString())
            .put("bond", service.bond().wei().toString())
            .put("free", service.free().wei().toString())
            .put("leaving", service.leaving().wei().toString())
            .put("credit", credit.wei().toString())
            .put("duties", service.duties())
            .put("convictions", service.convictions());
    ArrayNode names = node.putArray("classes");
    classes(service.classes()).forEach(names::add);
    serves.ifPresent(text -> node.put("address", text));
    if (!chains.isEmpty()) {
      node.put("secretsFromEpoch", chains.getFirst().fromEpoch());
    }
    return node;
  }

  private static void print(
      PrintWriter out,
      ServiceAccount service,
      Amount credit,
      Optional<String> serves,
      List<SecretChain> chains) {
    out.println("bond         " + AitbcAmount.text(service.bond()) + " AITBC");
    out.println("  set aside  " + AitbcAmount.text(service.reserved()));
    out.println("  leaving    " + AitbcAmount.text(service.leaving()));
    out.println("classes      " + String.join(", ", classes(service.classes())));
    out.println("credit       " + AitbcAmount.text(credit) + " AITBC, to be withdrawn");
    out.println("open duties  " + service.duties());
    out.println("frauds       " + service.convictions());
    // Its owner's text: nothing that moves a terminal's cursor.
    serves.ifPresent(text -> out.println("reached at   " + text.replaceAll("[^ -~]", "?")));
    chains.forEach(each ->
        out.println(
            "secrets      from epoch %d on, shown to %d"
                .formatted(each.fromEpoch(), each.shownEpoch())));
  }
}
