// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// Judges proofs about claims: a pure function, the one that precompile 0x0a07 calls. It repeats
/// one element with {@link ElementRule}; it never carries out a plan. Protocol §17.5.
public final class Judge {
  /// Greatest length of claim and proof in bytes: what a transaction can carry with ease.
  public static final int INPUT_BYTES_MAX = 64 * 1024;

  private Judge() {}

  /// Judges a proof about a claim, given one behind the other.
  public static Verdict judge(byte[] claimAndProof) {
    if (claimAndProof.length < Claim.BYTES) {
      return new Verdict.Refused(new ProofRefusal.Truncated(0, Claim.BYTES));
    }
    ByteBuffer buffer = ByteBuffer.wrap(claimAndProof);
    Claim claim = Claim.read(buffer);
    return judge(claim, Arrays.copyOfRange(claimAndProof, Claim.BYTES, claimAndProof.length));
  }

  /// Judges a proof about a claim.
  public static Verdict judge(Claim claim, byte[] proof) {
    if (proof.length > INPUT_BYTES_MAX - Claim.BYTES) {
      return new Verdict.Refused(new ProofRefusal.TooLong(proof.length));
    }
    try {
      ProofReader reader = new ProofReader(claim, proof);
      if (!reader.header().isWithinBounds()) {
        reader.finish();
        return new Verdict.MalformedModel(new PlanFault.Undecodable(-1));
      }
      Verdict verdict =
          switch (reader.kind()) {
            case ELEMENT -> element(reader);
            case LENGTH -> length(reader);
            case OUTPUT -> output(reader);
            case STATE -> state(reader, claim);
            case PLAN -> plan(reader);
          };
      reader.finish();
      return verdict;
    } catch (ProofReader.RefusedException refused) {
      return new Verdict.Refused(refused.refusal());
    } catch (MalformedModelException malformed) {
      return new Verdict.MalformedModel(malformed.fault());
    }
  }

  /// number of the entry ‖ entry ‖ row ‖ column ‖ tile ‖ operands.
  private static Verdict element(ProofReader reader) throws MalformedModelException {
    Entry entry = reader.entry(reader.number("entry", reader.header().entries()));
    Tensor output = entry.output();
    int row = reader.number("row", output.rows());
    int column = reader.number("column", output.columns());
    int tile = output.tileOf(row, column);
    byte[] claimed = reader.tile(Space.TRACE, tile);
    if (claimed.length != output.bytesOf(tile)) {
      return new Verdict.Fraud(ProofKind.ELEMENT);
    }
    int right = ElementRule.bits(entry, row, column, reader);
    int found = Elements.rawBits(output.type(), claimed, 0, column % Tensor.TILE_ELEMENTS);
    return verdict(ProofKind.ELEMENT, found == right);
  }

  private static Verdict verdict(ProofKind kind, boolean right) {
    return right ? new Verdict.Right() : new Verdict.Fraud(kind);
  }

  /// item ‖ output ‖ last entry.
  private static Verdict length(ProofReader reader) throws MalformedModelException {
    expectInference(reader);
    boolean fits = reader.item() == reader.header().inputBytes();
    byte[] output = reader.output();
    Entry last = reader.entry(reader.header().entries() - 1);
    long expected = fits ? last.output().bytes() : 0;
    return output.length == expected && !fits
        ? new Verdict.RightlyEmpty()
        : verdict(ProofKind.LENGTH, output.length == expected);
  }

  /// output ‖ last entry ‖ number of the tile ‖ tile.
  private static Verdict output(ProofReader reader) throws MalformedModelException {
    expectInference(reader);
    byte[] output = reader.output();
    Tensor last = reader.entry(reader.header().entries() - 1).output();
    int tile = last.firstTile() + reader.number("tile", last.tiles());
    byte[] content = reader.tile(Space.TRACE, tile);
    int from = last.firstElementOf(tile) * last.type().bytes();
    if (output.length != last.bytes()) {
      // Of another length, or rightly empty: a proof of the length decides.
      throw new ProofReader.RefusedException(
          new ProofRefusal.OutOfRange("output", output.length, last.bytes()));
    }
    boolean same =
        content.length == last.bytesOf(tile)
            && Arrays.equals(output, from, from + content.length, content, 0, content.length);
    return verdict(ProofKind.OUTPUT, same);
  }

  private static void expectInference(ProofReader reader) {
    if (reader.header().stateTiles() > 0) {
      throw new ProofReader.RefusedException(new ProofRefusal.WrongModelKind(reader.kind()));
    }
  }

  /// number of the state's tile ‖ leaf of the state after the step ‖ path ‖ leaf of the trace ‖
  /// path.
  private static Verdict state(ProofReader reader, Claim claim) {
    ModelHeader header = reader.header();
    if (header.stateTiles() == 0) {
      throw new ProofReader.RefusedException(new ProofRefusal.WrongModelKind(reader.kind()));
    }
    int tile = reader.number("tile", header.stateTiles());
    var after = reader.hash();
    reader.path("stateAfter", claim.stateAfter(), after, tile, header.stateTiles());
    var traced = reader.hash();
    int inTrace = header.traceTiles() - header.stateTiles() + tile;
    reader.path("TRACE", claim.trace(), traced, inTrace, header.traceTiles());
    return verdict(ProofKind.STATE, after.equals(traced));
  }

  /// number of an entry ‖ entry ‖ what it is held against: 0, nothing; 1, another entry; 2, a tile
  /// of the constants that operand number n reads.
  private static Verdict plan(ProofReader reader) throws MalformedModelException {
    ModelHeader header = reader.header();
    int index = reader.number("entry", header.entries());
    Entry entry = reader.entry(index);
    int against = reader.number("against", 3);
    if (against == 1) {
      int otherIndex = reader.number("entry", header.entries());
      Entry other = reader.entry(otherIndex);
      Optional<PlanFault> fault = neighbours(index, entry, otherIndex, other);
      fault = fault.isPresent() ? fault : overlap(header, entry, other);
      if (fault.isPresent()) {
        throw new MalformedModelException(fault.get());
      }
    } else if (against == 2) {
      Tensor operand = entry.operand(reader.number("operand", entry.operands().size()));
      int tile = operand.firstTile() + reader.number("tile", operand.tiles());
      if (operand.space() == Space.CONSTANT) {
        int bytes = reader.tile(Space.CONSTANT, tile).length;
        if (bytes != operand.bytesOf(tile)) {
          throw new MalformedModelException(
              new PlanFault.WrongConstant(tile, bytes, operand.bytesOf(tile)));
        }
      }
    }
    return new Verdict.Right();
  }

  private static Optional<PlanFault> neighbours(int index, Entry entry, int next, Entry other) {
    return next == index + 1 && other.output().firstTile() != entry.output().endTile()
        ? Optional.of(
            new PlanFault.Misplaced(next, other.output().firstTile(), entry.output().endTile()))
        : Optional.empty();
  }

  private static Optional<PlanFault> overlap(ModelHeader header, Entry entry, Entry other) {
    SpaceLayout layout = new SpaceLayout();
    int first = header.traceTiles() - header.stateTiles();
    for (Entry each : new Entry[] {entry, other}) {
      Tensor output = each.output();
      Optional<PlanFault> fault = layout.add(output);
      if (fault.isEmpty() && output.firstTile() >= first) {
        fault = layout.add(Model.movedToState(output, first));
      }
      fault = fault.isEmpty() ? layout.addAll(each.operands()) : fault;
      if (fault.isPresent()) {
        return fault;
      }
    }
    return Optional.empty();
  }
}
