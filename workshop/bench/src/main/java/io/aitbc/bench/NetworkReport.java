// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// What a network did under a load, in the seconds that were measured.
///
/// @param run what was asked for
/// @param ceilingPerSecond transfers a second that this machine's cores could decode, recover,
///   execute and store on one thread each, shared by the nodes
/// @param offeredPerSecond transfers a second that were handed to nodes
/// @param committedPerSecond transfers a second in final blocks
/// @param finalMillis from handing a transfer to a node to seeing it in a final block of the first
///   node, ascending
/// @param blockMillis mean time between blocks
/// @param nodes what each node used
record NetworkReport(
    NetworkRun run,
    double ceilingPerSecond,
    double offeredPerSecond,
    double committedPerSecond,
    List<Double> finalMillis,
    double blockMillis,
    List<Node> nodes) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double NANOS = 1e9;

  /// What a node used in the seconds that were measured.
  ///
  /// @param processors mean of processors in use
  /// @param bytesPerSecond frames read and written
  /// @param residentBytes memory at the end
  record Node(double processors, double bytesPerSecond, long residentBytes) {}

  /// @param offered transfers in the measured seconds
  /// @param from when these began, by {@link System#nanoTime}
  /// @param to when they ended
  static NetworkReport of(
      NetworkRun run,
      double ceiling,
      int offered,
      FinalityWatch watch,
      long from,
      long to,
      List<NodeUse> before,
      List<NodeUse> after) {
    double seconds = (to - from) / NANOS;
    List<FinalityWatch.Seen> seen =
        watch.seen().stream()
            .filter(each -> each.finalNanos() >= from && each.finalNanos() < to)
            .toList();
    List<Double> millis = new ArrayList<>(seen.stream().map(FinalityWatch.Seen::millis).toList());
    Collections.sort(millis);
    long blocks = watch.blocks().stream().filter(at -> at >= from && at < to).count();
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      nodes.add(
          new Node(
              after.get(i).cpu().minus(before.get(i).cpu()).toNanos() / NANOS / seconds,
              (after.get(i).bytes() - before.get(i).bytes()) / seconds,
              after.get(i).residentBytes()));
    }
    return new NetworkReport(
        run,
        ceiling,
        offered / seconds,
        seen.size() / seconds,
        millis,
        1_000 * seconds / Math.max(1, blocks),
        nodes);
  }

  /// What was committed, as a share of the ceiling.
  double ratio() {
    return committedPerSecond / ceilingPerSecond;
  }

  /// The time within which `percent` of the transfers were final.
  double percentile(int percent) {
    return finalMillis.isEmpty()
        ? Double.NaN
        : finalMillis.get(Math.min(finalMillis.size() - 1, finalMillis.size() * percent / 100));
  }

  /// Prints a line for each figure.
  void print(PrintWriter out) {
    out.println(
        ("%d validators in %s, rounds of %d ms at most, %d ms between two, %d s of load after"
                + " %d s to warm up%s")
            .formatted(
                run.validators(),
                run.mode(),
                run.roundTimerMillisMax(),
                run.latency().toMillis(),
                run.seconds(),
                run.warmSeconds(),
                run.warmRate() == run.rate() ? "" : " with %d a second".formatted(run.warmRate())));
    line(out, "ceiling of this machine", ceilingPerSecond, "transfers/s, of one core a node");
    line(out, "offered", offeredPerSecond, "transfers/s");
    line(out, "committed", committedPerSecond, "transfers/s");
    out.println(String.format(Locale.ROOT, "%-26s %10.2f", "committed / ceiling", ratio()));
    for (int percent : new int[] {50, 95, 99}) {
      line(out, "submit to final, p" + percent, percentile(percent), "ms");
    }
    line(out, "between blocks", blockMillis, "ms");
    for (int i = 0; i < nodes.size(); i++) {
      out.println(
          String.format(
              Locale.ROOT,
              "node%-2d %5.2f processors, %8.0f bytes/s, %4d MiB resident",
              i + 1,
              nodes.get(i).processors(),
              nodes.get(i).bytesPerSecond(),
              nodes.get(i).residentBytes() >> 20));
    }
    out.flush();
  }

  private static void line(PrintWriter out, String name, double value, String unit) {
    out.println(String.format(Locale.ROOT, "%-26s %10.0f %s", name, value, unit));
  }

  /// The same for scripts.
  ObjectNode json() {
    ObjectNode root =
        JSON.createObjectNode()
            .put("committedPerSecond", committedPerSecond)
            .put("offeredPerSecond", offeredPerSecond)
            .put("ceilingPerSecond", ceilingPerSecond)
            .put("ratio", ratio())
            .put("blockMillis", blockMillis);
    root.putObject("submitToFinalMillis")
        .put("p50", percentile(50))
        .put("p95", percentile(95))
        .put("p99", percentile(99));
    root.putObject("options")
        .put("validators", run.validators())
        .put("perProcess", run.perProcess())
        .put("seconds", run.seconds())
        .put("warmSeconds", run.warmSeconds())
        .put("warmRate", run.warmRate())
        .put("rate", run.rate() == 0 ? "max" : Integer.toString(run.rate()))
        .put("mode", run.mode().name())
        .put("roundTimerMillisMax", run.roundTimerMillisMax())
        .put("latencyMillis", run.latency().toMillis());
    root.set("machine", Machine.json());
    root.put("commit", commit());
    ArrayNode list = root.putArray("nodes");
    nodes.forEach(each ->
        list.addObject()
            .put("processors", each.processors())
            .put("bytesPerSecond", each.bytesPerSecond())
            .put("residentBytes", each.residentBytes()));
    return root;
  }

  /// Of the checkout that this runs in; the empty string outside of one.
  private static String commit() {
    try {
      Process git =
          new ProcessBuilder("git", "rev-parse", "HEAD")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return new String(git.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    } catch (IOException none) {
      return "";
    }
  }
}
