// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Encodable;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.testkit.DecoderTorture;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §8.3: what the log gives back is what was given to it.
class LogRecordTest {
  private final Script script = Script.fast();
  private final ProposalContent content = script.content(0, Cluster.transaction(1));
  private final PrepareCertificate prepared =
      script.certificate(script.prepare(0, content), 1, 2, 3);
  private final Proposal again = script.again(1, content, prepared);
  private final List<Bytes> transactions = List.of(Cluster.transaction(1));

  private List<LogRecord> records() {
    return List.of(
        new LogRecord.OwnProposal(again, transactions),
        new LogRecord.Lock(again, transactions, prepared, Cluster.blockOf(content.id())),
        new LogRecord.Lock(
            again,
            transactions,
            script.certificate(script.commit(1, content), 1, 2, 3),
            Cluster.blockOf(content.id())),
        new LogRecord.Allowance(new Height(7), content.id()));
  }

  @Test
  void everyRecordComesBackAsItWas() throws Exception {
    for (LogRecord logged : records()) {
      assertEquals(logged, Encodable.decode(logged.encoded(), LogRecord::readFrom));
    }
  }

  @Test
  void otherBytesAreRefusedWithoutHarm() {
    new DecoderTorture(
            bytes -> Encodable.decode(Bytes.of(bytes), LogRecord::readFrom),
            failure -> failure instanceof MalformedException)
        .run(1, 300, records().stream().map(logged -> logged.encoded().toArray()).toList());
  }
}
