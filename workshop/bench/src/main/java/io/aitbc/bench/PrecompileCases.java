// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.bench.EvmCase.Group;
import io.aitbc.crypto.AccountMessage.TransactionDigest;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.crypto.Secp256k1Signature;
import io.aitbc.crypto.Sha256;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;

/// Every precompile with inputs that cost it most time for its gas.
final class PrecompileCases {
  /// The generators of the two groups of BN254 and BLS12-381 (EIP-197, EIP-2537).
  private static final String BN_G1 = word(1) + word(2);

  private static final String BN_G2 =
      "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
          + "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
          + "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
          + "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";

  private static final String BN_TWICE_G1 =
      "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3"
          + "15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4";

  private static final String BLS_G1 =
      padded(
              "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb")
          + padded(
              "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1");

  private static final String BLS_G2 =
      padded(
              "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8")
          + padded(
              "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e")
          + padded(
              "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801")
          + padded(
              "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be");

  private static final String BLS_G1_COMPRESSED =
      "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb";

  private static final String ONES = "ff".repeat(32);
  private static final long GAS_KEPT = 1_900_000;

  private final List<EvmCase> cases = new ArrayList<>();

  private final long gas;

  private PrecompileCases(long gas) {
    this.gas = gas;
  }

  private EvmScene scene() {
    return new EvmScene(gas);
  }

  /// All of them, each with so much gas for a run.
  static List<EvmCase> all(long gas) {
    PrecompileCases made = new PrecompileCases(gas);
    made.hashes();
    made.powers();
    made.curves();
    made.bls();
    return made.cases;
  }

  private static String word(long number) {
    return "%064x".formatted(number);
  }

  private static String padded(String field) {
    return "0".repeat(128 - field.length()) + field;
  }

  private void add(int address, String name, String input) {
    add(address, name, input, "GAS", 10);
  }

  /// Calls `address` with `input` and as much gas as `gas` says.
  private void add(int address, String name, String input, String gas, int repeats) {
    Bytes bytes = Bytes.fromHex(input);
    String call = "0 0 %d 0 0x%04x %s STATICCALL POP".formatted(bytes.length(), address, gas);
    cases.add(
        new EvmCase(
            "0x%02x %s".formatted(address, name),
            Group.PRECOMPILE,
            scene()
                .withInput(bytes)
                .with(
                    EvmScene.CONTRACT,
                    Assembly.loop("CALLDATASIZE 0 0 CALLDATACOPY", call, repeats, GAS_KEPT))
                .work(EvmScene.Root.LEFT_OUT)));
  }

  private void hashes() {
    Secp256k1SecretKey key = Secp256k1SecretKey.fromSeed(new byte[32]);
    Hash digest = Keccak256.hash(Bytes.of((byte) 1));
    Secp256k1Signature signature = key.sign(new TransactionDigest(digest));
    add(
        0x01,
        "recovery",
        digest.toBytes().toHex().substring(2)
            + word(27 + signature.yParity())
            + signature.r().toBytes().toHex().substring(2)
            + signature.s().toBytes().toHex().substring(2));
    for (int bytes : new int[] {0, 32, 64, 8_192}) {
      add(0x02, "SHA-256 of " + bytes, "5a".repeat(bytes));
      add(0x03, "RIPEMD-160 of " + bytes, "5a".repeat(bytes));
      add(0x04, "identity of " + bytes, "5a".repeat(bytes));
    }
    for (int rounds : new int[] {0, 1, 12, 100_000}) {
      add(
          0x09,
          "BLAKE2b, " + rounds + " rounds",
          "%08x".formatted(rounds) + "5a".repeat(208) + "01");
    }
  }

  private void powers() {
    for (int bytes : new int[] {1, 8, 16, 24, 32, 40, 64, 128, 256, 512, 1_024}) {
      String odd = "ff".repeat(bytes - 1) + "fd";
      String even = "ff".repeat(bytes - 1) + "fe";
      // Exponents just so long that the least price, 500 gas, covers them, and long ones.
      int repeats = bytes > 64 ? 1 : 10;
      add(0x05, bytes + " bytes, odd", power(odd, "ff".repeat(4), odd), "GAS", repeats);
      add(0x05, bytes + " bytes, even", power(odd, "ff".repeat(4), even), "GAS", repeats);
      if (bytes <= 64) {
        add(0x05, bytes + " bytes, odd, long exponent", power(odd, "ff".repeat(64), odd), "GAS", 1);
        add(
            0x05,
            bytes + " bytes, even, long exponent",
            power(odd, "ff".repeat(64), even),
            "GAS",
            1);
      }
    }
    add(0x05, "1024 bytes, exponent 1", power("ff".repeat(1_024), "01", "ff".repeat(1_024)));
    add(0x05, "1024 bytes, exponent 3", power("ff".repeat(1_024), "03", "ff".repeat(1_024)));
    add(
        0x05,
        "8 bytes, exponent of 1024 bytes",
        power("fd".repeat(8), "ff".repeat(1_024), "ff".repeat(8)),
        "GAS",
        1);
    add(0x05, "base of 1024 bytes, modulus of 8", power("fd".repeat(1_024), "03", "ff".repeat(8)));
  }

  private static String power(String base, String exponent, String modulus) {
    return word(base.length() / 2)
        + word(exponent.length() / 2)
        + word(modulus.length() / 2)
        + base
        + exponent
        + modulus;
  }

  private void curves() {
    add(0x06, "sum", BN_G1 + BN_TWICE_G1);
    add(0x06, "double", BN_TWICE_G1 + BN_TWICE_G1);
    add(0x07, "multiple", BN_TWICE_G1 + ONES);
    add(0x08, "no pair", "");
    add(0x08, "1 pair", BN_TWICE_G1 + BN_G2);
    add(0x08, "10 pairs", (BN_TWICE_G1 + BN_G2).repeat(10), "GAS", 1);
    add(0x0100, "a true signature", p256());
    add(0x0100, "a false signature", "11".repeat(32) + p256().substring(64));
  }

  private static String p256() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      Signature signer = Signature.getInstance("NONEwithECDSAinP1363Format");
      signer.initSign(pair.getPrivate());
      byte[] digest = Keccak256.hash(Bytes.of((byte) 1)).toArray();
      signer.update(digest);
      byte[] signature = signer.sign();
      ECPublicKey key = (ECPublicKey) pair.getPublic();
      return Bytes.wrap(digest).toHex().substring(2)
          + Bytes.wrap(signature).toHex().substring(2)
          + word(key.getW().getAffineX())
          + word(key.getW().getAffineY());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("the JDK has P-256", impossible);
    }
  }

  private static String word(BigInteger number) {
    return "%064x".formatted(number);
  }

  private void bls() {
    // An opening that does not hold takes all gas of its call, and as long as one that does.
    Bytes commitment = Bytes.fromHex(BLS_G1_COMPRESSED);
    String versioned = "01" + Sha256.hash(commitment).toHex().substring(4);
    String opening = versioned + word(2) + word(3) + BLS_G1_COMPRESSED + BLS_G1_COMPRESSED;
    add(0x0a, "opening", opening, "50000", 1);
    add(0x0b, "sum in G1", BLS_G1 + BLS_G1);
    add(0x0d, "sum in G2", BLS_G2 + BLS_G2);
    for (int terms : new int[] {1, 2, 16, 128}) {
      int repeats = terms > 2 ? 1 : 10;
      add(0x0c, terms + " multiples in G1", (BLS_G1 + ONES).repeat(terms), "GAS", repeats);
      add(0x0e, terms + " multiples in G2", (BLS_G2 + ONES).repeat(terms), "GAS", repeats);
    }
    add(0x0f, "1 pair", BLS_G1 + BLS_G2);
    add(0x0f, "8 pairs", (BLS_G1 + BLS_G2).repeat(8), "GAS", 1);
    add(0x10, "map to G1", padded("5a".repeat(47)));
    add(0x11, "map to G2", padded("5a".repeat(47)) + padded("3c".repeat(47)));
  }
}
