// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.consensus.SigningRequest;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.Round;
import java.util.Optional;

/// Things to sign, and a key that signs them fast.
final class Votes {
  static final Hash GENESIS = hash(1_000);
  static final HostMark HOST = HostMark.named("here");

  /// A key whose signatures are hashes.
  static final ValidatorKey KEY =
      new ValidatorKey() {
        @Override
        public BlsPublicKey publicKey() {
          return new BlsPublicKey(Bytes.wrap(new byte[BlsPublicKey.BYTES]));
        }

        @Override
        public BlsSignature sign(ValidatorMessage message) {
          byte[] signature = new byte[BlsSignature.BYTES];
          Keccak256.hash(message.signingBytes()).copyTo(signature, 0);
          return new BlsSignature(Bytes.wrap(signature));
        }
      };

  private Votes() {}

  static Hash hash(int number) {
    return Keccak256.hash(Bytes.of((byte) (number >> 8), (byte) number));
  }

  static SigningRequest envelope(long height, int round, int proposal) {
    return new SigningRequest.Envelope(
        new Height(height), new Round(round), hash(proposal), Optional.empty());
  }

  static SigningRequest prepare(long height, int round, int proposal, Optional<Round> prepared) {
    return new SigningRequest.Vote(
        new Ballot.Prepare(
            new Height(height), new Round(round), Mode.FAST, hash(proposal), prepared));
  }

  static SigningRequest prepare(long height, int round, int proposal) {
    return prepare(height, round, proposal, Optional.empty());
  }

  static SigningRequest commit(long height, int round, int proposal) {
    return new SigningRequest.Vote(
        new Ballot.Commit(
            new Height(height), new Round(round), Mode.FAST, hash(proposal), hash(proposal + 1)));
  }

  static SigningRequest anchor(long height, int block) {
    return new SigningRequest.ToAnchor(new Height(height), hash(block));
  }
}
