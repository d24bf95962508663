// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Code ready to run, by its hash: the codes used last, up to a sum of their lengths. What it holds
/// never changes a result. Belongs to one thread.
public final class CodeCache {
  /// Bytes of code that a node keeps: some 5,000 contracts of ordinary size.
  public static final long CODE_BYTES_DEFAULT = 64L << 20;

  /// What an entry costs beside its code, in bytes, so that a bound on bytes bounds small ones too.
  private static final long ENTRY_BYTES = 256;

  private final long bytesMax;
  private final Map<Hash, Code> codes = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  /// An empty cache.
  ///
  /// @param bytesMax sum of the lengths kept, and {@value #ENTRY_BYTES} for each
  public CodeCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// The code with this hash, if it is here.
  @Nullable Code find(Hash hash) {
    return codes.get(hash);
  }

  /// Keeps the code with this hash, and forgets those used longest ago.
  Code keep(Hash hash, Bytes content) {
    Code code = Code.of(content);
    if (codes.put(hash, code) == null) {
      bytes += code.length() + ENTRY_BYTES;
    }
    Iterator<Code> oldest = codes.values().iterator();
    while (bytes > bytesMax && codes.size() > 1) {
      bytes -= oldest.next().length() + ENTRY_BYTES;
      oldest.remove();
    }
    return code;
  }
}
