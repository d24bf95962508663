// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.util.List;

/// A generation of AMD's processors, and where the versions of its firmware stand in a TCB_VERSION.
enum SnpProduct {
  MILAN("Milan", 0x19, 0x00, 0x0f, List.of(0, 1, 6, 7)),
  GENOA("Genoa", 0x19, 0x10, 0xaf, List.of(0, 1, 6, 7)),
  TURIN("Turin", 0x1a, 0x00, 0x1f, List.of(1, 2, 3, 7, 0));

  private final String text;
  private final int family;
  private final int modelMin;
  private final int modelMax;

  @SuppressWarnings("ImmutableEnumChecker") // What List.of gives does not change.
  private final List<Integer> places;

  /// @param places where boot loader, trusted execution environment, SNP firmware, microcode and,
  ///   for those that have one, the first mutable code stand
  SnpProduct(String text, int family, int modelMin, int modelMax, List<Integer> places) {
    this.text = text;
    this.family = family;
    this.modelMin = modelMin;
    this.modelMax = modelMax;
    this.places = places;
  }

  /// The product of a name such as `Milan-B0`.
  static SnpProduct of(String name) throws RefusedException {
    for (SnpProduct product : values()) {
      if (name.equals(product.text) || name.startsWith(product.text + "-")) {
        return product;
      }
    }
    throw new RefusedException(Reason.UNSUPPORTED_PLATFORM);
  }

  String text() {
    return text;
  }

  /// The extensions of a key's certificate that name the versions, in the order of the places.
  List<String> extensions() {
    return List.of(".3.1", ".3.2", ".3.3", ".3.8", ".3.9").subList(0, places.size());
  }

  /// The version in a TCB_VERSION of part `index`.
  int version(Bytes tcb, int index) {
    return tcb.at(places.get(index)) & 0xff;
  }

  int parts() {
    return places.size();
  }

  /// Whether a processor is of this product.
  boolean covers(int family, int model) {
    return family == this.family && model >= modelMin && model <= modelMax;
  }

  /// Whether no part of `tcb` is below that of `least`.
  boolean reaches(Bytes tcb, Bytes least) {
    for (int i = 0; i < places.size(); i++) {
      if (version(tcb, i) < version(least, i)) {
        return false;
      }
    }
    return true;
  }
}
