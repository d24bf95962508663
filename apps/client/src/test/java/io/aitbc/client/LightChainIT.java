// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.consensus.Checkpoint;
import io.aitbc.consensus.LightClient;
import io.aitbc.consensus.LightRejection;
import io.aitbc.consensus.LightVerdict;
import io.aitbc.consensus.TrustedHead;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.CertificateCheck;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.Receipt;
import io.aitbc.model.Transaction;
import io.aitbc.signer.AccountSigner;
import io.aitbc.state.MerkleProof;
import io.aitbc.state.ProofRejection;
import io.aitbc.state.ReceiptProof;
import io.aitbc.testkit.PretendedServer;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A light client of a chain that was really executed and certified, through a node that may lie.
/// Protocol §10.3, Protocol §13.3.
class LightChainIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Address PAID = Address.fromHex("0x00000000000000000000000000000000000a17bc");

  /// Two epochs are between the first block and this one.
  private static final long LAST = 203;

  private static final AccountSigner PAYER = AccountSigner.generate(new SecureRandom());
  private static final ExecutedChain CHAIN = new ExecutedChain(List.of(PAYER.address()));

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private PretendedServer server;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private JsonRpc rpc;

  /// What the node does to an answer.
  private volatile UnaryOperator<ObjectNode> lie = UnaryOperator.identity();

  @BeforeAll
  static void aChainWithTransfersInTwoOfItsBlocks() {
    long nonce = 0;
    for (long height = 1; height <= LAST; height++) {
      for (int i = 0; (height == 150 || height == LAST) && i < 3; i++) {
        CHAIN.include(transfer(nonce++));
      }
      CHAIN.grow();
    }
    assertEquals(3, CHAIN.block(150).transactions().size());
    assertEquals(3, CHAIN.block(LAST).transactions().size());
  }

  @AfterAll
  static void theEndOfTheKey() {
    PAYER.close();
  }

  private static Transaction transfer(long nonce) {
    return ChainClient.transfer(
        PAYER,
        ExecutedChain.CHAIN_ID.toLongExact(),
        nonce,
        PAID,
        Amount.wei(1 + nonce),
        Amount.wei(100_000_000_000L));
  }

  @BeforeEach
  void aNode() throws IOException {
    server =
        PretendedNode.start((call, answer) ->
            answer.set(
                "result",
                answered(call.path("method").asText(), call.path("params").get(0).asText())));
    rpc = new JsonRpc(server.address(), Duration.ofSeconds(30));
  }

  @AfterEach
  void theEnd() {
    rpc.close();
    server.close();
  }

  private JsonNode answered(String method, String parameter) {
    if (method.equals("aitbc_lightBlock")) {
      return lie.apply(light(Long.decode(parameter)));
    }
    for (long height : new long[] {150, LAST}) {
      for (int i = 0; i < 3; i++) {
        if (hash(height, i).toHex().equals(parameter)) {
          return lie.apply(proven(height, i));
        }
      }
    }
    return JSON.nullNode();
  }

  private static Hash hash(long height, int position) {
    return transfer((height == 150 ? 0 : 3) + position).hash();
  }

  private static ObjectNode light(long height) {
    ExecutedChain.Certified block = CHAIN.block(height);
    return JSON.createObjectNode()
        .put("height", height)
        .put("header", block.header().encode().toHex())
        .put("extension", block.extension().encoded().toHex())
        .put("certificate", block.certificate().encoded().toHex())
        .put("validators", block.set().encoded().toHex());
  }

  private static ObjectNode proven(long height, int position) {
    ExecutedChain.Certified block = CHAIN.block(height);
    ReceiptProof proof = ReceiptProof.of(block.transactions(), block.receipts(), position);
    ObjectNode json = light(height).put("position", position);
    nodes(json.putArray("transactionProof"), proof.transaction());
    nodes(json.putArray("receiptProof"), proof.receipt());
    return json;
  }

  private static void nodes(ArrayNode list, MerkleProof proof) {
    proof.nodes().forEach(node -> list.add(node.toHex()));
  }

  private static LightClient client() {
    return new LightClient(
        new CertificateCheck(CHAIN.consensusGenesis().genesisHash(), new BlsScheme()),
        LightClient.Assurance.STAKE,
        List.of());
  }

  private static InstantSource clock(long afterLastMillis) {
    long last = CHAIN.block(LAST).extension().timestampMillis();
    return InstantSource.fixed(Instant.ofEpochMilli(last + afterLastMillis));
  }

  private LightChain fromGenesis() {
    return new LightChain(
        rpc, client(), TrustedHead.genesis(CHAIN.consensusGenesis()), clock(1_000));
  }

  private static void assertProven(LightReceipt found, long height, int position) {
    LightReceipt.Proven proven = assertInstanceOf(LightReceipt.Proven.class, found);
    assertEquals(new Height(height), proven.block().height());
    assertEquals(CHAIN.block(height).header().hash(), proven.block().blockHash());
    assertEquals(position, proven.position());
    assertEquals(Receipt.Outcome.SUCCEEDED, proven.receipt().outcome());
    assertEquals(21_000L * (position + 1), proven.receipt().cumulativeGasUsed());
  }

  private static LightRejection notFollowed(LightReceipt found) {
    return assertInstanceOf(LightReceipt.NotFollowed.class, found).reason();
  }

  @Test
  void receiptsAreProvenFromGenesisOn() throws Exception {
    LightChain chain = fromGenesis();
    assertProven(chain.receipt(hash(LAST, 1)), LAST, 1);
    assertEquals(new Height(LAST), chain.head().height());
    // Of the same block, and of one below the head.
    assertProven(chain.receipt(hash(LAST, 2)), LAST, 2);
    assertProven(chain.receipt(hash(150, 0)), 150, 0);
    assertEquals(new LightReceipt.Unknown(), chain.receipt(Hash.ZERO));
  }

  @Test
  void receiptsAreProvenFromACheckpointOn() throws Exception {
    Checkpoint at = new Checkpoint(new Height(160), CHAIN.block(160).header().hash());
    LightVerdict begun = LightChain.begin(rpc, client(), at, clock(1_000));
    LightChain chain =
        new LightChain(
            rpc,
            client(),
            assertInstanceOf(LightVerdict.Accepted.class, begun).head(),
            clock(1_000));
    assertProven(chain.receipt(hash(LAST, 0)), LAST, 0);
    assertEquals(
        new LightRejection.NotAbove(new Height(160), new Height(150)),
        notFollowed(chain.receipt(hash(150, 0))));
    Checkpoint other = new Checkpoint(new Height(160), CHAIN.block(159).header().hash());
    assertEquals(
        new LightVerdict.Rejected(
            new LightRejection.NotOnCheckpoint(other, CHAIN.block(160).header().hash())),
        LightChain.begin(rpc, client(), other, clock(1_000)));
  }

  @Test
  void whatIsTooOldIsNotBegunWith() throws Exception {
    LightChain chain =
        new LightChain(
            rpc,
            client(),
            TrustedHead.genesis(CHAIN.consensusGenesis()),
            clock(Checkpoint.TRUSTING_PERIOD_MILLIS));
    assertInstanceOf(LightRejection.Expired.class, notFollowed(chain.receipt(hash(LAST, 0))));
  }

  @Test
  void aReceiptOfAnotherTransactionIsRefused() throws Exception {
    lie = json -> json.has("position") ? proven(LAST, 0) : json;
    assertEquals(
        new LightReceipt.NotProven(
            new ProofRejection.OtherTransaction(hash(LAST, 1), hash(LAST, 0))),
        fromGenesis().receipt(hash(LAST, 1)));
    lie =
        json -> {
          if (json.has("position")) {
            json.set("receiptProof", proven(LAST, 0).get("receiptProof"));
          }
          return json;
        };
    assertInstanceOf(LightReceipt.NotProven.class, fromGenesis().receipt(hash(LAST, 1)));
  }

  @Test
  void aHeaderThatNobodySignedIsNotFollowed() throws Exception {
    // The certificate of another block, on the way and at its end.
    for (String liedAbout : List.of("200", Long.toString(LAST))) {
      lie =
          json -> {
            if (json.get("height").asText().equals(liedAbout)) {
              json.put("certificate", CHAIN.block(199).certificate().encoded().toHex());
            }
            return json;
          };
      assertInstanceOf(
          LightRejection.WrongBlock.class, notFollowed(fromGenesis().receipt(hash(LAST, 1))));
    }
    // A signature that is not over this block, in a certificate that says it is.
    lie =
        json -> {
          ExecutedChain.Certified block = CHAIN.block(json.get("height").asLong());
          var forged =
              new CommitCertificate(
                  block.certificate().ballot(), CHAIN.block(1).certificate().aggregate());
          return json.put("certificate", forged.encoded().toHex());
        };
    assertInstanceOf(
        LightRejection.BadCertificate.class, notFollowed(fromGenesis().receipt(hash(LAST, 1))));
  }

  @Test
  void whatIsMissingOrMalformedIsSaid() {
    for (String part : List.of("validators", "certificate", "extension", "header")) {
      lie =
          json -> {
            json.remove(part);
            return json;
          };
      IOException missing =
          assertThrows(IOException.class, () -> fromGenesis().receipt(hash(150, 1)));
      assertEquals("the node has no " + part + " of block 150", missing.getMessage());
      lie = json -> json.put(part, Bytes.of((byte) 7).toHex());
      assertThrows(IOException.class, () -> fromGenesis().receipt(hash(150, 1)));
    }
    lie = json -> json.put("position", -1);
    assertThrows(IOException.class, () -> fromGenesis().receipt(hash(150, 1)));
    lie = json -> json.put("receiptProof", "0x");
    assertThrows(IOException.class, () -> fromGenesis().receipt(hash(150, 1)));
  }
}
