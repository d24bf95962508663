// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Secp256k1Signature;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// By which an account shows a holder of blobs who asks: it names both, the network, and until when
/// it holds, so that it is worth nothing elsewhere or later. It stands in the Authorization header
/// of requests. Protocol §17.8.
///
/// @param chainId of the network
/// @param account who asks
/// @param holder whom it asks
/// @param untilSeconds the last second of Unix time in which it holds
public record ServiceRequest(UInt256 chainId, Address account, Address holder, long untilSeconds) {
  /// How far ahead the end of a request may lie: who sees one can use it for that long.
  public static final long SECONDS_MAX = 600;

  /// Scheme of the header.
  public static final String SCHEME = "AITBC";

  private static final Pattern HEADER =
      Pattern.compile(SCHEME + " (0x[0-9a-f]{40})\\.([0-9]{1,12})\\.(0x[0-9a-f]{130})");
  private static final int SIGNATURE_BYTES = 2 * Hash.BYTES + 1;

  /// EIP-712 writes parity as 27 or 28.
  private static final int PARITY_BASE = 27;

  private static final Hash DOMAIN_TYPE =
      hash("EIP712Domain(string name,string version,uint256 chainId)");
  private static final Hash TYPE =
      hash("ServiceRequest(address account,address holder,uint64 until)");

  /// @throws IllegalArgumentException if the time is negative
  public ServiceRequest {
    if (untilSeconds < 0) {
      throw new IllegalArgumentException("a request until " + untilSeconds);
    }
  }

  /// What a header shows.
  public sealed interface Judgement {
    /// The account asks.
    record Asks(Address account) implements Judgement {}

    /// It is no header of this scheme.
    ///
    /// @param length its length
    record Malformed(int length) implements Judgement {}

    /// It held until then.
    record Expired(long untilSeconds, long nowSeconds) implements Judgement {}

    /// Its end lies further ahead than one may.
    record TooLong(long untilSeconds, long nowSeconds) implements Judgement {}

    /// The account did not sign this: it is a forgery, for another holder, or of another network.
    ///
    /// @param account who is said to ask
    /// @param signer who signed, if anybody
    record NotSigned(Address account, Optional<Address> signer) implements Judgement {}
  }

  /// What is signed: EIP-712.
  public Hash signingHash() {
    ByteBuffer domain =
        ByteBuffer.allocate(4 * Hash.BYTES)
            .put(DOMAIN_TYPE.toArray())
            .put(hash(SCHEME).toArray())
            .put(hash("1").toArray())
            .put(chainId.toArray());
    ByteBuffer request =
        ByteBuffer.allocate(4 * Hash.BYTES)
            .put(TYPE.toArray())
            .put(word(account))
            .put(word(holder))
            .put(UInt256.of(untilSeconds).toArray());
    return Keccak256.hash(
        ByteBuffer.allocate(2 + 2 * Hash.BYTES)
            .put((byte) 0x19)
            .put((byte) 0x01)
            .put(Keccak256.hash(domain.array()).toArray())
            .put(Keccak256.hash(request.array()).toArray())
            .array());
  }

  private static byte[] word(Address address) {
    byte[] word = new byte[UInt256.BYTES];
    address.copyTo(word, UInt256.BYTES - Address.BYTES);
    return word;
  }

  private static Hash hash(String text) {
    return Keccak256.hash(text.getBytes(StandardCharsets.US_ASCII));
  }

  /// The header, with the account's signature over {@link #signingHash}.
  public String header(Secp256k1Signature signature) {
    byte[] bytes =
        ByteBuffer.allocate(SIGNATURE_BYTES)
            .put(signature.r().toArray())
            .put(signature.s().toArray())
            .put((byte) (PARITY_BASE + signature.yParity()))
            .array();
    return SCHEME + " " + account + "." + untilSeconds + "." + Bytes.wrap(bytes).toHex();
  }

  /// Judges a header, which may be anybody's text.
  ///
  /// @param header what came
  /// @param chainId the holder's network
  /// @param holder the holder's account
  /// @param nowSeconds Unix time
  public static Judgement judge(String header, UInt256 chainId, Address holder, long nowSeconds) {
    Matcher match = HEADER.matcher(header);
    if (!match.matches()) {
      return new Judgement.Malformed(header.length());
    }
    byte[] bytes = Bytes.fromHex(match.group(3)).toArray();
    int parity = (bytes[SIGNATURE_BYTES - 1] & 0xff) - PARITY_BASE;
    if ((parity & ~1) != 0) {
      return new Judgement.Malformed(header.length());
    }
    ServiceRequest request =
        new ServiceRequest(
            chainId, Address.fromHex(match.group(1)), holder, Long.parseLong(match.group(2)));
    if (request.untilSeconds < nowSeconds) {
      return new Judgement.Expired(request.untilSeconds, nowSeconds);
    }
    if (request.untilSeconds - nowSeconds > SECONDS_MAX) {
      return new Judgement.TooLong(request.untilSeconds, nowSeconds);
    }
    Secp256k1Signature signature =
        new Secp256k1Signature(
            UInt256.of(bytes, 0, Hash.BYTES).toHash(),
            UInt256.of(bytes, Hash.BYTES, Hash.BYTES).toHash(),
            parity);
    Optional<Address> signer =
        Secp256k1.chosen().recover(request.signingHash(), signature).map(Address::of);
    return signer.equals(Optional.of(request.account))
        ? new Judgement.Asks(request.account)
        : new Judgement.NotSigned(request.account, signer);
  }
}
