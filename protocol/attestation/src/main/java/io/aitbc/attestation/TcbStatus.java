// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

/// How a vendor rates a platform's firmware, in Intel's words; other vendors' evidence has none.
public enum TcbStatus {
  /// Nothing known against it.
  UP_TO_DATE(0, "UpToDate"),
  /// Software must work around a weakness.
  SW_HARDENING_NEEDED(1, "SWHardeningNeeded"),
  /// The owner may have left a weakness open.
  CONFIGURATION_NEEDED(2, "ConfigurationNeeded"),
  /// Both.
  CONFIGURATION_AND_SW_HARDENING_NEEDED(3, "ConfigurationAndSWHardeningNeeded"),
  /// Firmware with known weaknesses.
  OUT_OF_DATE(4, "OutOfDate"),
  /// The same, and the configuration may be weak.
  OUT_OF_DATE_CONFIGURATION_NEEDED(5, "OutOfDateConfigurationNeeded"),
  /// Keys of this level are lost.
  REVOKED(6, "Revoked");

  private final int code;
  private final String text;

  TcbStatus(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /// The number of its bit in a policy.
  int code() {
    return code;
  }

  /// The vendor's word.
  public String text() {
    return text;
  }

  static TcbStatus of(String text) throws RefusedException {
    for (TcbStatus status : values()) {
      if (status.text.equals(text)) {
        return status;
      }
    }
    throw RefusedException.malformed();
  }

  /// What the platform's status becomes beside that of its quoting enclave or TDX module.
  TcbStatus with(TcbStatus part) {
    if (this == REVOKED || part == REVOKED) {
      return REVOKED;
    }
    boolean outOfDate = part == OUT_OF_DATE || part == OUT_OF_DATE_CONFIGURATION_NEEDED;
    if (!outOfDate) {
      return this;
    }
    return switch (this) {
      case UP_TO_DATE, SW_HARDENING_NEEDED, OUT_OF_DATE -> OUT_OF_DATE;
      case CONFIGURATION_NEEDED,
          CONFIGURATION_AND_SW_HARDENING_NEEDED,
          OUT_OF_DATE_CONFIGURATION_NEEDED ->
          OUT_OF_DATE_CONFIGURATION_NEEDED;
      case REVOKED -> REVOKED;
    };
  }
}
