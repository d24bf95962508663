// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Intel's list of firmware levels of one family of platforms ("TCB info"), versions 2 and 3.
/// Protocol §18.4.
///
/// @param id SGX or TDX
/// @param issueDate first second in which it counts
/// @param nextUpdate last second in which it counts
/// @param family the FMSPC, 6 bytes
/// @param pceId 2 bytes
/// @param evaluation Intel's counter of re-ratings ("tcbEvaluationDataNumber")
/// @param modules the TDX modules that are rated by themselves
/// @param levels the best first
record TcbInfo(
    String id,
    long issueDate,
    long nextUpdate,
    Bytes family,
    Bytes pceId,
    int evaluation,
    List<Module> modules,
    List<Level> levels) {
  private static final int COMPONENTS = 16;

  /// A level.
  ///
  /// @param sgx least security versions of the 16 components
  /// @param pce least version of the provisioning enclave
  /// @param tdx least versions of the TDX components, for TDX
  /// @param date of the level, in seconds
  /// @param advisories what is known against it
  record Level(
      Bytes sgx,
      int pce,
      Optional<Bytes> tdx,
      TcbStatus status,
      long date,
      List<String> advisories) {
    Level {
      advisories = List.copyOf(advisories);
    }
  }

  /// A TDX module, which is rated by one security version.
  ///
  /// @param id as `TDX_03`
  /// @param signer 48 bytes
  /// @param attributes 8 bytes, compared under their mask
  /// @param versions the best first
  record Module(String id, Bytes signer, Masked attributes, List<VersionLevel> versions) {
    Module {
      versions = List.copyOf(versions);
    }
  }

  /// A value of which only some bits count.
  record Masked(Bytes value, Bytes mask) {
    /// Whether `given`, of the same length, has the bits that count.
    boolean fits(Bytes given) {
      for (int i = 0; i < mask.length(); i++) {
        if (((given.at(i) ^ value.at(i)) & mask.at(i)) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /// A level of something with one security version.
  record VersionLevel(int version, TcbStatus status, long date, List<String> advisories) {
    VersionLevel {
      advisories = List.copyOf(advisories);
    }
  }

  TcbInfo {
    modules = List.copyOf(modules);
    levels = List.copyOf(levels);
  }

  static TcbInfo parse(String text) throws RefusedException {
    JsonObject json = JsonObject.parse(text);
    int version = json.number("version");
    RefusedException.unless(version == 2 || version == 3, Reason.UNSUPPORTED_VERSION);
    String id = version == 2 && !json.has("id") ? "SGX" : json.text("id");
    List<Module> modules = new ArrayList<>();
    if (json.has("tdxModuleIdentities")) {
      for (JsonObject module : json.objects("tdxModuleIdentities")) {
        modules.add(
            new Module(
                module.text("id"),
                module.hex("mrsigner", 48),
                new Masked(module.hex("attributes", 8), module.hex("attributesMask", 8)),
                versions(module)));
      }
    }
    List<Level> levels = new ArrayList<>();
    for (JsonObject level : json.objects("tcbLevels")) {
      JsonObject tcb = level.object("tcb");
      levels.add(
          new Level(
              version == 2 ? flat(tcb) : components(tcb, "sgxtcbcomponents"),
              tcb.number("pcesvn"),
              tcb.has("tdxtcbcomponents")
                  ? Optional.of(components(tcb, "tdxtcbcomponents"))
                  : Optional.empty(),
              TcbStatus.of(level.text("tcbStatus")),
              level.seconds("tcbDate"),
              level.texts("advisoryIDs")));
    }
    return new TcbInfo(
        id,
        json.seconds("issueDate"),
        json.seconds("nextUpdate"),
        json.hex("fmspc", 6),
        json.hex("pceId", 2),
        json.number("tcbEvaluationDataNumber"),
        modules,
        levels);
  }

  /// The levels of something with one security version.
  static List<VersionLevel> versions(JsonObject json) throws RefusedException {
    List<VersionLevel> versions = new ArrayList<>();
    for (JsonObject level : json.objects("tcbLevels")) {
      versions.add(
          new VersionLevel(
              level.object("tcb").number("isvsvn"),
              TcbStatus.of(level.text("tcbStatus")),
              level.seconds("tcbDate"),
              level.texts("advisoryIDs")));
    }
    return versions;
  }

  private static Bytes flat(JsonObject tcb) throws RefusedException {
    byte[] versions = new byte[COMPONENTS];
    for (int i = 0; i < COMPONENTS; i++) {
      int number = i + 1;
      versions[i] = octet(tcb.number("sgxtcbcomp" + (number < 10 ? "0" : "") + number + "svn"));
    }
    return Bytes.wrap(versions);
  }

  private static Bytes components(JsonObject tcb, String name) throws RefusedException {
    List<JsonObject> list = tcb.objects(name);
    RefusedException.unless(list.size() == COMPONENTS, Reason.MALFORMED);
    byte[] versions = new byte[COMPONENTS];
    for (int i = 0; i < COMPONENTS; i++) {
      versions[i] = octet(list.get(i).number("svn"));
    }
    return Bytes.wrap(versions);
  }

  private static byte octet(int value) throws RefusedException {
    RefusedException.unless(value <= 255, Reason.MALFORMED);
    return (byte) value;
  }
}
