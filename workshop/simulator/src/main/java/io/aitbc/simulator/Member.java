// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.model.ValidatorClass;
import java.util.List;

/// A validator of a run.
///
/// @param validatorClass its class
/// @param stake units of stake; 0 for an authority that is no staker
/// @param vices how it misbehaves; none for an honest one
record Member(ValidatorClass validatorClass, long stake, List<Vice> vices) {
  boolean isHonest() {
    return vices.isEmpty();
  }

  Member with(List<Vice> others) {
    return new Member(validatorClass, stake, others);
  }
}
