// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// What one node keeps on disk: final blocks and the state in RocksDB, one atomic and durable write
/// for each block, and the write-ahead log of consensus. Protocol §8.3, §13.4.
@NullMarked
@CheckReturnValue
package io.aitbc.storage;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
