// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The part of Prometheus's language that alert rules and dashboard of this project use, evaluated
/// over series that were scraped. What it does not know it refuses.
final class PromQl {
  private static final String NAME = "__name__";
  private static final String BUCKET_END = "le";

  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(\\d+(?:\\.\\d+)?(?:e\\d+)?|[a-zA-Z_:][a-zA-Z0-9_:]*|\"[^\"]*\"|==|!=|=~|[<>=+*/(){}\\[\\],-])");

  /// A line of the exposition format: name, labels, value.
  private static final Pattern LINE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? (\\S+)");

  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"([^\"]*)\"");

  /// A value with its labels, its name among them.
  record Sample(Map<String, String> labels, double value) {
    Sample {
      labels = Map.copyOf(labels);
    }

    private TreeMap<String, String> unnamed() {
      TreeMap<String, String> others = new TreeMap<>(labels);
      others.remove(NAME);
      return others;
    }

    private TreeMap<String, String> only(List<String> names) {
      TreeMap<String, String> some = new TreeMap<>(labels);
      some.keySet().retainAll(names);
      return some;
    }
  }

  /// All that was read from a node at one time.
  ///
  /// @param time in seconds since 1970
  record Scrape(double time, List<Sample> samples) {
    /// What a page in the exposition format says, with the label that Prometheus adds.
    static Scrape of(double time, String instance, String page) {
      List<Sample> samples = new ArrayList<>();
      for (String line : page.lines().filter(each -> !each.startsWith("#")).toList()) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
          throw new IllegalArgumentException("no sample: " + line);
        }
        Map<String, String> labels = new TreeMap<>(Map.of(NAME, parts.group(1)));
        labels.put("instance", instance);
        if (parts.group(2) != null) {
          LABEL
              .matcher(parts.group(2))
              .results()
              .forEach(label -> labels.put(label.group(1), label.group(2)));
        }
        String value = parts.group(3).replace("+Inf", "Infinity").replace("-Inf", "-Infinity");
        samples.add(new Sample(labels, Double.parseDouble(value)));
      }
      return new Scrape(time, samples);
    }
  }

  private sealed interface Value {
    record Scalar(double value) implements Value {}

    record Vector(List<Sample> samples) implements Value {}
  }

  private final List<Scrape> history;
  private final double now;
  private final List<String> tokens = new ArrayList<>();
  private int next;

  private PromQl(String expression, List<Scrape> history) {
    this.history = history;
    this.now = history.getLast().time();
    Matcher matcher = TOKEN.matcher(expression);
    int at = 0;
    while (at < expression.stripTrailing().length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw new IllegalArgumentException("not understood: " + expression.substring(at));
      }
      tokens.add(matcher.group(1));
      at = matcher.end();
    }
  }

  /// What an expression gives at the time of the last scrape: for an alert, whom it is about.
  static List<Sample> evaluate(String expression, List<Scrape> history) {
    PromQl query = new PromQl(expression, history);
    Value value = query.comparison();
    if (query.next != query.tokens.size()) {
      throw query.refusal();
    }
    return switch (value) {
      case Value.Scalar(double scalar) -> List.of(new Sample(Map.of(), scalar));
      case Value.Vector(var samples) -> samples;
    };
  }

  private IllegalArgumentException refusal() {
    return new IllegalArgumentException(
        "not understood: " + tokens.subList(next, tokens.size()) + " in " + tokens);
  }

  private boolean takes(String token) {
    boolean here = next < tokens.size() && tokens.get(next).equals(token);
    next += here ? 1 : 0;
    return here;
  }

  private void expect(String token) {
    if (!takes(token)) {
      throw refusal();
    }
  }

  private String take() {
    if (next == tokens.size()) {
      throw refusal();
    }
    return tokens.get(next++);
  }

  private Value comparison() {
    Value left = sum();
    if (takes(">")) {
      return filtered(left, sum(), (a, b) -> a > b ? 1 : 0);
    }
    if (takes("<")) {
      return filtered(left, sum(), (a, b) -> a < b ? 1 : 0);
    }
    return takes("==") ? filtered(left, sum(), (a, b) -> a == b ? 1 : 0) : left;
  }

  /// Comparisons of a vector and a number keep the samples for which they hold.
  private Value filtered(Value left, Value right, DoubleBinaryOperator holds) {
    if (!(left instanceof Value.Vector(var samples))
        || !(right instanceof Value.Scalar(double bound))) {
      throw refusal();
    }
    return new Value.Vector(
        samples.stream().filter(each -> holds.applyAsDouble(each.value(), bound) > 0).toList());
  }

  private Value sum() {
    Value value = product();
    while (true) {
      if (takes("+")) {
        value = arithmetic(value, product(), List.of(), Double::sum);
      } else if (takes("-")) {
        value = arithmetic(value, product(), List.of(), (a, b) -> a - b);
      } else {
        return value;
      }
    }
  }

  private Value product() {
    Value value = unary();
    while (true) {
      if (takes("*")) {
        List<String> on = takes("on") ? names() : List.of();
        value = arithmetic(value, unary(), on, (a, b) -> a * b);
      } else if (takes("/")) {
        List<String> on = takes("on") ? names() : List.of();
        value = arithmetic(value, unary(), on, (a, b) -> a / b);
      } else {
        return value;
      }
    }
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    expect("(");
    do {
      names.add(take());
    } while (takes(","));
    expect(")");
    return names;
  }

  /// @param on labels by which two vectors are matched; none for all but the name
  private Value arithmetic(Value left, Value right, List<String> on, DoubleBinaryOperator by) {
    return switch (left) {
      case Value.Scalar(double a) ->
          switch (right) {
            case Value.Scalar(double b) -> new Value.Scalar(by.applyAsDouble(a, b));
            case Value.Vector(var all) ->
                new Value.Vector(
                    all.stream()
                        .map(it -> new Sample(it.unnamed(), by.applyAsDouble(a, it.value())))
                        .toList());
          };
      case Value.Vector(var all) ->
          switch (right) {
            case Value.Scalar(double b) ->
                new Value.Vector(
                    all.stream()
                        .map(it -> new Sample(it.unnamed(), by.applyAsDouble(it.value(), b)))
                        .toList());
            case Value.Vector(var others) -> new Value.Vector(matched(all, others, on, by));
          };
    };
  }

  private static List<Sample> matched(
      List<Sample> left, List<Sample> right, List<String> on, DoubleBinaryOperator by) {
    Map<Map<String, String>, Sample> partners = byKey(right, on);
    List<Sample> results = new ArrayList<>();
    byKey(left, on)
        .forEach((key, sample) -> {
          Sample partner = partners.get(key);
          if (partner != null) {
            results.add(new Sample(key, by.applyAsDouble(sample.value(), partner.value())));
          }
        });
    return results;
  }

  private static Map<Map<String, String>, Sample> byKey(List<Sample> samples, List<String> on) {
    Map<Map<String, String>, Sample> byKey = new LinkedHashMap<>();
    for (Sample each : samples) {
      if (byKey.put(on.isEmpty() ? each.unnamed() : each.only(on), each) != null) {
        throw new IllegalArgumentException("two samples have the labels of " + each);
      }
    }
    return byKey;
  }

  private Value unary() {
    if (takes("(")) {
      Value inner = comparison();
      expect(")");
      return inner;
    }
    String token = take();
    return switch (token) {
      case "time" -> {
        expect("(");
        expect(")");
        yield new Value.Scalar(now);
      }
      case "sum", "max" -> aggregated(token);
      case "rate", "increase" -> grown(token.equals("rate"));
      case "histogram_quantile" -> quantile();
      default ->
          Character.isDigit(token.charAt(0))
              ? new Value.Scalar(Double.parseDouble(token))
              : new Value.Vector(selected(history.getLast(), matchers(token)));
    };
  }

  private Value aggregated(String how) {
    expect("by");
    List<String> by = names();
    expect("(");
    if (!(comparison() instanceof Value.Vector(var samples))) {
      throw refusal();
    }
    expect(")");
    Map<Map<String, String>, Double> groups = new LinkedHashMap<>();
    for (Sample each : samples) {
      groups.merge(each.only(by), each.value(), how.equals("sum") ? Double::sum : Math::max);
    }
    List<Sample> results = new ArrayList<>();
    groups.forEach((labels, value) -> results.add(new Sample(labels, value)));
    return new Value.Vector(results);
  }

  /// What a label must be, or match.
  private record Wanted(String label, boolean isPattern, String text) {
    boolean fits(Sample sample) {
      String value = sample.labels().getOrDefault(label, "");
      return isPattern ? value.matches(text) : value.equals(text);
    }
  }

  private List<Wanted> matchers(String name) {
    List<Wanted> wanted = new ArrayList<>(List.of(new Wanted(NAME, false, name)));
    if (takes("{")) {
      do {
        String label = take();
        boolean isPattern = takes("=~");
        if (!isPattern) {
          expect("=");
        }
        String quoted = take();
        wanted.add(new Wanted(label, isPattern, quoted.substring(1, quoted.length() - 1)));
      } while (takes(","));
      expect("}");
    }
    return wanted;
  }

  private static List<Sample> selected(Scrape scrape, List<Wanted> wanted) {
    return scrape.samples().stream()
        .filter(sample -> wanted.stream().allMatch(each -> each.fits(sample)))
        .toList();
  }

  /// How much counters grew in a time, from the first scrape in it to the last; Prometheus also
  /// guesses what they grew at its edges. A counter that fell began again from 0.
  private Value grown(boolean perSecond) {
    expect("(");
    List<Wanted> wanted = matchers(take());
    expect("[");
    double length = Double.parseDouble(take()) * unitSeconds(take());
    expect("]");
    expect(")");
    List<Scrape> window = history.stream().filter(each -> each.time() >= now - length).toList();
    Map<Map<String, String>, List<double[]>> series = new LinkedHashMap<>();
    for (Scrape scrape : window) {
      for (Sample each : selected(scrape, wanted)) {
        series
            .computeIfAbsent(each.labels(), _ -> new ArrayList<>())
            .add(new double[] {scrape.time(), each.value()});
      }
    }
    List<Sample> results = new ArrayList<>();
    series.forEach((labels, points) -> {
      if (points.size() > 1) {
        double grown = 0;
        for (int i = 1; i < points.size(); i++) {
          double before = points.get(i - 1)[1];
          double after = points.get(i)[1];
          grown += after < before ? after : after - before;
        }
        double seconds = points.getLast()[0] - points.getFirst()[0];
        results.add(
            new Sample(new Sample(labels, 0).unnamed(), perSecond ? grown / seconds : grown));
      }
    });
    return new Value.Vector(results);
  }

  private double unitSeconds(String unit) {
    return switch (unit) {
      case "s" -> 1;
      case "m" -> 60;
      case "h" -> 3_600;
      default -> throw refusal();
    };
  }

  /// By the buckets of a histogram, even within a bucket.
  private Value quantile() {
    expect("(");
    if (!(comparison() instanceof Value.Scalar(double part))) {
      throw refusal();
    }
    expect(",");
    if (!(comparison() instanceof Value.Vector(var buckets))) {
      throw refusal();
    }
    expect(")");
    Map<Map<String, String>, TreeMap<Double, Double>> histograms = new LinkedHashMap<>();
    for (Sample each : buckets) {
      TreeMap<String, String> others = each.unnamed();
      String end = others.remove(BUCKET_END);
      if (end != null) {
        histograms
            .computeIfAbsent(others, _ -> new TreeMap<>())
            .put(Double.parseDouble(end.replace("+Inf", "Infinity")), each.value());
      }
    }
    List<Sample> results = new ArrayList<>();
    histograms.forEach((labels, ends) -> results.add(new Sample(labels, quantile(part, ends))));
    return new Value.Vector(results);
  }

  private static double quantile(double part, NavigableMap<Double, Double> counts) {
    double rank = part * counts.lastEntry().getValue();
    double start = 0;
    double below = 0;
    for (Map.Entry<Double, Double> bucket : counts.entrySet()) {
      if (bucket.getValue() >= rank && bucket.getValue() > 0) {
        return bucket.getKey().isInfinite()
            ? start
            : start + (bucket.getKey() - start) * (rank - below) / (bucket.getValue() - below);
      }
      start = bucket.getKey();
      below = bucket.getValue();
    }
    return Double.NaN;
  }
}
