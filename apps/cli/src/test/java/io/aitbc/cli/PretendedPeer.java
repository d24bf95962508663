// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.model.Address;
import io.aitbc.model.PeerMessage;
import io.aitbc.network.CloseReason;
import io.aitbc.network.Network;
import io.aitbc.network.NetworkConfiguration;
import io.aitbc.network.NetworkHandler;
import io.aitbc.network.NetworkLimits;
import io.aitbc.network.NodeIdentity;
import io.aitbc.network.Peer;
import io.aitbc.network.PeerEndpoint;
import io.aitbc.network.PeerId;
import io.aitbc.node.GenesisFile;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.signer.BlsValidatorKey;
import io.aitbc.signer.Password;
import io.aitbc.signer.ValidatorKeystore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/// A peer of a test's own that dials a node and has nothing to give: what it says besides is the
/// test's. For tests.
abstract class PretendedPeer implements NetworkHandler {
  /// Where a node is reached, by its identity, which is made if there is none yet.
  static PeerEndpoint endpoint(NodeConfiguration node) throws Exception {
    PeerId id = NodeIdentity.loadOrCreate(node.network().folder(), new SecureRandom()).id();
    InetSocketAddress at = node.network().listen();
    return new PeerEndpoint(id, at.getHostString(), at.getPort());
  }

  /// A validator's key, from the files of its node.
  static BlsValidatorKey key(NodeConfiguration node) throws Exception {
    Path keys = node.network().folder();
    try (Password password = Password.read(keys.resolve("password"))) {
      return ValidatorKeystore.open(keys.resolve("validator.json"), password);
    }
  }

  /// Whose key it is on a network.
  static Address account(GenesisFile genesis, BlsValidatorKey key) {
    return genesis.validators().stream()
        .map(GenesisFile.GenesisValidator::candidate)
        .filter(each -> each.key().equals(key.publicKey()))
        .findFirst()
        .orElseThrow()
        .account();
  }

  /// Dials a node, again whenever it is dropped; this must be whole by then.
  ///
  /// @param head that it says it has
  Network dial(PeerEndpoint node, Hash genesis, Network.Head head) {
    return Network.start(
        new NetworkConfiguration(
            NodeIdentity.create(new SecureRandom()),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            DevnetFiles.CHAIN_ID,
            genesis,
            List.of(node),
            NetworkLimits.ONE_MACHINE,
            1),
        head,
        this);
  }

  @Override
  public void connected(Peer peer) {}

  @Override
  public void disconnected(PeerId peer, CloseReason reason) {}

  @Override
  public void received(PeerId from, PeerMessage message) {}

  @Override
  public boolean wantsTransaction(Hash hash) {
    return false;
  }

  @Override
  public Optional<Bytes> transaction(Hash hash) {
    return Optional.empty();
  }

  @Override
  public void receivedTransactions(PeerId from, List<Bytes> transactions) {}
}
