// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.consensus.Epochs;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ServiceAccount.SecretChain;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Height;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An auditor's chains of secrets: each registered before it is needed, its links shown when their
/// epochs are over. Belongs to one thread. Protocol §17.10.
final class SecretChains {
  private static final Logger LOG = LoggerFactory.getLogger(AuditorService.class);

  private final WorkChain chain;
  private final Address self;
  private final Outbox outbox;
  private final ServiceSecret secret;
  private final Path file;

  /// Those that are registered, after the last look.
  private List<SecretChain> chains = List.of();

  /// Which of them are of the secret.
  private final TreeMap<Integer, Boolean> ownChains = new TreeMap<>();

  /// Epochs of seats whose secret was not shown yet.
  private final TreeSet<Long> owed = new TreeSet<>();

  /// @param file of the secret
  SecretChains(WorkChain chain, Outbox outbox, ServiceSecret secret, Path file) {
    this.chain = chain;
    this.self = chain.account();
    this.outbox = outbox;
    this.secret = secret;
    this.file = file;
  }

  /// Looks which chains are registered.
  void look() throws IOException {
    chains = chain.read(WorkRead.secretChains(self)).orElse(List.of());
  }

  private static long epochOf(long height) {
    return Epochs.of(new Height(height));
  }

  /// A chain that ends within two epochs is followed by the next, one of another secret at once.
  void keepAChain(long height) {
    boolean ends =
        chains.isEmpty()
            || !isOwn(chains.size() - 1, chains.getLast())
            || chains.getLast().fromEpoch() + ServiceSecret.LINKS - 2 <= epochOf(height);
    if (ends) {
      outbox.post(
          "chain of secrets " + chains.size(),
          WorkCall.registerSecretChain(secret.link(chains.size(), 0)));
    }
  }

  /// Whether a registered chain is of this secret: reports of leaves drawn with another one would
  /// set money aside and never count.
  private boolean isOwn(int number, SecretChain registered) {
    Boolean before = ownChains.get(number);
    if (before != null) {
      return before;
    }
    long shown = registered.shownEpoch() - registered.fromEpoch() + 1;
    boolean is =
        shown <= ServiceSecret.LINKS && secret.link(number, (int) shown).equals(registered.link());
    if (!is) {
      LOG.atWarn()
          .addKeyValue("chain", number)
          .addKeyValue("file", file)
          .log("the registered chain of secrets is of another file; its seats are not paid");
    }
    Boolean _ = ownChains.put(number, is);
    return is;
  }

  /// The secret of an epoch, if a registered chain has it.
  Optional<Hash> of(long epoch) {
    int number = numberOf(epoch);
    if (number < 0 || !isOwn(number, chains.get(number))) {
      return Optional.empty();
    }
    long link = epoch - chains.get(number).fromEpoch() + 1;
    return link <= ServiceSecret.LINKS
        ? Optional.of(secret.link(number, (int) link))
        : Optional.empty();
  }

  private int numberOf(long epoch) {
    int number = -1;
    for (int i = 0; i < chains.size(); i++) {
      if (chains.get(i).fromEpoch() <= epoch) {
        number = i;
      }
    }
    return number;
  }

  /// The account has a seat whose leaves follow from the secret of an epoch.
  void owe(long epoch) {
    boolean _ = owed.add(epoch);
  }

  /// Shows the secrets of epochs that are over, so that seats are paid; before, the contract
  /// refuses them.
  void show(long height) throws IOException {
    for (long epoch : List.copyOf(owed.headSet(epochOf(height)))) {
      if (chain.read(WorkRead.secret(self, epoch)).isPresent()) {
        boolean _ = owed.remove(epoch);
      } else {
        Optional<Hash> shown = of(epoch);
        if (shown.isPresent()) {
          outbox.post(
              "secret of epoch " + epoch,
              WorkCall.showSecret(self, numberOf(epoch), epoch, shown.get()));
        }
      }
    }
  }
}
