// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.model.Amount;
import io.aitbc.network.NodeIdentity;
import io.aitbc.network.PinnedTls;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.GenesisWishes;
import io.aitbc.node.Node;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.node.SignerConfiguration;
import io.aitbc.node.SignerService;
import io.aitbc.testkit.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// Protocol §8.3.3: a validator whose key is with `aitbc signer`, over real TLS connections.
class SignerProcessIT {
  private static final long FINAL_MILLIS_MAX = 30_000;
  private static final Duration WAIT = Duration.ofSeconds(2);

  @TempDir private Path folder;

  private static String run(int status, String... arguments) {
    return Typed.run((Object[]) arguments).expect(status, "").text();
  }

  /// As docs/operator.md writes both files.
  private Path configurations(DevnetFiles.Node node, int port) throws IOException {
    Path keys = node.configuration().resolveSibling(".").normalize();
    Path vault = Files.createDirectories(folder.resolve("vault"));
    String signerId = run(0, "keys", "identity", "--folder", vault.toString()).strip();
    String nodeId = run(0, "keys", "identity", "--folder", keys.toString()).strip();
    Path _ =
        Files.writeString(
            vault.resolve("signer.toml"),
            """
            genesis = "%s"

            [validator]
            keystore = "%s/validator.json"
            password_file = "%s/password"
            signing_record = "%s/signing-record"

            [signer]
            folder = "."
            listen = "127.0.0.1:%d"
            node = "%s"
            """
                .formatted(keys.resolveSibling("genesis.json"), keys, keys, keys, port, nodeId));
    String toml = Files.readString(node.configuration());
    String validator = toml.substring(toml.indexOf("[validator]"), toml.indexOf("[network]"));
    Path _ =
        Files.writeString(
            node.configuration(),
            toml.replace(
                validator,
                """
                [signer]
                remote = "127.0.0.1:%d"
                id = "%s"
                folder = "."

                """
                    .formatted(port, signerId)));
    return vault.resolve("signer.toml");
  }

  @Test
  void aNodeVotesAsLongAsItsSignerIsThere() throws Exception {
    DevnetFiles files = DevnetRun.files(folder);
    files.create(1);
    DevnetFiles.Node node = files.nodes().getFirst();
    int port = FreePorts.one();
    Path configuration = configurations(node, port);
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      String said = run(4, "signer", "--config", configuration.toString());
      assertTrue(said.startsWith("the signer did not start: "), said);
    }
    Path identity = configuration.resolveSibling(NodeIdentity.FILE);
    Files.setPosixFilePermissions(identity, PosixFilePermissions.fromString("rw-r--r--"));
    String refused = run(2, "signer", "--config", configuration.toString());
    assertTrue(refused.contains("may be read by others"), refused);
    Files.setPosixFilePermissions(identity, PosixFilePermissions.fromString("rw-------"));
    assertTrue(
        run(0, "signing-record", "--config", configuration.toString(), "show")
            .contains("the record is whole"));
    assertTrue(
        run(2, "signing-record", "--config", node.configuration().toString(), "show")
            .contains("where the key is in a signer, name the signer's"));
    Path record = node.configuration().resolveSibling("signing-record");

    SignerService signer = SignerService.start(SignerConfiguration.read(configuration));
    assertThrows(
        ConfigurationException.class,
        () -> SignerService.start(SignerConfiguration.read(configuration)).close());
    URI endpoint = URI.create("http://127.0.0.1:" + node.rpc().getPort());
    try (Node _ = Node.start(NodeConfiguration.read(node.configuration()), GenesisWishes.NONE);
        JsonRpc rpc = new JsonRpc(endpoint, Duration.ofSeconds(10));
        var account = DevnetFiles.developmentAccount()) {
      ChainClient client = new ChainClient(rpc);
      var _ = client.awaitReceipt(send(client, account, 0), FINAL_MILLIS_MAX);

      aStrangerIsRefused(signer.address());
      var _ = client.awaitReceipt(send(client, account, 1), FINAL_MILLIS_MAX);

      signer.close();
      Hash waiting = send(client, account, 2);
      long head = client.blockNumber();
      byte[] signed = Files.readAllBytes(record);
      Thread.sleep(3_000);
      assertEquals(head, client.blockNumber(), "a block without the key");
      assertArrayEquals(signed, Files.readAllBytes(record));

      SignerService back = SignerService.start(SignerConfiguration.read(configuration));
      var _ = client.awaitReceipt(waiting, FINAL_MILLIS_MAX);
      back.close();
    }
    assertTrue(
        run(0, "signing-record", "--config", configuration.toString(), "show")
            .contains("the record is whole"));
  }

  private static Hash send(ChainClient client, io.aitbc.signer.AccountSigner account, long nonce)
      throws Exception {
    return client.send(
        ChainClient.transfer(
            account,
            client.chainId(),
            nonce,
            account.address(),
            Amount.aitbc(1),
            client.gasPrice().times(2)));
  }

  private void aStrangerIsRefused(InetSocketAddress signer) throws IOException {
    NodeIdentity real = NodeIdentity.loadOrCreate(folder.resolve("vault"), new SecureRandom());
    PinnedTls stranger = new PinnedTls(NodeIdentity.create(new SecureRandom()), real.id());
    assertThrows(
        IOException.class,
        () -> {
          try (Socket socket = stranger.dial(signer, WAIT)) {
            int end = socket.getInputStream().read();
            throw end < 0 ? new IOException("closed") : new AssertionError("answered " + end);
          }
        });
  }
}
