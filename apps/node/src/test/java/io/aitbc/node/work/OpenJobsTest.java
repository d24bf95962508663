// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Bytes;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.UInt256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a service remembers of jobs and disputes while nodes know less than it saw.
class OpenJobsTest { // Protocol §17.13, §17.14
  @TempDir Path folder;

  private final Counted chain = new Counted();

  private Path file() {
    return folder.resolve("position");
  }

  @Test
  void whatANodeThatIsBehindDoesNotKnowIsNotForgotten() throws Exception {
    chain.count = 3;
    OpenJobs open = new OpenJobs(chain, file());
    assertEquals(Set.of(1L, 2L, 3L), open.jobs().keySet());
    assertEquals(Set.of(1L, 2L, 3L), open.disputes().keySet());
    open.keep();
    String kept = Files.readString(file());
    chain.count = 2;
    IOException _ = assertThrows(IOException.class, open::jobs);
    IOException _ = assertThrows(IOException.class, open::disputes);
    open.keep();
    assertEquals(kept, Files.readString(file()));
    chain.count = 3;
    assertEquals(Set.of(1L, 2L, 3L), open.jobs().keySet());
    assertEquals(Set.of(1L, 2L, 3L), open.disputes().keySet());
  }

  @Test
  void aCountOfOneNodeAndADisputeOfAnotherThatIsBehindForgetNothing() throws Exception {
    chain.count = 3;
    chain.known = 2;
    OpenJobs open = new OpenJobs(chain, file());
    IOException _ = assertThrows(IOException.class, open::disputes);
    IOException _ = assertThrows(IOException.class, open::jobs);
    open.keep();
    chain.known = 3;
    assertEquals(Set.of(1L, 2L, 3L), open.disputes().keySet());
    assertEquals(Set.of(1L, 2L, 3L), new OpenJobs(chain, file()).disputes().keySet());
  }

  @Test
  void aServiceThatStartsAgainBesideANodeThatIsBehindWaits() throws Exception {
    Path _ = Files.writeString(file(), "2 2");
    chain.count = 1;
    OpenJobs open = new OpenJobs(chain, file());
    IOException _ = assertThrows(IOException.class, open::disputes);
    chain.count = 4;
    assertEquals(Set.of(3L, 4L), open.disputes().keySet());
  }

  @Test // After a power cut; nothing of it is needed.
  void withADamagedFileAllAreLookedAtAgain() throws Exception {
    for (String damaged : List.of("", "1", "1 x", "1 2 3", "\0\0\0", "1 9999999999999999999")) {
      Path _ = Files.writeString(file(), damaged);
      chain.count = 2;
      OpenJobs open = new OpenJobs(chain, file());
      assertEquals(Set.of(1L, 2L), open.jobs().keySet(), damaged);
      assertEquals(Set.of(1L, 2L), open.disputes().keySet());
      open.keep();
      assertEquals("0 0", Files.readString(file()));
    }
  }

  /// As many jobs and disputes as it counts, all of them open.
  static final class Counted extends EmptyChain {
    private static final int WORDS = 32;

    long count;
    long known = Long.MAX_VALUE;

    @Override
    public <T> Optional<T> read(ContractRead<T> read) {
      if (read.input().equals(WorkRead.jobCount().input())
          || read.input().equals(WorkRead.disputeCount().input())) {
        return read.answer(Bytes.wrap(UInt256.of(count).toArray()));
      }
      byte[] words = new byte[WORDS * UInt256.BYTES];
      long number = UInt256.of(read.input().toArray(), 4, UInt256.BYTES).toLongExact();
      if (number <= Math.min(count, known)) {
        for (int word = 1; word <= WORDS; word++) {
          words[word * UInt256.BYTES - 1] = 1;
        }
      }
      return read.answer(Bytes.wrap(words));
    }
  }
}
