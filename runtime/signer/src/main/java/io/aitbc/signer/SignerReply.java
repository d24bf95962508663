// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.consensus.SignedMark;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.SigningRefusal;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Ballot;
import io.aitbc.model.Encodable;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;

/// What a signer in another process answers; one reply for each {@link SignerRequest}, in their
/// order. Protocol §8.3.3.
public sealed interface SignerReply extends Encodable {
  /// The signer is of the node's network.
  ///
  /// @param publicKey of the one key it holds
  /// @param record what that key has signed
  /// @param isMoved as {@link LocalValidatorSigner#isMoved}
  record Opened(BlsPublicKey publicKey, SigningRecord record, boolean isMoved)
      implements SignerReply {
    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(1).string(publicKey.bytes());
      SigningRecordCodec.write(writer, record);
      writer.number(isMoved ? 1 : 0).end();
    }
  }

  /// The signer is of another network.
  record OtherNetwork(Hash genesisHash) implements SignerReply {
    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(2).hash(genesisHash).end();
    }
  }

  /// Something else was asked for before {@link SignerRequest.Open}.
  record NotOpened() implements SignerReply {
    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(3).end();
    }
  }

  /// It is signed, and durable that it is.
  record Signed(BlsSignature signature) implements SignerReply {
    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(4).string(signature.bytes()).end();
    }
  }

  /// The record stands against it.
  record Refused(SigningRefusal reason) implements SignerReply {
    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(5);
      switch (reason) {
        case SigningRefusal.OtherNetwork(Hash recorded, Hash asked) ->
            writer.number(1).hash(recorded).hash(asked);
        case SigningRefusal.RecordLost(Height first, Height asked) ->
            writer.number(2).number(first.number()).number(asked.number());
        case SigningRefusal.Behind(SignedMark last, SignedMark asked) -> {
          SigningRecordCodec.writeMark(writer.number(3), last);
          SigningRecordCodec.writeMark(writer, asked);
        }
        case SigningRefusal.Contradiction(SignedMark last, SignedMark asked) -> {
          SigningRecordCodec.writeMark(writer.number(4), last);
          SigningRecordCodec.writeMark(writer, asked);
        }
        case SigningRefusal.ForgottenLock(Ballot.Commit commit, Ballot.Prepare asked) -> {
          commit.writeTo(writer.number(5));
          asked.writeTo(writer);
        }
        case SigningRefusal.OtherResult(Ballot.Commit commit, Ballot.Commit asked) -> {
          commit.writeTo(writer.number(6));
          asked.writeTo(writer);
        }
      }
      writer.end();
    }
  }

  /// It was promised before that nothing is signed for the slot any more.
  record SlotPassed() implements SignerReply {
    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(6).end();
    }
  }

  /// A vote in a network without votes, or a block's author's signature in one with votes.
  record WrongKind() implements SignerReply {
    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(7).end();
    }
  }

  /// The reply with this encoding.
  static SignerReply decode(Bytes encoding) throws MalformedException {
    return Encodable.decode(encoding, SignerReply::readFrom);
  }

  private static SignerReply readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    int kind = fields.number(7);
    SignerReply reply =
        switch (kind) {
          case 1 ->
              new Opened(
                  new BlsPublicKey(fields.string(BlsPublicKey.BYTES, BlsPublicKey.BYTES)),
                  SigningRecordCodec.read(fields),
                  fields.number(1) == 1);
          case 2 -> new OtherNetwork(fields.hash());
          case 3 -> new NotOpened();
          case 4 ->
              new Signed(new BlsSignature(fields.string(BlsSignature.BYTES, BlsSignature.BYTES)));
          case 5 -> new Refused(refusal(fields));
          case 6 -> new SlotPassed();
          case 7 -> new WrongKind();
          default -> throw fields.refuse("reply", kind);
        };
    fields.finish();
    return reply;
  }

  private static SigningRefusal refusal(RlpReader fields) throws MalformedException {
    int kind = fields.number(6);
    return switch (kind) {
      case 1 -> new SigningRefusal.OtherNetwork(fields.hash(), fields.hash());
      case 2 -> new SigningRefusal.RecordLost(Height.readFrom(fields), Height.readFrom(fields));
      case 3 ->
          new SigningRefusal.Behind(
              SigningRecordCodec.mark(fields), SigningRecordCodec.mark(fields));
      case 4 ->
          new SigningRefusal.Contradiction(
              SigningRecordCodec.mark(fields), SigningRecordCodec.mark(fields));
      case 5 ->
          new SigningRefusal.ForgottenLock(
              Ballot.Commit.readFrom(fields), Ballot.Prepare.readFrom(fields));
      case 6 ->
          new SigningRefusal.OtherResult(
              Ballot.Commit.readFrom(fields), Ballot.Commit.readFrom(fields));
      default -> throw fields.refuse("refusal", kind);
    };
  }
}
