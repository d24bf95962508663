// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Random values of the Ethereum half of the model, drawn from a {@link Seed}. Well-formed, not
/// necessarily valid: edges come as often as the middle.
public final class EthereumValues {
  private final Seed seed;

  /// Values drawn from `seed`.
  public EthereumValues(Seed seed) {
    this.seed = seed;
  }

  /// Any 32 bytes, zeros included.
  public Hash hash() {
    return seed.chance(1, 8) ? Hash.ZERO : Hash.of(seed.bytes(Hash.BYTES));
  }

  /// Any address, zeros included.
  public Address address() {
    return seed.chance(1, 8) ? Address.ZERO : new Address(bytes(Address.BYTES));
  }

  /// `length` bytes, or fewer that begin with zeros.
  public Bytes bytes(int length) {
    byte[] bytes = seed.bytes(length);
    int zeros = seed.chance(1, 4) ? seed.below(length + 1) : 0;
    for (int i = 0; i < zeros; i++) {
      bytes[i] = 0;
    }
    return Bytes.wrap(bytes);
  }

  /// A byte string of at most `max` bytes; the lengths around which encodings change come often.
  public Bytes string(int max) {
    int edge = seed.pick(0, 1, 55, 56, 255, 256);
    return bytes(seed.chance(1, 2) && edge <= max ? edge : seed.between(0, max));
  }

  /// A number below 2^256 whose count of bits is even.
  public UInt256 uint256() {
    return switch (seed.below(8)) {
      case 0 -> UInt256.ZERO;
      case 1 -> UInt256.MAX;
      case 2 -> UInt256.unsigned(seed.nextLong());
      case 3 -> UInt256.of(seed.magnitude());
      default -> UInt256.of(seed.bytes(UInt256.BYTES), 0, seed.between(0, UInt256.BYTES));
    };
  }

  /// A number of wei.
  public Amount amount() {
    return new Amount(uint256());
  }

  /// Numbers where a signature stands; rarely a usable one.
  public TransactionSignature signature() {
    return new TransactionSignature(uint256(), uint256(), seed.below(2));
  }

  /// At most `max` elements.
  public <T> List<T> list(int max, Supplier<T> element) {
    List<T> list = new ArrayList<>();
    int size = seed.between(0, max);
    for (int i = 0; i < size; i++) {
      list.add(element.get());
    }
    return list;
  }

  /// An entry of an access list.
  public AccessListEntry accessListEntry() {
    return new AccessListEntry(address(), list(3, this::hash));
  }

  /// An authorization, signed by nobody.
  public Authorization authorization() {
    return new Authorization(
        uint256(),
        address(),
        seed.nextLong(),
        new TransactionSignature(
            uint256(), uint256(), seed.between(0, TransactionSignature.Y_PARITY_MAX)));
  }

  /// A transaction of any type without its signature.
  public UnsignedTransaction unsigned() {
    return unsigned(seed.pick(TransactionType.values()));
  }

  /// A transaction of this type without its signature.
  public UnsignedTransaction unsigned(TransactionType type) {
    long nonce = seed.chance(1, 8) ? seed.nextLong() : seed.magnitude();
    long gasLimit = seed.chance(1, 8) ? seed.nextLong() : seed.magnitude();
    Optional<Address> recipient = seed.chance(1, 4) ? Optional.empty() : Optional.of(address());
    return switch (type) {
      case LEGACY ->
          new LegacyTransaction.Unsigned(
              seed.chance(1, 4)
                  ? Optional.empty()
                  : Optional.of(uint256().min(LegacyTransaction.CHAIN_ID_MAX)),
              nonce,
              amount(),
              gasLimit,
              recipient,
              amount(),
              string(300));
      case ACCESS_LIST ->
          new AccessListTransaction.Unsigned(
              uint256(),
              nonce,
              amount(),
              gasLimit,
              recipient,
              amount(),
              string(300),
              list(3, this::accessListEntry));
      case DYNAMIC_FEE ->
          new DynamicFeeTransaction.Unsigned(
              uint256(),
              nonce,
              amount(),
              amount(),
              gasLimit,
              recipient,
              amount(),
              string(300),
              list(3, this::accessListEntry));
      case SET_CODE ->
          new SetCodeTransaction.Unsigned(
              uint256(),
              nonce,
              amount(),
              amount(),
              gasLimit,
              address(),
              amount(),
              string(300),
              list(3, this::accessListEntry),
              list(3, this::authorization));
    };
  }

  /// A transaction of any type.
  public Transaction transaction() {
    return unsigned().signedWith(signature());
  }

  /// A log.
  public Log log() {
    return new Log(address(), list(Log.TOPICS_MAX, this::hash), string(300));
  }

  /// A receipt.
  public Receipt receipt() {
    return Receipt.of(
        seed.pick(TransactionType.values()),
        seed.pick(Receipt.Outcome.values()),
        seed.magnitude(),
        list(3, this::log));
  }

  /// A header of any fork.
  public BlockHeader header() {
    return new BlockHeader(
        hash(),
        address(),
        hash(),
        hash(),
        hash(),
        Bloom.of(list(2, this::log)),
        seed.magnitude(),
        seed.magnitude(),
        seed.magnitude(),
        seed.magnitude(),
        string(BlockHeader.EXTRA_DATA_BYTES_MAX),
        hash(),
        amount(),
        hash(),
        seed.magnitude(),
        seed.magnitude(),
        hash(),
        seed.chance(1, 4) ? Optional.empty() : Optional.of(hash()));
  }

  /// A block of a few transactions that its header's roots know nothing of.
  public Block block() {
    return new Block(header(), list(4, this::transaction));
  }
}
