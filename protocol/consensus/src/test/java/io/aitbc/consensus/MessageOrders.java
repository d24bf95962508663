// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Ballot;
import io.aitbc.model.ConsensusMessage;
import io.aitbc.model.Evidence;
import io.aitbc.model.EvidenceCheck;
import io.aitbc.model.Mode;
import io.aitbc.model.Phase;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Proposal;
import io.aitbc.model.Round;
import io.aitbc.model.RoundChange;
import io.aitbc.model.Testimony;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.Vote;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The orders in which the messages and timers of one height can reach real {@link Consensus}
/// objects: four authorities in FAST, of which some are twins, that is, run twice with one key.
/// Protocol §5.
///
/// A replica is a function of the inputs it got, so a state of the whole is one local state per
/// replica, and what was sent follows from these. Two inputs at different replicas commute, and so
/// do two inputs of one replica that leave it in the same state ({@link StateText}): such orders
/// lead to one state and are gone on from once. A real object runs once per local state and input;
/// the search of the whole goes over their numbers. Every state is checked, so a message that never
/// arrives is part of it.
///
/// What is left out: orders that put off what comes first more often than the bounds say; timers of
/// the last round; crashes. Votes arrive as the quorum that they complete (before that they change
/// nothing), of several quorums the one of the first validators; messages of a round that a replica
/// has not reached arrive when it is there; a replica's own surroundings answer at once.
final class MessageOrders {
  private static final int VALIDATORS = 4;
  private static final int QUORUM = 3;
  private static final int HONEST_GROUP = 2;

  /// Messages that {@link Sent} has room for.
  private static final int MESSAGES_MAX = 128;

  /// Bits of one replica's local state in a state of the whole.
  private static final int BITS = 12;

  /// What is searched.
  ///
  /// @param twins validators that run twice; validator 1 proposes in round 0, 2 in round 1
  /// @param rounds 1 or 2
  /// @param statesMax the search ends after so many states
  /// @param delaysMax how often, in one run, what comes first in the default order may be put off;
  ///   the default takes arrivals before timers
  /// @param untilFork whether the first fork ends the search
  record Bounds(List<Integer> twins, int rounds, int delaysMax, int statesMax, boolean untilFork) {}

  /// What was found.
  ///
  /// @param complete whether every order was seen, whatever its delays
  /// @param forks states in which two contents have a quorum of COMMITs
  /// @param localStates states of single replicas
  /// @param inputsRun inputs given to real objects
  /// @param decisions rounds that decided contents were made in and decided in
  /// @param allDecided states in which every replica has decided
  /// @param messages different messages sent
  /// @param contradictions statements that would convict the replica that made them
  /// @param refusals what signers refused, and peers that were blamed
  record Answer(
      boolean complete,
      long states,
      long forks,
      int localStates,
      long inputsRun,
      Set<String> decisions,
      long allDecided,
      int messages,
      int contradictions,
      int refusals) {}

  /// What can happen to a replica.
  private sealed interface Event {
    record Arrives(int message) implements Event {}

    record QuorumArrives(int ballot) implements Event {}

    record RoundChangesArrive(boolean certified) implements Event {}

    record Fires(Class<? extends Timer> timer) implements Event {}
  }

  /// Numbers of the local states that one replica can come to by one event.
  private record Successors(List<Integer> arrivals, List<Integer> timers) {}

  /// A set of messages by number, up to 127.
  private record Sent(long low, long high) {
    static final Sent NOTHING = new Sent(0, 0);

    Sent or(Sent other) {
      return new Sent(low | other.low, high | other.high);
    }

    Sent with(int number) {
      return number < 64
          ? new Sent(low | 1L << number, high)
          : new Sent(low, high | 1L << (number - 64));
    }

    boolean get(int number) {
      return ((number < 64 ? low >>> number : high >>> (number - 64)) & 1) == 1;
    }
  }

  /// One state of one replica.
  private static final class Local {
    final List<Input> history;
    final Sent sent;
    final Map<Event, Local> next = new LinkedHashMap<>();
    final Map<Sent, Successors> successors = new LinkedHashMap<>();
    int number;
    int round;
    boolean decided;
    boolean proposes;

    Local(List<Input> history, Sent sent) {
      this.history = history;
      this.sent = sent;
    }
  }

  private final Bounds bounds;
  private final ValidatorSet set = Cluster.set(VALIDATORS, 0);
  private final FixedChain chain = FixedChain.genesis(set, Mode.FAST);
  private final int[] validatorOf;
  private final Map<Hash, Bytes> transactions = new LinkedHashMap<>();
  private final List<List<Local>> locals = new ArrayList<>();
  private final List<Map<String, Local>> byText = new ArrayList<>();
  private final List<ConsensusMessage> messages = new ArrayList<>();
  private final List<Integer> senders = new ArrayList<>();
  private final Map<String, Integer> messageNumbers = new LinkedHashMap<>();
  private final List<Ballot> ballots = new ArrayList<>();
  private final List<int[]> votesOf = new ArrayList<>();
  private final Map<Sent, Boolean> forked = new LinkedHashMap<>();
  private final Set<String> decisions = new LinkedHashSet<>();
  private int contradictions;
  private int refusals;
  private long inputsRun;

  private MessageOrders(Bounds bounds) {
    this.bounds = bounds;
    List<Integer> replicas = new ArrayList<>();
    for (int validator = 0; validator < VALIDATORS; validator++) {
      replicas.add(validator);
      if (bounds.twins.contains(validator)) {
        replicas.add(validator);
      }
    }
    validatorOf = replicas.stream().mapToInt(Integer::intValue).toArray();
    for (int replica = 0; replica < validatorOf.length; replica++) {
      Bytes transaction = Cluster.transaction(replica);
      transactions.put(Keccak256.hash(transaction), transaction);
      locals.add(new ArrayList<>());
      byText.add(new LinkedHashMap<>());
    }
  }

  static Answer search(Bounds bounds) {
    return new MessageOrders(bounds).search();
  }

  private Answer search() {
    Visited visited = new Visited();
    ArrayDeque<Long> open = new ArrayDeque<>();
    long begin = 0;
    for (int replica = 0; replica < validatorOf.length; replica++) {
      begin |= (long) run(replica, List.of()).number << (BITS * replica);
    }
    open.push(begin);
    var _ = visited.improve(begin, bounds.delaysMax);
    long forks = 0;
    long allDecided = 0;
    boolean complete = true;
    while (!open.isEmpty() && !(forks > 0 && bounds.untilFork)) {
      if (visited.size() >= bounds.statesMax) {
        complete = false;
        break;
      }
      long state = open.pop();
      int delays = visited.take(state);
      if (delays < 0) {
        continue; // Was gone on from since, with as many delays.
      }
      Sent sent = Sent.NOTHING;
      boolean over = true;
      for (int replica = 0; replica < validatorOf.length; replica++) {
        Local local = local(state, replica);
        sent = sent.or(local.sent);
        over &= local.decided;
      }
      allDecided += over ? 1 : 0;
      forks += forked.computeIfAbsent(sent, this::forks) ? 1 : 0;
      // The default order takes what comes first, and timers after everything else.
      for (int pass = 0; pass < 2; pass++) {
        for (int replica = 0; replica < validatorOf.length; replica++) {
          Successors after = successors(replica, local(state, replica), sent);
          int shift = BITS * replica;
          for (int number : pass == 0 ? after.arrivals : after.timers) {
            if (delays < 0) {
              complete = false;
              break;
            }
            long following = (state & ~(((1L << BITS) - 1) << shift)) | (long) number << shift;
            if (visited.improve(following, delays)) {
              open.push(following);
            }
            delays--;
          }
        }
      }
    }
    return new Answer(
        complete,
        visited.size(),
        forks,
        locals.stream().mapToInt(List::size).sum(),
        inputsRun,
        decisions,
        allDecided,
        messages.size(),
        contradictions,
        refusals);
  }

  private Successors successors(int replica, Local local, Sent sent) {
    return local.successors.computeIfAbsent(
        sent,
        all -> {
          Set<Integer> arrivals = new LinkedHashSet<>();
          Set<Integer> timers = new LinkedHashSet<>();
          for (Event event : events(replica, local, all)) {
            Local next = local.next.get(event);
            if (next == null) {
              next = take(replica, local, event, all);
              local.next.put(event, next);
            }
            if (next != local) {
              (event instanceof Event.Fires ? timers : arrivals).add(next.number);
            }
          }
          timers.removeAll(arrivals);
          return new Successors(List.copyOf(arrivals), List.copyOf(timers));
        });
  }

  private Local local(long state, int replica) {
    return locals.get(replica).get((int) (state >>> (BITS * replica)) & ((1 << BITS) - 1));
  }

  // ---- What can happen.

  private List<Event> events(int replica, Local local, Sent sent) {
    List<Event> events = new ArrayList<>();
    if (local.decided) {
      return events;
    }
    for (int i = 0; i < messages.size(); i++) {
      if (sent.get(i)
          && messages.get(i) instanceof Proposal proposal
          && proposal.round().number() <= local.round
          && !local.sent.get(i)) {
        events.add(new Event.Arrives(i));
      }
    }
    for (int b = 0; b < ballots.size(); b++) {
      if (ballots.get(b).round().number() <= local.round
          && voters(replica, local, b, sent).isPresent()) {
        events.add(new Event.QuorumArrives(b));
      }
    }
    if (local.round == 0 && bounds.rounds > 1) {
      events.add(new Event.Fires(Timer.RoundEnd.class));
      for (boolean certified : new boolean[] {false, true}) {
        if (roundChanges(replica, certified, sent).size() == HONEST_GROUP) {
          events.add(new Event.RoundChangesArrive(certified));
        }
      }
    }
    if (local.proposes) {
      events.add(new Event.Fires(Timer.ProposeAnyway.class));
      events.add(new Event.Fires(Timer.ProposeFresh.class));
    }
    return events;
  }

  /// Messages that make a ballot a quorum at a replica, if enough were sent; the vote of its own
  /// validator counts there only if it cast that itself.
  private Optional<List<Integer>> voters(int replica, Local local, int ballot, Sent sent) {
    int[] votes = votesOf.get(ballot);
    int self = validatorOf[replica];
    boolean own = votes[self] >= 0 && local.sent.get(votes[self]);
    int needed = QUORUM - (own ? 1 : 0);
    List<Integer> chosen = new ArrayList<>();
    for (int validator = 0; validator < VALIDATORS && chosen.size() < needed; validator++) {
      if (validator != self && votes[validator] >= 0 && sent.get(votes[validator])) {
        chosen.add(votes[validator]);
      }
    }
    return chosen.size() == needed ? Optional.of(chosen) : Optional.empty();
  }

  /// Round changes of others that let a replica jump, with or without a certificate among them.
  private List<Integer> roundChanges(int replica, boolean certified, Sent sent) {
    List<Integer> chosen = new ArrayList<>();
    Set<Integer> validators = new LinkedHashSet<>();
    validators.add(validatorOf[replica]);
    boolean found = false;
    for (int i = 0; i < messages.size(); i++) {
      if (sent.get(i)
          && messages.get(i) instanceof RoundChange change
          && change.round().number() == 1) {
        boolean carries = change.highest().isPresent();
        boolean lastOne = chosen.size() == HONEST_GROUP - 1;
        boolean fits = certified ? carries || found || !lastOne : !carries;
        if (fits && chosen.size() < HONEST_GROUP && validators.add(validator(i))) {
          chosen.add(i);
          found |= carries;
        }
      }
    }
    return chosen;
  }

  private int validator(int message) {
    return validatorOf[senders.get(message)];
  }

  private Local take(int replica, Local local, Event event, Sent sent) {
    List<Input> inputs = new ArrayList<>(local.history);
    switch (event) {
      case Event.Arrives(int message) -> inputs.add(received(message));
      case Event.QuorumArrives(int ballot) ->
          voters(replica, local, ballot, sent).orElseThrow().forEach(m -> inputs.add(received(m)));
      case Event.RoundChangesArrive(boolean certified) ->
          roundChanges(replica, certified, sent).forEach(m -> inputs.add(received(m)));
      case Event.Fires(Class<? extends Timer> kind) ->
          inputs.add(
              new Input.TimerFired(replay(replica, local.history).timer(kind).orElseThrow()));
    }
    return run(replica, inputs);
  }

  private Input received(int message) {
    return new Input.Received(Cluster.peer(senders.get(message)), messages.get(message));
  }

  // ---- Running the real thing.

  private OrderedReplica replay(int replica, List<Input> history) {
    Validator self = set.find(Cluster.account(validatorOf[replica])).orElseThrow();
    OrderedReplica real =
        new OrderedReplica(chain, self, List.of(Cluster.transaction(replica)), transactions);
    for (Input input : history) {
      real.on(input);
      inputsRun++;
    }
    return real;
  }

  private Local run(int replica, List<Input> history) {
    OrderedReplica real = replay(replica, history);
    Sent sent = Sent.NOTHING;
    for (ConsensusMessage message : real.sent) {
      Optional<Integer> number = number(replica, message);
      sent = number.isPresent() ? sent.with(number.get()) : sent;
    }
    String text = real.text() + sent;
    Local known = byText.get(replica).get(text);
    if (known != null) {
      return known;
    }
    Local local = new Local(List.copyOf(history), sent);
    local.number = locals.get(replica).size();
    if (local.number >> BITS > 0) {
      throw new IllegalStateException("more local states than there are numbers for");
    }
    local.round = real.round();
    local.decided = real.decided.isPresent();
    local.proposes =
        local.round == 1
            && chain.proposer(new Round(1)).account().equals(Cluster.account(validatorOf[replica]));
    real.decided.ifPresent(
        content -> decisions.add("of round " + content.round() + " by " + real.certificateRound()));
    contradictions += contradictions(real.sent);
    refusals += real.refused.size() + real.blamed.size();
    locals.get(replica).add(local);
    byText.get(replica).put(text, local);
    return local;
  }

  /// The number of a message that can matter to others; certificates of one ballot are one.
  private Optional<Integer> number(int replica, ConsensusMessage message) {
    String text;
    switch (message) {
      case Vote vote -> text = vote.ballot() + " " + vote.voter();
      case Proposal proposal ->
          text = proposal.envelope() + " " + proposal.prepared().map(PrepareCertificate::ballot);
      case RoundChange change ->
          text =
              change.round()
                  + " "
                  + change.validator()
                  + change.highest().map(PrepareCertificate::ballot);
      default -> {
        return Optional.empty();
      }
    }
    Integer known = messageNumbers.get(text);
    if (known == null) {
      known = messages.size();
      messageNumbers.put(text, known);
      messages.add(message);
      if (known == MESSAGES_MAX) {
        throw new IllegalStateException("more messages than there are bits for");
      }
      senders.add(replica);
      if (message instanceof Vote(Ballot ballot, Address _, var _)) {
        int at = ballots.indexOf(ballot);
        if (at < 0) {
          at = ballots.size();
          ballots.add(ballot);
          int[] nobody = new int[VALIDATORS];
          Arrays.fill(nobody, -1);
          votesOf.add(nobody);
        }
        votesOf.get(at)[validatorOf[replica]] = known;
      }
    }
    return Optional.of(known);
  }

  // ---- What must hold.

  /// Pairs of what one replica sent that would be evidence against its validator. A twin convicts
  /// itself only together with its other half.
  private static int contradictions(List<ConsensusMessage> sent) {
    List<Testimony> statements = new ArrayList<>();
    for (ConsensusMessage message : sent) {
      if (message instanceof Vote vote) {
        statements.add(vote);
      } else if (message instanceof Proposal proposal) {
        statements.add(proposal.envelope());
      }
    }
    int found = 0;
    for (Testimony first : statements) {
      for (Testimony second : statements) {
        boolean harmless =
            EvidenceCheck.harmless(new Evidence.Equivocation(first, second)).isPresent()
                && EvidenceCheck.harmless(new Evidence.ForgottenLock(first, second)).isPresent();
        found += harmless ? 0 : 1;
      }
    }
    return found;
  }

  /// Whether two contents have a quorum of COMMITs, of whatever rounds.
  private boolean forks(Sent sent) {
    Set<Hash> decided = new LinkedHashSet<>();
    for (int b = 0; b < ballots.size(); b++) {
      if (ballots.get(b).phase() == Phase.COMMIT) {
        long voters = Arrays.stream(votesOf.get(b)).filter(v -> v >= 0 && sent.get(v)).count();
        if (voters >= QUORUM) {
          decided.add(ballots.get(b).proposalId());
        }
      }
    }
    return decided.size() > 1;
  }
}
