// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Log;
import io.aitbc.model.UInt256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;

/// How the logs of {@link WorkEvent}s are read.
final class WorkEventTable {
  /// The indexed values of a log.
  ///
  /// @param all the event's hash and what is indexed
  record Topics(List<Hash> all) {
    Hash hash(int index) {
      return all.get(1 + index);
    }

    Address address(int index) {
      return ReturnWords.address(UInt256.of(hash(index)));
    }

    long number(int index) {
      UInt256 word = UInt256.of(hash(index));
      return word.fitsLong() ? word.low() : 0;
    }

    ClaimId claim(int index) {
      return new ClaimId(number(index), number(index + 1));
    }
  }

  /// An event.
  ///
  /// @param contract that writes it
  /// @param indexed values among its topics
  /// @param decoder of topics and data
  record Kind(
      EconomyContract contract,
      int indexed,
      BiFunction<Topics, ReturnWords, Optional<WorkEvent>> decoder) {
    Optional<WorkEvent> read(Log log) {
      return log.address().equals(contract.address()) && log.topics().size() == 1 + indexed
          ? decoder.apply(new Topics(log.topics()), new ReturnWords(new ReturnData(log.data())))
          : Optional.empty();
    }
  }

  /// Signatures of events that are looked for by themselves.
  static final String DESCRIBED = "Described(uint8,address,uint32,string)";

  static final String SUBMITTED =
      "Submitted(uint256,address,bytes32,uint256,"
          + "(bytes32,bytes32,bytes32,uint32,uint32,uint32,uint128,bytes32,bytes32,uint32,"
          + "bytes32,bytes32))";

  /// All kinds by the hash of their signature.
  static final TreeMap<Hash, Kind> BY_TOPIC = new TreeMap<>();

  private WorkEventTable() {}

  private static void add(
      EconomyContract contract,
      String signature,
      int indexed,
      int words,
      BiFunction<Topics, ReturnWords, WorkEvent> decoder) {
    addDynamic(
        contract,
        signature,
        indexed,
        (topics, data) ->
            words == 0 || data.has(words - 1)
                ? Optional.of(decoder.apply(topics, data))
                : Optional.empty());
  }

  private static void addDynamic(
      EconomyContract contract,
      String signature,
      int indexed,
      BiFunction<Topics, ReturnWords, Optional<WorkEvent>> decoder) {
    BY_TOPIC.put(topic(signature), new Kind(contract, indexed, decoder));
  }

  /// The first topic of an event with this signature.
  static Hash topic(String signature) {
    return Keccak256.hash(Bytes.wrap(signature.getBytes(StandardCharsets.US_ASCII)));
  }

  static {
    EconomyContract services = EconomyContract.SERVICE_REGISTRY;
    addDynamic(
        services,
        DESCRIBED,
        2,
        (t, d) ->
            d.bytesAt(1)
                .map(it -> new WorkEvent.Described(t.number(0), t.address(1), d.number(0), it)));
    add(
        services,
        "ChainRegistered(address,uint64,bytes32)",
        1,
        2,
        (t, d) -> new WorkEvent.ChainRegistered(t.address(0), d.number(0), d.hash(1)));
    add(
        services,
        "SecretShown(address,uint64,bytes32)",
        1,
        2,
        (t, d) -> new WorkEvent.SecretShown(t.address(0), d.number(0), d.hash(1)));
    models();
    market();
    ledger();
    committee();
    disputes();
    juries();
  }

  private static void models() {
    EconomyContract models = EconomyContract.MODEL_REGISTRY;
    addDynamic(
        models,
        "Registered(bytes32,address,bytes,string)",
        2,
        (t, d) ->
            d.bytesAt(0)
                .flatMap(header ->
                    d.bytesAt(1)
                        .map(name ->
                            new WorkEvent.ModelRegistered(t.hash(0), t.address(1), header, name))));
    addDynamic(
        models,
        "Calibrated(bytes32,bytes32,uint256,string)",
        2,
        (t, d) ->
            d.bytesAt(1)
                .map(name -> new WorkEvent.Calibrated(t.hash(0), t.hash(1), d.number(0), name)));
    add(models, "Closed(bytes32)", 1, 0, (t, _) -> new WorkEvent.ModelClosed(t.hash(0)));
    add(
        models,
        "Malformed(bytes32,uint256)",
        1,
        1,
        (t, d) -> new WorkEvent.ModelMalformed(t.hash(0), d.amount(0)));
  }

  private static void market() {
    EconomyContract market = EconomyContract.JOB_MARKET;
    add(
        market,
        SUBMITTED,
        3,
        13,
        (t, d) ->
            new WorkEvent.Submitted(
                t.number(0), t.address(1), d.amount(0), WorkJob.Request.of(d, 1)));
    add(
        market,
        "Declined(uint256,uint256,address)",
        2,
        1,
        (t, d) -> new WorkEvent.Declined(t.claim(0), d.address(0)));
    add(
        market,
        "Accepted(uint256,uint256,address,uint256)",
        3,
        1,
        (t, d) -> new WorkEvent.Accepted(t.claim(0), t.address(2), d.amount(0)));
    add(
        market,
        "DrawnAgain(uint256,uint256,uint256)",
        2,
        1,
        (t, d) -> new WorkEvent.DrawnAgain(t.claim(0), d.number(0)));
    add(
        market,
        "Cancelled(uint256,uint256,uint256)",
        2,
        1,
        (t, d) -> new WorkEvent.Cancelled(t.claim(0), d.amount(0)));
    add(
        market,
        "Credited(address,uint256)",
        1,
        1,
        (t, d) -> new WorkEvent.Credited(t.address(0), d.amount(0)));
  }

  private static void ledger() {
    EconomyContract ledger = EconomyContract.WORK_LEDGER;
    add(
        ledger,
        "Committed(uint256,uint256,bytes32)",
        2,
        1,
        (t, d) -> new WorkEvent.Committed(t.claim(0), d.hash(0)));
    add(
        ledger,
        "Revealed(uint256,uint256,bytes32)",
        2,
        1,
        (t, d) -> new WorkEvent.Revealed(t.claim(0), d.hash(0)));
    addDynamic(
        ledger,
        "Attested(uint256,uint256,bytes32,uint8,uint8,bool)",
        2,
        (t, d) -> WorkAttestation.of(d).map(it -> new WorkEvent.Attested(t.claim(0), it)));
    add(
        ledger,
        "Late(uint256,uint256,address,uint256)",
        2,
        2,
        (t, d) -> new WorkEvent.Late(t.claim(0), d.address(0), d.amount(1)));
    addDynamic(
        ledger,
        "SeatsDrawn(uint256,uint256,bytes32,uint32[])",
        2,
        (t, d) ->
            d.listAt(1)
                .map(places ->
                    new WorkEvent.SeatsDrawn(
                        t.claim(0), d.hash(0), places.stream().map(UInt256::low).toList())));
    addDynamic(
        ledger,
        "Reported(uint256,uint256,uint256,bytes32[])",
        2,
        (t, d) ->
            d.listAt(1)
                .map(hashes ->
                    new WorkEvent.Reported(
                        t.claim(0), d.number(0), hashes.stream().map(UInt256::toHash).toList())));
    add(
        ledger,
        "NotServed(uint256,uint256,uint256)",
        2,
        1,
        (t, d) -> new WorkEvent.NotServed(t.claim(0), d.number(0)));
    add(
        ledger,
        "ReportsClosed(uint256,uint256,uint256)",
        2,
        1,
        (t, d) -> new WorkEvent.ReportsClosed(t.claim(0), d.number(0)));
    add(
        ledger,
        "FalseReport(uint256,uint256,uint256,address,address)",
        2,
        3,
        (t, d) -> new WorkEvent.FalseReport(t.claim(0), d.number(0), d.address(1), d.address(2)));
    add(
        ledger,
        "Settled(uint256,uint256,address,uint256,uint256)",
        2,
        3,
        (t, d) -> new WorkEvent.Settled(t.claim(0), d.address(0), d.amount(1), d.number(2)));
    add(
        ledger,
        "Voided(uint256,uint256,address)",
        2,
        1,
        (t, d) -> new WorkEvent.Voided(t.claim(0), d.address(0)));
    add(
        ledger,
        "Fraud(uint256,uint256,address,address)",
        2,
        2,
        (t, d) -> new WorkEvent.Fraud(t.claim(0), d.address(0), d.address(1)));
  }

  private static void committee() {
    add(
        EconomyContract.WORK_LEDGER,
        "WorkCounted(address,uint64,uint256)",
        2,
        1,
        (t, d) -> new WorkEvent.WorkCounted(t.address(0), t.number(1), d.amount(0)));
    EconomyContract committee = EconomyContract.EVALUATOR_COMMITTEE;
    add(
        committee,
        "EvaluationBegun(uint256,uint256,uint256,uint256,uint256)",
        2,
        3,
        (t, d) -> new WorkEvent.EvaluationBegun(t.claim(0), d.number(0), d.number(1), d.number(2)));
    addDynamic(
        committee,
        "CommitteeDrawn(uint256,uint256,uint32[])",
        2,
        (t, d) ->
            d.listAt(0)
                .map(places ->
                    new WorkEvent.CommitteeDrawn(
                        t.claim(0), places.stream().map(UInt256::low).toList())));
    add(
        committee,
        "ScoreCommitted(uint256,uint256,address,bytes32)",
        3,
        1,
        (t, d) -> new WorkEvent.ScoreCommitted(t.claim(0), t.address(2), d.hash(0)));
    add(
        committee,
        "ScoreRevealed(uint256,uint256,address,uint256,uint256)",
        3,
        2,
        (t, d) -> new WorkEvent.ScoreRevealed(t.claim(0), t.address(2), d.number(0), d.number(1)));
    add(
        committee,
        "Scored(uint256,uint256,uint256,uint256)",
        2,
        2,
        (t, d) -> new WorkEvent.Scored(t.claim(0), d.number(0), d.number(1)));
  }

  private static List<Hash> hashes(List<UInt256> words) {
    return words.stream().map(UInt256::toHash).toList();
  }

  private static void disputes() {
    EconomyContract disputes = EconomyContract.DISPUTES;
    add(
        disputes,
        "Opened(uint256,uint256,uint256,uint256,bool,uint256)",
        3,
        3,
        (t, d) ->
            new WorkEvent.Opened(
                t.number(0), t.claim(1), d.number(0), d.number(1) != 0, d.number(2)));
    add(
        disputes,
        "ReportOpened(uint256,uint256,uint256)",
        2,
        1,
        (t, d) -> new WorkEvent.ReportOpened(t.number(0), t.number(1), d.number(0)));
    add(disputes, "Begun(uint256)", 1, 0, (t, _) -> new WorkEvent.Begun(t.number(0)));
    addDynamic(
        disputes,
        "Served(uint256,uint256,uint64,bytes32,bytes[],bytes32[],bytes,bytes32[])",
        1,
        (t, d) ->
            d.byteStringsAt(3)
                .flatMap(tiles ->
                    d.listAt(4)
                        .flatMap(inputs ->
                            d.bytesAt(5)
                                .flatMap(output ->
                                    d.listAt(6)
                                        .map(outputs ->
                                            new WorkEvent.Served(
                                                t.number(0),
                                                d.number(0),
                                                d.number(1),
                                                d.hash(2),
                                                tiles,
                                                hashes(inputs),
                                                output,
                                                hashes(outputs)))))));
    addDynamic(
        disputes,
        "TileServed(uint256,bytes,bytes32)",
        1,
        (t, d) -> d.bytesAt(0).map(tile -> new WorkEvent.TileServed(t.number(0), tile, d.hash(1))));
    addDynamic(
        disputes,
        "StatesAnswered(uint256,bytes32,bytes32[])",
        1,
        (t, d) ->
            d.listAt(1)
                .map(all ->
                    new WorkEvent.StatesAnswered(
                        t.number(0), d.hash(0), all.stream().map(UInt256::toHash).toList())));
    add(
        disputes,
        "StepNamed(uint256,uint256)",
        1,
        1,
        (t, d) -> new WorkEvent.StepNamed(t.number(0), d.number(0)));
    add(disputes, "StateEntered(uint256)", 1, 0, (t, _) -> new WorkEvent.StateEntered(t.number(0)));
    addDynamic(
        disputes,
        "Answered(uint256,bytes32[])",
        1,
        (t, d) ->
            d.listAt(0)
                .map(all ->
                    new WorkEvent.Answered(
                        t.number(0), all.stream().map(UInt256::toHash).toList())));
    add(
        disputes,
        "Descended(uint256,uint256,uint256)",
        1,
        2,
        (t, d) -> new WorkEvent.Descended(t.number(0), d.number(0), d.number(1)));
    addDynamic(
        disputes,
        "TileOpened(uint256,bytes)",
        1,
        (t, d) -> d.bytesAt(0).map(tile -> new WorkEvent.TileOpened(t.number(0), tile)));
    add(
        disputes,
        "Judged(uint256,uint256)",
        1,
        1,
        (t, d) -> new WorkEvent.Judged(t.number(0), d.number(0)));
    add(
        disputes,
        "Ended(uint256,bool)",
        1,
        1,
        (t, d) -> new WorkEvent.Ended(t.number(0), d.number(0) != 0));
  }

  private static void juries() {
    EconomyContract juries = EconomyContract.JURIES;
    add(
        juries,
        "Objected(uint256,uint256,uint256,uint256,address)",
        3,
        2,
        (t, d) -> new WorkEvent.Objected(t.number(0), t.claim(1), d.number(0), d.address(1)));
    addDynamic(
        juries,
        "MembersDrawn(uint256,address[])",
        1,
        (t, d) ->
            d.listAt(0)
                .map(all ->
                    new WorkEvent.MembersDrawn(
                        t.number(0), all.stream().map(ReturnWords::address).toList())));
    add(
        juries,
        "OpinionCommitted(uint256,address,bytes32)",
        2,
        1,
        (t, d) -> new WorkEvent.OpinionCommitted(t.number(0), t.address(1), d.hash(0)));
    addDynamic(
        juries,
        "OpinionRevealed(uint256,address,uint8)",
        2,
        (t, d) ->
            d.oneOf(0, List.of(WorkObjection.Said.values()), 1)
                .map(said -> new WorkEvent.OpinionRevealed(t.number(0), t.address(1), said)));
    add(
        juries,
        "JuryCalled(uint256,uint256,uint256,uint256)",
        1,
        3,
        (t, d) -> new WorkEvent.JuryCalled(t.number(0), d.number(0), d.number(1), d.number(2)));
    addDynamic(
        juries,
        "Decided(uint256,uint8,uint256)",
        1,
        (t, d) ->
            d.oneOf(0, List.of(WorkObjection.Verdict.values()), 1)
                .filter(_ -> d.has(1))
                .map(verdict -> new WorkEvent.Decided(t.number(0), verdict, d.amount(1))));
  }
}
