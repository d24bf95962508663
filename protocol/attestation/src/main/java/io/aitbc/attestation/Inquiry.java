// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a contract asks about trusted hardware, whole: everything that the answer depends on is in
/// it, so the answer needs no state. Protocol §18.8.
public sealed interface Inquiry {
  /// Longest inquiry that is answered, in bytes: a claim with four GPUs, a policy, and collateral
  /// of ten times the length of what vendors have published.
  int BYTES_MAX = 1 << 18;

  /// Most items of collateral that one claim is judged against.
  int ITEMS_MAX = 4;

  /// Whether a claim holds.
  ///
  /// @param platform of the claim's evidence
  /// @param gpus number of the claim's GPU reports
  /// @param seconds the block's time, since 1970
  /// @param height the block's height
  /// @param binding what the claim must be bound to
  /// @param claim an encoded {@link TeeClaim}
  /// @param policy approved code of other hashes than the binding's, denied hardware and epoch do
  ///   not travel: whoever asks compares the answered hardware id with its own list
  /// @param collateral in the order of §18.8
  record OfClaim(
      Platform platform,
      int gpus,
      long seconds,
      long height,
      Binding binding,
      Bytes claim,
      TrustPolicy policy,
      List<CollateralItem> collateral)
      implements Inquiry {
    /// Copies what it is given.
    public OfClaim {
      collateral = List.copyOf(collateral);
    }
  }

  /// Whether an item of collateral holds, and what it takes the place of.
  ///
  /// @param seconds the block's time, since 1970
  record OfItem(long seconds, TrustPolicy policy, CollateralItem item) implements Inquiry {}

  /// Whether an encoded policy is one.
  record OfPolicy(TrustPolicy policy) implements Inquiry {}

  /// The inquiry's one encoding.
  default Bytes encoded() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    switch (this) {
      case OfClaim asked -> {
        out.write(1);
        out.write(asked.platform.code());
        out.write(asked.gpus);
        out.writeBytes(longs(asked.seconds, asked.height));
        out.writeBytes(asked.binding.encoded().toArray());
        piece(asked.claim, out);
        piece(asked.policy.encoded(), out);
        piece(approvals(asked.policy.code(), asked.binding.code()), out);
        asked.collateral.forEach(item -> out.writeBytes(item.encoded().toArray()));
      }
      case OfItem asked -> {
        out.write(2);
        out.write(asked.item.kind());
        out.writeBytes(longs(asked.seconds));
        piece(asked.policy.encoded(), out);
        out.writeBytes(asked.item.encoded().toArray());
      }
      case OfPolicy asked -> {
        out.write(3);
        piece(asked.policy.encoded(), out);
      }
    }
    return Bytes.wrap(out.toByteArray());
  }

  /// What answering costs beside reading the input: the number of signatures that are checked, each
  /// in units of a P-256 check. Bounded by what the input's first bytes say.
  static int signatureUnits(Bytes input) {
    if (input.length() < 3) {
      return 0;
    }
    int second = input.at(1) & 0xff;
    return switch (input.at(0)) {
      case 1 -> InquiryCost.ofClaim(second, input.at(2) & 0xff);
      case 2 -> InquiryCost.ofItem(second);
      default -> 0;
    };
  }

  /// The answer, in words of 32 bytes; empty if the input is no inquiry. Of a claim: reason, level,
  /// platform, hardware id, last valid second, epoch of the policy. Of an item: reason, subject,
  /// subject of its root's list, when issued, re-ratings, last valid second, whether under a
  /// development root. Of a policy: its epoch, whether production, number of development roots.
  static Optional<Bytes> answer(Bytes input) {
    if (input.length() > BYTES_MAX) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          switch (of(input)) {
            case OfClaim asked -> answer(asked);
            case OfItem asked -> answer(asked);
            case OfPolicy(TrustPolicy policy) ->
                words(
                    policy.epoch(),
                    word(policy.production() ? 1 : 0),
                    word(policy.developmentRoots().size()));
          });
    } catch (RefusedException noInquiry) {
      return Optional.empty();
    }
  }

  private static Inquiry of(Bytes input) throws RefusedException {
    ByteCursor cursor = new ByteCursor(input);
    Inquiry asked =
        switch (cursor.u8()) {
          case 1 -> claim(cursor);
          case 2 -> {
            int kind = cursor.u8();
            long seconds = cursor.big64();
            TrustPolicy policy = PolicyEncoding.of(cursor.piece());
            CollateralItem item = CollateralItem.read(cursor);
            RefusedException.unless(item.kind() == kind, Reason.MALFORMED);
            yield new OfItem(seconds, policy, item);
          }
          case 3 -> new OfPolicy(PolicyEncoding.of(cursor.piece()));
          default -> throw RefusedException.malformed();
        };
    RefusedException.unless(cursor.remaining() == 0, Reason.TRAILING_DATA);
    return asked;
  }

  private static OfClaim claim(ByteCursor cursor) throws RefusedException {
    int code = cursor.u8();
    int gpus = cursor.u8();
    long seconds = cursor.big64();
    long height = cursor.big64();
    RefusedException.unless(seconds >= 0 && height >= 0, Reason.MALFORMED);
    Binding binding = Binding.read(cursor);
    Bytes claim = cursor.piece();
    TrustPolicy policy = PolicyEncoding.of(cursor.piece());
    List<TrustPolicy.ApprovedCode> approved = approvals(cursor.piece(), binding.code());
    List<CollateralItem> items = new ArrayList<>();
    while (cursor.remaining() > 0) {
      RefusedException.unless(items.size() < ITEMS_MAX, Reason.MALFORMED);
      items.add(CollateralItem.read(cursor));
    }
    return new OfClaim(
        platform(code), gpus, seconds, height, binding, claim, policy.withCode(approved), items);
  }

  private static Bytes answer(OfClaim asked) throws RefusedException {
    Collateral collateral = CollateralItem.joined(asked.collateral);
    // What was asked for is what is paid for.
    AttestationResult result =
        Attestation.contradicts(asked.claim, asked.platform, asked.gpus)
            ? AttestationResult.refused(Reason.MALFORMED, asked.policy)
            : Attestation.verify(
                asked.claim, asked.binding, collateral, asked.policy, asked.height, asked.seconds);
    Optional<NormalisedClaims> claims = result.claims();
    return words(
        word(result.reason().code()),
        word(result.level().code()),
        word(claims.map(read -> read.platform().code()).orElse(0)),
        claims.map(NormalisedClaims::hardwareId).orElse(Hash.ZERO),
        word(claims.map(NormalisedClaims::validUntil).orElse(0L)),
        result.policyEpoch());
  }

  private static Bytes answer(OfItem asked) {
    ItemResult result = Attestation.authenticate(asked.item, asked.policy, asked.seconds);
    return words(
        word(result.reason().code()),
        result.subject(),
        result.list(),
        word(result.issued()),
        word(result.evaluation()),
        word(result.validUntil()),
        word(result.developmentRoot() ? 1 : 0));
  }

  /// Of each code: platform (1), least version (4), length of the measurement (2), measurement.
  private static Bytes approvals(List<TrustPolicy.ApprovedCode> code, Hash codeHash) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (TrustPolicy.ApprovedCode each : code) {
      if (each.codeHash().equals(codeHash)) {
        out.write(each.platform().code());
        out.writeBytes(ByteBuffer.allocate(4).putInt(each.versionMin()).array());
        out.write(each.measurement().length() >> 8);
        out.write(each.measurement().length());
        out.writeBytes(each.measurement().toArray());
      }
    }
    return Bytes.wrap(out.toByteArray());
  }

  private static List<TrustPolicy.ApprovedCode> approvals(Bytes encoding, Hash codeHash)
      throws RefusedException {
    ByteCursor cursor = new ByteCursor(encoding);
    List<TrustPolicy.ApprovedCode> code = new ArrayList<>();
    while (cursor.remaining() > 0) {
      Platform platform = platform(cursor.u8());
      long versionMin = cursor.big(4);
      RefusedException.unless(versionMin <= Integer.MAX_VALUE, Reason.MALFORMED);
      Bytes measurement = cursor.take(cursor.big(2));
      code.add(new TrustPolicy.ApprovedCode(platform, measurement, (int) versionMin, codeHash));
    }
    return code;
  }

  private static Platform platform(int code) throws RefusedException {
    for (Platform platform : Platform.values()) {
      if (platform.code() == code) {
        return platform;
      }
    }
    throw RefusedException.malformed();
  }

  private static byte[] longs(long... numbers) {
    ByteBuffer out = ByteBuffer.allocate(8 * numbers.length);
    for (long number : numbers) {
      out.putLong(number);
    }
    return out.array();
  }

  private static void piece(Bytes bytes, ByteArrayOutputStream out) {
    out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length()).array());
    out.writeBytes(bytes.toArray());
  }

  private static Hash word(long number) {
    return Hash.of(ByteBuffer.allocate(Hash.BYTES).putLong(24, number).array());
  }

  private static Bytes words(Hash... words) {
    byte[] bytes = new byte[words.length * Hash.BYTES];
    for (int i = 0; i < words.length; i++) {
      words[i].copyTo(bytes, i * Hash.BYTES);
    }
    return Bytes.wrap(bytes);
  }
}
