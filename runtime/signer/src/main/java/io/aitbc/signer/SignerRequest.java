// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.consensus.SigningRequest;
import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Ballot;
import io.aitbc.model.Encodable;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Round;
import java.util.List;
import java.util.Optional;

/// What a node asks a signer in another process for. Each names its purpose; there is none for
/// bytes of the asker's choice. Protocol §8.3.3.
public sealed interface SignerRequest extends Encodable {
  /// Version of the requests and replies. A signer answers its own alone.
  int VERSION = 1;

  /// Which network the node is in. Comes first.
  record Open(Hash genesisHash) implements SignerRequest {
    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(1).number(VERSION).hash(genesisHash).end();
    }
  }

  /// What consensus asks for.
  record Sign(SigningRequest request) implements SignerRequest {
    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin();
      switch (request) {
        case SigningRequest.Envelope(
                Height height,
                Round round,
                Hash proposalId,
                Optional<Round> prepared) -> {
          writer.number(2).number(height.number()).number(round.number()).hash(proposalId);
          writer.list(prepared.stream().toList(), (to, each) -> to.number(each.number()));
        }
        case SigningRequest.Vote(Ballot ballot) -> {
          writer.number(3);
          ballot.writeTo(writer);
        }
        case SigningRequest.ToRound(Height height, Round round) ->
            writer.number(4).number(height.number()).number(round.number());
        case SigningRequest.ToAnchor(Height height, Hash blockHash) ->
            writer.number(5).number(height.number()).hash(blockHash);
        case SigningRequest.Randomness(Height height, Hash beacon) ->
            writer.number(6).number(height.number()).hash(beacon);
      }
      writer.end();
    }
  }

  /// A block of a network without votes.
  record SignBlock(AuthorityEffect.Sign request) implements SignerRequest {
    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(7).number(request.slot()).number(request.height().number());
      writer.hash(request.parentHash()).hash(request.blockHash()).end();
    }
  }

  /// The request with this encoding.
  static SignerRequest decode(Bytes encoding) throws MalformedException {
    return Encodable.decode(encoding, SignerRequest::readFrom);
  }

  private static SignerRequest readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    int kind = fields.number(7);
    SignerRequest request =
        switch (kind) {
          case 1 -> {
            int version = fields.number(Integer.MAX_VALUE);
            if (version != VERSION) {
              throw fields.refuse("version", version);
            }
            yield new Open(fields.hash());
          }
          case 2 ->
              new Sign(
                  new SigningRequest.Envelope(
                      Height.readFrom(fields), round(fields), fields.hash(), prepared(fields)));
          case 3 -> new Sign(new SigningRequest.Vote(Ballot.readFrom(fields)));
          case 4 -> new Sign(new SigningRequest.ToRound(Height.readFrom(fields), round(fields)));
          case 5 -> new Sign(new SigningRequest.ToAnchor(Height.readFrom(fields), fields.hash()));
          case 6 -> new Sign(new SigningRequest.Randomness(Height.readFrom(fields), fields.hash()));
          case 7 -> {
            long slot = Height.readFrom(fields).number();
            if (slot == Height.NUMBER_MAX) {
              throw fields.refuse("slot", slot);
            }
            yield new SignBlock(
                new AuthorityEffect.Sign(
                    slot, Height.readFrom(fields), fields.hash(), fields.hash()));
          }
          default -> throw fields.refuse("request", kind);
        };
    fields.finish();
    return request;
  }

  private static Round round(RlpReader reader) throws MalformedException {
    return new Round(reader.number(Round.NUMBER_MAX));
  }

  private static Optional<Round> prepared(RlpReader reader) throws MalformedException {
    List<Round> rounds = reader.list(1, SignerRequest::round);
    return rounds.stream().findFirst();
  }
}
