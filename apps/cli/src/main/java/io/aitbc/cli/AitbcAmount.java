// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.model.Amount;
import java.math.BigDecimal;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Amounts as people write them: AITBC with up to 18 digits behind the point.
final class AitbcAmount implements ITypeConverter<Amount> {
  private static final int DECIMALS = 18;

  @Override
  public Amount convert(String text) {
    try {
      return Amount.wei(new BigDecimal(text).movePointRight(DECIMALS).toBigIntegerExact());
    } catch (ArithmeticException | IllegalArgumentException wrong) {
      throw new TypeConversionException(
          "\"" + text + "\" is no amount of AITBC: digits, a point, up to 18 digits behind it");
    }
  }

  /// `amount` in AITBC, exactly.
  static String text(Amount amount) {
    return new BigDecimal(amount.wei().toBigInteger(), DECIMALS)
        .stripTrailingZeros()
        .toPlainString();
  }
}
