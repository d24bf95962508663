// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.nio.charset.StandardCharsets;

/// What objectors and who is asked for an opinion send to the contract Juries. Protocol §17.17.
public final class JuryCall {
  private JuryCall() {}

  /// The id of an execution profile.
  public static Hash profile(String name) {
    return Keccak256.hash(text(name));
  }

  /// Objects to a leaf of a revealed claim of class TOLERANCE.
  public static EconomyCall object(ClaimId claim, long leaf, Amount deposit) {
    return new EconomyCall(
        EconomyContract.JURIES,
        deposit,
        claim.on(CallData.of("object(uint64,uint32,uint32)")).number(leaf).toBytes());
  }

  /// Seals the sender's opinion.
  public static EconomyCall commit(long objection, Hash commitment) {
    return of(CallData.of("commit(uint256,bytes32)").number(objection).hash(commitment));
  }

  /// Opens the sender's opinion.
  public static EconomyCall reveal(long objection, WorkObjection.Said said, Hash salt) {
    return of(
        CallData.of("reveal(uint256,uint8,bytes32)")
            .number(objection)
            .number(code(said))
            .hash(salt));
  }

  /// Goes on with an objection whose opinions are there or whose time is over.
  public static EconomyCall decide(long objection) {
    return of(CallData.of("decide(uint256)").number(objection));
  }

  /// What a member seals.
  ///
  /// @param salt 256 random bits, kept until the opinion is opened
  public static Hash commitment(
      UInt256 chainId, long objection, Address account, WorkObjection.Said said, Hash salt) {
    return Keccak256.hash(
        CallData.ofConstructor()
            .bytes(text("aitbc.work.opinion.v1"))
            .number(chainId)
            .number(objection)
            .address(account)
            .number(code(said))
            .hash(salt)
            .toBytes());
  }

  private static long code(WorkObjection.Said said) {
    return switch (said) {
      case RIGHT -> 1;
      case WRONG -> 2;
    };
  }

  private static EconomyCall of(CallData data) {
    return new EconomyCall(EconomyContract.JURIES, Amount.ZERO, data.toBytes());
  }

  private static Bytes text(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
