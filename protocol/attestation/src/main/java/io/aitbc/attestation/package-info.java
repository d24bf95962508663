// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Evidence of trusted hardware, judged against given collateral at a given time: Intel SGX and
/// TDX, AMD SEV-SNP, Arm PSA tokens and CCA, NVIDIA GPU reports. Pure: no clock, no network, no
/// state. Protocol §18.
@NullMarked
@CheckReturnValue
package io.aitbc.attestation;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
