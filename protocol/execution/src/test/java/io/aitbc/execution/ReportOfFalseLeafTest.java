// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.model.Amount;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Prover;
import io.aitbc.referee.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Disputes about reports of auditors where the worker's output is false, with the real contracts
/// and referee.
class ReportOfFalseLeafTest extends AuditedClaim { // Protocol §17.13, §17.14
  @Test // Protocol §17.14 rule 8: what the worker said is not held against who told the truth.
  void theWorkersFalseOutputConvictsNoAuditorThatReportsTheTruth() {
    Trace own = work.traces.get(1);
    byte[] other = own.output();
    other[5] ^= 1;
    byte[] longer = Arrays.copyOf(own.output(), own.output().length + 4);
    Prover prover = new Prover(own, own.tree(), inputs, 1);
    Hash tiles = own.inputTree().root();
    long length = own.model().header().inputBytes();
    long dispute = 0;
    for (byte[] output : List.of(other, longer)) {
      begin(output);
      reportAndClose(0, truth(0));
      Place place = placesOfItemOne().getFirst();
      int honest = seats.get(place.seat());
      Amount reserved = auditor(honest).reserved();
      succeed(challenge(STRANGER, place.seat(), place.number()));
      dispute++;
      succeed(work.answerRoot(honest, dispute, own.tree()));
      MerkleTree outputs = work.outputs(output);
      for (byte[] proof :
          List.of(
              prover.output(outputs, 1, output, 0, own.tile(0)),
              Prover.length(own.model(), inputs, 1, length, tiles, outputs, 1, output),
              Prover.unfit(own.model(), inputs, 1, length, tiles))) {
        succeed(work.send(STRANGER, DisputeCall.prove(dispute, Bytes.wrap(proof))));
        assertEquals(WorkDispute.Stage.DESCEND, read(WorkRead.dispute(dispute)).stage());
      }
      work.pass(1_802);
      succeed(work.send(honest, DisputeCall.timeOut(dispute)));
      assertEquals(BOND, auditor(honest).bond());
      assertEquals(reserved.minus(STAKE), auditor(honest).reserved());
      // Against the worker it is proof as ever.
      succeed(work.send(MAKER, DisputeCall.challenge(claim, 1, read(WorkRead.deposit(claim)))));
      dispute++;
      succeed(work.answerRoot(worker, dispute, own.tree()));
      byte[] proof =
          output.length == other.length
              ? prover.output(outputs, 1, output, 0, own.tile(0))
              : Prover.length(own.model(), inputs, 1, length, tiles, outputs, 1, output);
      succeed(work.send(MAKER, DisputeCall.prove(dispute, Bytes.wrap(proof))));
      assertEquals(WorkClaim.State.FRAUD, state().state());
      work.balance();
    }
  }

  @Test // Protocol §17.14 rule 8: whether an item fits is asked of its input alone.
  void anItemThatDoesNotFitIsReportedWithZerosWhateverTheWorkersOutputIs() {
    Hash tiles = MerkleTree.leaf(new byte[] {1, 2, 3});
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < WorkWorld.ITEMS; i++) {
      long length = work.traces.get(i).model().header().inputBytes();
      boolean _ =
          leaves.add(
              i == 1
                  ? ItemLeaf.input(1, 3, tiles)
                  : ItemLeaf.input(i, length, work.traces.get(i).inputTree().root()));
    }
    inputs = MerkleTree.over(leaves);
    begin(new byte[] {7}); // Rightly it is empty.
    Place truth = placesOfItemOne().get(0);
    Place lie = placesOfItemOne().get(1);
    int honest = seats.get(truth.seat());
    int liar = seats.get(lie.seat());
    MerkleTree madeUp = work.traces.get(0).tree();
    List<Hash> hashes = new ArrayList<>(truth(lie.seat()));
    Hash _ = hashes.set(lie.number(), hash(liar, lie.seat(), lie.number(), 1, madeUp.root()));
    reportAndClose(lie.seat(), hashes);
    Bytes unfit = Bytes.wrap(Prover.unfit(work.traces.get(1).model(), inputs, 1, 3, tiles));
    succeed(challenge(STRANGER, truth.seat(), truth.number()));
    succeed(work.send(honest, DisputeCall.proveEmpty(1, unfit)));
    assertEquals(WorkDispute.Stage.OVER, read(WorkRead.dispute(1)).stage());
    assertEquals(BOND, auditor(honest).bond());
    succeed(challenge(STRANGER, lie.seat(), lie.number()));
    assertError("NotReported(uint256)", work.send(liar, DisputeCall.proveEmpty(2, unfit)));
    succeed(work.answerRoot(liar, 2, madeUp));
    Amount before = auditor(liar).bond();
    succeed(work.send(STRANGER, DisputeCall.prove(2, unfit)));
    assertEquals(before.minus(STAKE), auditor(liar).bond());
    work.balance();
  }

  @Test // Protocol §17.14 rule 8
  void aSegmentThatTheWorkerFalsifiedIsAnsweredWithTheAuditorsOwnStates() {
    TrainingWorld.Said said = training.falseState(2, 0); // In segment 1 of two steps each.
    List<Hash> states = training.honest(2).roots().subList(2, 5);
    MerkleTree outputs = training.outputs(said);
    begin(work.submit(training.request(TrainingWorld.SEGMENTS), FEE), outputs.root());
    Place place =
        placesOfItemOne().stream().filter(each -> each.number() < 2).findFirst().orElseThrow();
    int honest = seats.get(place.seat());
    List<Hash> hashes = new ArrayList<>(List.of(WorkWorld.SALT, WorkWorld.SALT));
    Hash root = MerkleTree.over(states).root();
    Hash _ = hashes.set(place.number(), hash(honest, place.seat(), place.number(), 1, root));
    succeed(report(honest, place.seat(), hashes));
    work.pass(301);
    close();
    succeed(challenge(STRANGER, place.seat(), place.number()));
    assertError("NotReported(uint256)", training.answerStates(honest, 1, 1, said));
    DisputeCall.StateAt before =
        new DisputeCall.StateAt(states.getFirst(), TrainingWorld.path(outputs, 0));
    succeed(
        work.send(honest, DisputeCall.answerStates(1, before, states.subList(1, 3), List.of())));
    work.pass(1_802);
    succeed(work.send(honest, DisputeCall.timeOut(1)));
    assertEquals(BOND, auditor(honest).bond());
    work.balance();
  }
}
