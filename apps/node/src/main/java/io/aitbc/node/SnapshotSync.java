// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Checkpoint;
import io.aitbc.consensus.Peer;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.Address;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.SnapshotMessage;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.TriePlace;
import io.aitbc.storage.SnapshotImport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Fetches the state before a checkpoint from peers: first what begins the snapshot, from one peer
/// after another until it fits the checkpoint, then the parts of the state from all peers at once.
/// Every part proves itself against the part above and at last against the checkpoint, so a peer
/// that lies is found at its first lie and asked no more. Belongs to one thread. Protocol §15.5.
final class SnapshotSync {
  /*
   * Connections cost nothing, and most may be of peers that say nothing or have nothing. So all are
   * asked at once for the uppermost part, which delays nothing that others bring; who answers has
   * the snapshot and is asked for more. Who fails then once is asked for more again only when no
   * other is left that has not.
   */

  /// How long a peer is waited for: an answer of a mebibyte over a slow line.
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /// The same for what all are asked for at once, on one link. An answer that comes later counts
  /// too.
  static final Duration UPPERMOST_PATIENCE = Duration.ofSeconds(30);

  /// The number of that request; all others have higher ones.
  private static final long UPPERMOST_REQUEST = 0;

  /// After which a peer is asked again whether it has the snapshot: it may have it by then.
  static final Duration REST = Duration.ofSeconds(5);

  /// Peers that are asked for the beginning at one time: what a few of them send is kept until it
  /// is judged, and one that does not answer is not to be waited for alone.
  static final int BEGINNINGS_MAX = 3;

  /// Peers that have lied and are remembered, the last ones: another name costs nothing.
  private static final int LIARS_MAX = 1_024;

  /// Parts that are taken from an earlier attempt at one time: a tenth of a second.
  private static final int OWN_PARTS_MAX = 256;

  /// Bytes of which a slot's number has 32 and an address 20.
  private static final int SLOT_KEY_BYTES = UInt256.BYTES;

  /// Whoever has the snapshot has this part; asked for by its place, which needs no hash.
  private static final List<Bytes> UPPERMOST =
      List.of(new Item.Place(TriePlace.ofAccounts(Hash.ZERO)).name());

  private final Hash genesisHash;
  private final Checkpoint checkpoint;
  private final Height height;
  private final SignatureScheme scheme;
  private final SnapshotImport tables;
  private final World world;

  /// In the order in which they are asked: who did not bring what it was asked for comes last.
  private final LinkedHashMap<Peer, Asked> peers = new LinkedHashMap<>();

  /// Who has the snapshot by its word and did not bring what it was asked for last.
  private final Set<Peer> failed = new HashSet<>();

  /// Who has lied is asked no more.
  private final LinkedHashSet<Peer> liars = new LinkedHashSet<>();

  /// What is still to be fetched. The last comes first: so storage and code of the accounts of one
  /// range are fetched before the next range, and this stays small.
  private final Deque<Item> missing = new ArrayDeque<>();

  private Optional<SnapshotImport.Start> start = Optional.empty();
  private long requests;
  private long rows;
  private boolean ended;

  /// What the sync needs of the world around it. All of it is called on the sync's thread, and
  /// calls it there.
  interface World {
    /// Sends to one peer, if it is connected.
    void send(Peer to, PeerMessage message);

    /// Whether the operator named a peer.
    default boolean isReserved(Peer peer) {
      return false;
    }

    /// A peer has lied.
    void blame(Peer peer, String reason);

    /// Runs `task` after `delay`.
    void after(Duration delay, Runnable task);

    /// The time now, in milliseconds since 1970.
    long nowMillis();

    /// The state is there and checked.
    void done(SnapshotImport.Start start);
  }

  /// A part of the snapshot that is to be fetched.
  private sealed interface Item {
    Bytes name();

    record Place(TriePlace place) implements Item {
      @Override
      public Bytes name() {
        return Bytes.wrap(place.path().toArray());
      }
    }

    record Code(Hash hash) implements Item {
      @Override
      public Bytes name() {
        return SnapshotMessage.codeItem(hash);
      }
    }
  }

  /// What a peer was asked for last.
  private sealed interface Asked {
    /// Nothing yet, or not since it rested.
    record Nothing() implements Asked {}

    /// It was silent or has nothing, and rests.
    record Resting() implements Asked {}

    /// Whether it has the snapshot.
    record ForUppermost(long turn) implements Asked {}

    /// Nothing that it has not answered, and it has the snapshot.
    record Ready() implements Asked {}

    record ForBeginning(long request) implements Asked {}

    record ForBlock(long request, SnapshotMessage.Beginning beginning) implements Asked {}

    /// The block of the checkpoint: two blocks of the greatest size do not fit in one answer.
    record ForNext(long request, SnapshotMessage.Beginning beginning, CertifiedBlock block)
        implements Asked {}

    record ForParts(long request, List<Item> items) implements Asked {}

    /// Whether a peer is of use now: it has the snapshot and does not rest.
    default boolean isServing() {
      return switch (this) {
        case Nothing _, Resting _, ForUppermost _ -> false;
        case Ready _, ForBeginning _, ForBlock _, ForNext _, ForParts _ -> true;
      };
    }
  }

  /// A sync of the state that the block of `checkpoint` was executed on.
  SnapshotSync(
      Hash genesisHash,
      Checkpoint checkpoint,
      SignatureScheme scheme,
      SnapshotImport tables,
      World world) {
    this.genesisHash = genesisHash;
    this.checkpoint = checkpoint;
    this.height = new Height(checkpoint.height().number() - 1);
    this.scheme = scheme;
    this.tables = tables;
    this.world = world;
  }

  /// A peer has connected.
  void connected(Peer peer) {
    if (!liars.contains(peer)) {
      if (world.isReserved(peer)) {
        var _ = peers.putFirst(peer, new Asked.Nothing());
      } else {
        peers.put(peer, new Asked.Nothing());
      }
    }
    ask();
  }

  /// A peer is gone; what it was asked for is asked of others.
  void lost(Peer peer) {
    Asked asked = peers.remove(peer);
    boolean _ = failed.remove(peer);
    if (asked != null) {
      takeBack(asked);
    }
    ask();
  }

  /// Takes a peer's message.
  void received(Peer from, PeerMessage message) {
    if (ended) {
      return;
    }
    switch (message) {
      case SnapshotMessage.Beginning answer -> begins(from, answer);
      case PeerMessage.Blocks answer -> brings(from, answer);
      case SnapshotMessage.Parts answer -> brings(from, answer);
      default -> {} // What goes on in the network is of no use yet.
    }
    ask();
  }

  /// Accounts and slots so far.
  long rows() {
    return rows;
  }

  /// Peers of now that were silent or do not have what is asked for.
  long restingPeers() {
    return peers.values().stream().filter(Asked.Resting.class::isInstance).count();
  }

  private void begins(Peer from, SnapshotMessage.Beginning answer) {
    if (!new Asked.ForBeginning(answer.request()).equals(peers.get(from))) {
      return;
    }
    if (start.isPresent()) {
      peers.put(from, new Asked.Ready()); // Another was sooner.
      return;
    }
    if (answer.derivedState().isEmpty()) {
      fails(from);
      return;
    }
    long request = ++requests;
    isAsked(from, new Asked.ForBlock(request, answer));
    world.send(from, new PeerMessage.BlocksRequest(request, height, 1));
  }

  private void brings(Peer from, PeerMessage.Blocks answer) {
    Asked asked = peers.getOrDefault(from, new Asked.Nothing());
    Optional<CertifiedBlock> first = answer.blocks().stream().findFirst();
    switch (asked) {
      case Asked.ForBlock waiting when waiting.request == answer.request() -> {
        if (start.isPresent()) {
          peers.put(from, new Asked.Ready());
        } else if (first.isPresent()) {
          long request = ++requests;
          isAsked(from, new Asked.ForNext(request, waiting.beginning, first.get()));
          world.send(from, new PeerMessage.BlocksRequest(request, checkpoint.height(), 1));
        } else {
          fails(from);
        }
      }
      case Asked.ForNext waiting when waiting.request == answer.request() -> {
        if (start.isPresent()) {
          peers.put(from, new Asked.Ready());
        } else if (first.isPresent()) {
          judge(from, waiting, first.get());
        } else {
          fails(from);
        }
      }
      default -> {} // It comes too late, or was not asked for.
    }
  }

  private void judge(Peer from, Asked.ForNext told, CertifiedBlock next) {
    SnapshotStart judged =
        SnapshotStart.judge(
            genesisHash, checkpoint, scheme, told.beginning, told.block, next, world.nowMillis());
    switch (judged) {
      case SnapshotStart.Holds(SnapshotImport.Start holds) -> {
        start = Optional.of(holds);
        boolean _ = failed.remove(from);
        var _ = peers.putFirst(from, new Asked.Ready());
        Hash root = holds.header().stateRoot();
        if (!root.equals(Account.EMPTY_TRIE_ROOT)) {
          missing.push(new Item.Place(TriePlace.ofAccounts(root)));
        }
      }
      case SnapshotStart.Refused(String reason) -> exclude(from, reason);
    }
  }

  private void brings(Peer from, SnapshotMessage.Parts answer) {
    if (answer.request() == UPPERMOST_REQUEST) {
      saysWhetherItHasIt(from, !answer.parts().isEmpty());
      return;
    }
    if (!(peers.get(from) instanceof Asked.ForParts asked) || asked.request != answer.request()) {
      return;
    }
    List<Item> items = asked.items;
    peers.remove(from); // What it left out others are asked for first.
    peers.put(from, new Asked.Ready());
    int taken = 0;
    Optional<String> fault = Optional.empty();
    while (taken < Math.min(items.size(), answer.parts().size()) && fault.isEmpty()) {
      fault = take(items.get(taken), answer.parts().get(taken));
      taken += fault.isEmpty() ? 1 : 0;
    }
    items.subList(taken, items.size()).forEach(missing::push);
    tables.write();
    if (fault.isPresent()) {
      exclude(from, fault.get());
    } else if (taken == 0) {
      fails(from); // It has the snapshot no more.
    } else {
      boolean _ = failed.remove(from);
    }
  }

  private void saysWhetherItHasIt(Peer from, boolean hasIt) {
    Asked asked = peers.getOrDefault(from, new Asked.Ready());
    if (hasIt && !asked.isServing()) {
      peers.put(from, new Asked.Ready());
    } else if (asked instanceof Asked.ForUppermost) {
      rest(from);
    }
  }

  /// Takes one part.
  ///
  /// @return what is wrong with it, if something is; then nothing of it was taken
  private Optional<String> take(Item item, SnapshotMessage.Part part) {
    return switch (item) {
      case Item.Code(Hash hash) ->
          part instanceof SnapshotMessage.Code(Bytes code) && Keccak256.hash(code).equals(hash)
              ? taken(hash, code)
              : Optional.of("not the code " + hash);
      case Item.Place(TriePlace place) ->
          switch (part) {
            case SnapshotMessage.Node(Bytes encoding) -> taken(place.node(encoding));
            case SnapshotMessage.Range range ->
                place.owner() == null
                    ? takeAccounts(place, range.rows())
                    : takeSlots(place, place.owner(), range.rows());
            case SnapshotMessage.Code _ -> Optional.of("a code at " + place);
          };
    };
  }

  private Optional<String> taken(Hash hash, Bytes code) {
    tables.code(hash, code);
    return Optional.empty();
  }

  private Optional<String> taken(TriePlace.Verdict verdict) {
    return switch (verdict) {
      case TriePlace.Verdict.Refused refused -> Optional.of(refused.reason().toString());
      case TriePlace.Verdict.Holds holds -> {
        holds.nodes().forEach(tables::node);
        holds.below().reversed().forEach(below -> missing.push(new Item.Place(below)));
        yield Optional.empty();
      }
    };
  }

  private Optional<String> takeAccounts(TriePlace place, List<SnapshotMessage.Row> range) {
    List<Address> addresses = new ArrayList<>();
    List<Account> accounts = new ArrayList<>();
    List<TriePlace.Entry> entries = new ArrayList<>();
    try {
      for (SnapshotMessage.Row row : range) {
        addresses.add(new Address(row.key()));
        accounts.add(Account.decode(row.value()));
        entries.add(TriePlace.Entry.of(addresses.getLast(), accounts.getLast()));
      }
    } catch (MalformedException | IllegalArgumentException malformed) {
      return Optional.of("no account: " + malformed.getMessage());
    }
    Optional<String> fault = taken(place.range(entries));
    if (fault.isEmpty()) {
      for (int i = 0; i < accounts.size(); i++) {
        Account account = accounts.get(i);
        tables.account(addresses.get(i), account);
        if (!account.codeHash().equals(Account.EMPTY_CODE_HASH)) {
          missing.push(new Item.Code(account.codeHash()));
        }
        if (!account.storageRoot().equals(Account.EMPTY_TRIE_ROOT)) {
          missing.push(
              new Item.Place(TriePlace.ofStorage(entries.get(i).key(), account.storageRoot())));
        }
      }
      rows += accounts.size();
    }
    return fault;
  }

  private Optional<String> takeSlots(TriePlace place, Hash owner, List<SnapshotMessage.Row> range) {
    List<UInt256> slots = new ArrayList<>();
    List<UInt256> values = new ArrayList<>();
    List<TriePlace.Entry> entries = new ArrayList<>();
    for (SnapshotMessage.Row row : range) {
      if (row.key().length() != SLOT_KEY_BYTES || row.value().length() > UInt256.BYTES) {
        return Optional.of("no slot: " + row);
      }
      slots.add(UInt256.of(row.key().toArray(), 0, row.key().length()));
      values.add(UInt256.of(row.value().toArray(), 0, row.value().length()));
      entries.add(TriePlace.Entry.of(slots.getLast(), values.getLast()));
    }
    Optional<String> fault = taken(place.range(entries));
    if (fault.isEmpty()) {
      for (int i = 0; i < slots.size(); i++) {
        tables.slot(owner, slots.get(i), values.get(i));
      }
      rows += slots.size();
    }
    return fault;
  }

  /// Gives every peer something to do that has nothing to do, and ends when nothing is left.
  private void ask() {
    if (ended) {
      return;
    }
    List.copyOf(peers.keySet()).forEach(this::ask);
    if (start.isPresent()
        && missing.isEmpty()
        && peers.values().stream().noneMatch(each -> each instanceof Asked.ForParts)) {
      ended = true;
      world.done(start.get());
    }
  }

  private void ask(Peer peer) {
    Asked now = peers.getOrDefault(peer, new Asked.Resting());
    if (now instanceof Asked.Nothing) {
      isAsked(peer, new Asked.ForUppermost(++requests));
      world.send(peer, new SnapshotMessage.PartsRequest(UPPERMOST_REQUEST, height, UPPERMOST));
    } else if (now instanceof Asked.Ready && mayBring(peer)) {
      if (start.isPresent()) {
        askForParts(peer);
      } else if (askedToBegin() < BEGINNINGS_MAX) {
        long request = ++requests;
        isAsked(peer, new Asked.ForBeginning(request));
        world.send(peer, new SnapshotMessage.Request(request, height));
      }
    }
  }

  /// Whether a peer is asked for more than whether it has the snapshot: it did not fail, or there
  /// is nobody who did not.
  private boolean mayBring(Peer peer) {
    return !failed.contains(peer)
        || peers.entrySet().stream()
            .noneMatch(each -> each.getValue().isServing() && !failed.contains(each.getKey()));
  }

  private long askedToBegin() {
    return peers.values().stream()
        .filter(each ->
            each instanceof Asked.ForBeginning
                || each instanceof Asked.ForBlock
                || each instanceof Asked.ForNext)
        .count();
  }

  /// Asks for a share of what is missing: a slow peer does not hold all that others could bring.
  private void askForParts(Peer peer) {
    List<Item> items = new ArrayList<>();
    int own = 0;
    int sharing = sharing();
    while (items.size() < SnapshotMessage.ITEMS_MAX
        && items.size() <= (items.size() + missing.size()) / sharing // Rounded down.
        && !missing.isEmpty()
        && own < OWN_PARTS_MAX) {
      Item item = missing.pop();
      if (tables.resumes() && isThere(item)) {
        own++;
      } else if (!(item instanceof Item.Code(Hash hash) && tables.hasCode(hash))) {
        items.add(item);
      }
    }
    if (own == OWN_PARTS_MAX) {
      world.after(Duration.ZERO, this::ask); // Peers and timers have their turn.
    }
    if (!items.isEmpty()) {
      long request = ++requests;
      isAsked(peer, new Asked.ForParts(request, items));
      world.send(
          peer,
          new SnapshotMessage.PartsRequest(
              request, height, items.stream().map(Item::name).toList()));
    }
  }

  /// How many peers may be asked now, or were: at least the one that is.
  private int sharing() {
    long sharing =
        peers.entrySet().stream()
            .filter(each ->
                each.getValue() instanceof Asked.ForParts
                    || (each.getValue() instanceof Asked.Ready && mayBring(each.getKey())))
            .count();
    return Math.toIntExact(Math.max(1, sharing));
  }

  /// Whether an earlier attempt has left this part, whole; then what is below it is missing next.
  private boolean isThere(Item item) {
    Optional<String> fault =
        tables.part(item.name()).map(part -> take(item, part)).orElse(Optional.of("not there"));
    tables.forget(); // It is written already.
    return fault.isEmpty();
  }

  private void isAsked(Peer peer, Asked asked) {
    peers.put(peer, asked);
    world.after(
        asked.isServing() ? PATIENCE : UPPERMOST_PATIENCE,
        () -> {
          if (asked.equals(peers.get(peer))) {
            takeBack(asked);
            if (asked.isServing()) {
              fails(peer);
            } else {
              rest(peer);
            }
            ask();
          }
        });
  }

  private void takeBack(Asked asked) {
    if (asked instanceof Asked.ForParts parts) {
      parts.items.forEach(missing::push);
    }
  }

  /// The peer has the snapshot by its word and did not bring what it was asked for.
  private void fails(Peer peer) {
    boolean _ = failed.add(peer);
    rest(peer);
  }

  private void rest(Peer peer) {
    Asked resting = new Asked.Resting();
    peers.remove(peer);
    peers.put(peer, resting);
    world.after(
        REST,
        () -> {
          if (resting.equals(peers.get(peer))) {
            peers.put(peer, new Asked.Nothing());
            ask();
          }
        });
  }

  private void exclude(Peer peer, String reason) {
    peers.remove(peer);
    boolean _ = failed.remove(peer);
    if (liars.add(peer) && liars.size() > LIARS_MAX) {
      var _ = liars.removeFirst();
    }
    world.blame(peer, reason);
  }
}
