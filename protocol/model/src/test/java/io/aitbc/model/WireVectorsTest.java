// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.AccountMessage.AuthorizationDigest;
import io.aitbc.crypto.AccountMessage.TransactionDigest;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Secp256k1SecretKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What travels has the bytes it always had: a change of ethereum-wire.txt is a change of the
/// protocol. Protocol §11.3, Protocol §11.4, Protocol §11.5.
class WireVectorsTest {
  private static final Secp256k1 SECP256K1 = Secp256k1.chosen();

  private static final Address SENDER =
      Address.fromHex("0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
  private static final Address RECIPIENT = new Address(Bytes.fromHex("35".repeat(20)));
  private static final Hash WORD = Hash.fromHex("0123456789abcdef".repeat(4));
  private static final Amount GWEI = Amount.wei(1_000_000_000);
  private static final List<AccessListEntry> ACCESS_LIST =
      List.of(
          new AccessListEntry(RECIPIENT, List.of(WORD, Hash.ZERO)),
          new AccessListEntry(Address.ZERO, List.of()));

  /// The key of EIP-155's example.
  private static Secp256k1SecretKey key() {
    return Secp256k1SecretKey.fromSecret(Bytes.fromHex("46".repeat(32)).toArray()).orElseThrow();
  }

  private static Transaction signed(UnsignedTransaction unsigned) {
    return unsigned.signedWith(
        SECP256K1.sign(key(), new TransactionDigest(unsigned.signingHash())));
  }

  private static Authorization authorization() {
    TransactionSignature none = new TransactionSignature(UInt256.ZERO, UInt256.ZERO, 0);
    Authorization draft = new Authorization(UInt256.of(7), RECIPIENT, 3, none);
    return new Authorization(
        draft.chainId(),
        draft.address(),
        draft.nonce(),
        TransactionSignature.of(
            SECP256K1.sign(key(), new AuthorizationDigest(draft.signingHash()))));
  }

  private static Transaction eip155(Optional<UInt256> chainId) {
    return signed(
        new LegacyTransaction.Unsigned(
            chainId,
            9,
            GWEI.times(20),
            21_000,
            Optional.of(RECIPIENT),
            Amount.ONE_AITBC,
            Bytes.EMPTY));
  }

  private static Transaction accessList() {
    return signed(
        new AccessListTransaction.Unsigned(
            UInt256.of(7),
            0,
            GWEI,
            100_000,
            Optional.of(RECIPIENT),
            Amount.ZERO,
            Bytes.fromHex("00ff"),
            ACCESS_LIST));
  }

  private static Transaction dynamicFee() {
    return signed(
        new DynamicFeeTransaction.Unsigned(
            UInt256.of(7),
            1_000,
            GWEI,
            GWEI.times(100),
            1 << 24,
            Optional.empty(),
            Amount.wei(1),
            Bytes.wrap(new byte[60]),
            List.of()));
  }

  private static Transaction setCode() {
    return signed(
        new SetCodeTransaction.Unsigned(
            UInt256.of(7),
            2,
            GWEI,
            GWEI,
            200_000,
            RECIPIENT,
            Amount.ZERO,
            Bytes.EMPTY,
            ACCESS_LIST,
            List.of(authorization())));
  }

  private static Receipt receipt() {
    return Receipt.of(
        TransactionType.DYNAMIC_FEE,
        Receipt.Outcome.SUCCEEDED,
        50_000,
        List.of(new Log(RECIPIENT, List.of(WORD, Hash.ZERO), Bytes.fromHex("0102"))));
  }

  private static BlockHeader header() {
    return new BlockHeader(
        WORD,
        RECIPIENT,
        WORD,
        WORD,
        WORD,
        receipt().bloom(),
        1,
        100_000_000,
        50_000,
        1_760_000_000,
        WORD.toBytes(),
        WORD,
        GWEI,
        BlockHeader.EMPTY_TRIE_ROOT,
        0,
        0,
        WORD,
        Optional.of(BlockHeader.NO_REQUESTS_HASH));
  }

  private static String line(String name, Bytes encoded, Hash hash) {
    return name + " " + encoded.toHex() + " " + hash;
  }

  private static String line(String name, Transaction transaction) {
    return line(name, transaction.encoded(), transaction.hash()) + " " + transaction.signingHash();
  }

  private static List<Transaction> transactions() {
    return List.of(
        eip155(Optional.of(UInt256.ONE)),
        eip155(Optional.empty()),
        accessList(),
        dynamicFee(),
        setCode());
  }

  @Test
  void whatTravelsHasTheBytesItAlwaysHad() throws IOException {
    List<Transaction> all = transactions();
    Block block = new Block(header(), all);
    List<String> lines =
        List.of(
            line("legacy", all.get(0)),
            line("legacy-unprotected", all.get(1)),
            line("access-list", all.get(2)),
            line("dynamic-fee", all.get(3)),
            line("set-code", all.get(4)),
            line("receipt", receipt().encode(), Hash.ZERO),
            line("header", header().encode(), header().hash()),
            line("block", block.encode(), block.hash()));
    try (InputStream golden = WireVectorsTest.class.getResourceAsStream("ethereum-wire.txt")) {
      String expected = new String(golden.readAllBytes(), StandardCharsets.US_ASCII);
      assertEquals(expected, String.join("\n", lines) + "\n");
    }
  }

  @Test // EIP-155.
  void theExampleOfEip155HasItsBytes() {
    Transaction example = eip155(Optional.of(UInt256.ONE));
    assertEquals(
        Hash.fromHex("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"),
        example.signingHash());
    assertEquals(
        "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a7640000802"
            + "5a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f76"
            + "1aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
        example.encoded().toHex());
  }

  @Test // Protocol §12.4.
  void everyTransactionHasItsSender() {
    List<Optional<Address>> senders = new ArrayList<>();
    for (Transaction transaction : transactions()) {
      senders.add(
          RecoveredTransaction.of(transaction, SECP256K1).map(RecoveredTransaction::sender));
    }
    assertEquals(java.util.Collections.nCopies(5, Optional.of(SENDER)), senders);
    assertEquals(SENDER, Address.of(key().publicKey()));
  }

  @Test // Protocol §12.4.
  void anAuthorizationHasItsAuthority() {
    assertEquals(Optional.of(SENDER), authorization().authority(SECP256K1));
    TransactionSignature signature = authorization().signature();
    Authorization mirrored =
        new Authorization(
            UInt256.of(7),
            RECIPIENT,
            3,
            new TransactionSignature(
                signature.r(),
                TransactionSignature.GROUP_ORDER.minus(signature.s()),
                1 - signature.yParity()));
    assertEquals(Optional.empty(), mirrored.authority(SECP256K1));
  }
}
