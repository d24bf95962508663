// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.List;

/// What a contract wrote for those who watch. Protocol §11.5.
///
/// @param address the contract
/// @param topics 0 to 4 words to search for
/// @param data the rest
public record Log(Address address, List<Hash> topics, Bytes data) {
  /// Greatest number of topics: the instruction LOG4 has the most.
  public static final int TOPICS_MAX = 4;

  /// @throws IllegalArgumentException if there are more than four topics
  public Log {
    topics = List.copyOf(topics);
    if (topics.size() > TOPICS_MAX) {
      throw new IllegalArgumentException("more than four topics: " + topics.size());
    }
  }

  /// Appends the canonical encoding: the list of address, topics and data.
  public void write(RlpWriter writer) {
    writer.begin().address(address).list(topics, RlpWriter::hash).string(data).end();
  }

  /// Reads what {@link #write} wrote.
  public static Log read(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Address address = fields.address();
    List<Hash> topics = fields.list(TOPICS_MAX, RlpReader::hash);
    Bytes data = fields.string();
    fields.finish();
    return new Log(address, topics, data);
  }
}
