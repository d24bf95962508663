// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.model.ConsensusParameters;
import java.util.List;

/// Everything that a run is drawn from, itself drawn from the seed.
///
/// @param seed the seed
/// @param profile which kind of run
/// @param signing the signature scheme
/// @param realExecution whether the real rooms execute, not the ledger
/// @param members the validators of genesis
/// @param followers nodes without a key
/// @param parameters of consensus
/// @param weather of the network
/// @param wear of machines
/// @param workload of users
/// @param ties how events of one moment follow each other
/// @param stepsMax steps after which the faults end at the latest
/// @param faultyMicros time after which the faults end at the latest
/// @param faults what goes wrong, by time
record Options(
    long seed,
    Profile profile,
    Signing.Kind signing,
    boolean realExecution,
    List<Member> members,
    int followers,
    ConsensusParameters parameters,
    Weather weather,
    Wear wear,
    Workload workload,
    Timeline.Ties ties,
    long stepsMax,
    long faultyMicros,
    List<Fault> faults) {
  /// How many nodes run: twins count twice.
  int nodes() {
    int twins = (int) members.stream().filter(m -> m.vices().contains(Vice.TWIN)).count();
    return members.size() + twins + followers;
  }

  /// The same run with other faults.
  Options withFaults(List<Fault> others) {
    return new Options(
        seed,
        profile,
        signing,
        realExecution,
        members,
        followers,
        parameters,
        weather,
        wear,
        workload,
        ties,
        stepsMax,
        faultyMicros,
        others);
  }

  /// The same run with another network.
  Options withWeather(Weather other) {
    return new Options(
        seed,
        profile,
        signing,
        realExecution,
        members,
        followers,
        parameters,
        other,
        wear,
        workload,
        ties,
        stepsMax,
        faultyMicros,
        faults);
  }

  /// The same run with other validators; faults of nodes that are gone are dropped.
  Options withMembers(List<Member> others, int otherFollowers) {
    Options changed =
        new Options(
            seed,
            profile,
            signing,
            realExecution,
            others,
            otherFollowers,
            parameters,
            weather,
            wear,
            workload,
            ties,
            stepsMax,
            faultyMicros,
            faults);
    int nodes = changed.nodes();
    return changed.withFaults(
        faults.stream().filter(fault -> Faults.nodeOf(fault) < nodes).toList());
  }

  /// The same run with an earlier end of its faults.
  Options endingBy(long micros) {
    return new Options(
        seed,
        profile,
        signing,
        realExecution,
        members,
        followers,
        parameters,
        weather,
        wear,
        workload,
        ties,
        stepsMax,
        micros,
        faults.stream().filter(fault -> fault.atMicros() < micros).toList());
  }

  /// Lines that show all of it.
  List<String> lines() {
    List<String> lines = new java.util.ArrayList<>();
    lines.add(
        "profile %s, %s, %s, events of one moment %s"
            .formatted(profile, signing, realExecution ? "the real rooms" : "a ledger", ties));
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      lines.add(
          "validator %d: %s, stake %d%s"
              .formatted(
                  i,
                  member.validatorClass(),
                  member.stake(),
                  member.isHonest() ? "" : ", Byzantine: " + member.vices()));
    }
    lines.add("followers " + followers);
    lines.add(parameters.toString());
    lines.add(weather.toString());
    lines.add(wear.toString());
    lines.add(workload.toString());
    lines.add("faults end after %d steps or %d ms".formatted(stepsMax, faultyMicros / 1_000));
    faults.forEach(fault -> lines.add(fault.toString()));
    return lines;
  }
}
