// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Height;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Everything a {@link Consensus} object holds, as text: two objects with one text answer all
/// further inputs alike. Read by reflection, so that a new field is a part of it at once.
///
/// Left out, because it only says how the object got there: who brought or holds something, how
/// many checks and timers there were, and which of several quorums made a certificate. The order of
/// maps and sets is left out too.
final class StateText {
  /// Fields that are no part of the text, by class.
  private static final Map<Class<?>, List<String>> LEFT_OUT =
      Map.of(
          Outbox.class, List.of("nextVerification"),
          RoundTally.class, List.of("brought", "voters", "said", "decisive", "genesisHash"),
          Contents.Entry.class, List.of("holders", "holdersAsked", "proposal"),
          ContentSupply.class, List.of("holders"),
          HeightMachine.class, List.of("clock", "roundChanges", "search", "answered"),
          Proposals.class, List.of("convicted"),
          SignatureCollector.class,
              List.of("sum", "news", "around", "pending", "pendingWeight", "brought", "broughtBy"),
          Surroundings.class, List.of("scheme", "forgers", "silentHolders", "turns"));

  private static final Map<Class<?>, List<Field>> FIELDS =
      new TreeMap<>((a, b) -> a.getName().compareTo(b.getName()));

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private StateText() {}

  static String of(Consensus consensus) {
    StringBuilder text = new StringBuilder();
    new StateText().write(consensus, text);
    return text.toString();
  }

  private void write(Object value, StringBuilder text) {
    switch (value) {
      case Optional<?> optional -> optional.ifPresent(held -> write(held, text));
      case Map<?, ?> map -> {
        List<String> entries = new ArrayList<>();
        map.forEach((key, held) -> {
          StringBuilder entry = new StringBuilder();
          write(key, entry);
          entry.append('=');
          write(held, entry);
          entries.add(entry.toString());
        });
        Collections.sort(entries);
        text.append(entries);
      }
      case Collection<?> collection -> {
        List<String> items = new ArrayList<>();
        for (Object item : collection) {
          StringBuilder one = new StringBuilder();
          write(item, one);
          items.add(one.toString());
        }
        if (collection instanceof Set<?>) {
          Collections.sort(items);
        }
        text.append(items);
      }
      case AggregateSignature _ -> text.append('*');
      case FixedChain chain -> text.append(new Height(chain.height().number()));
      case Enum<?> constant -> text.append(constant.name());
      case SignatureCollector collector when collector.verified().size() > 2 ->
          text.append("quorum");
      default -> {
        Class<?> type = value.getClass();
        if (type.isHidden() || type.isSynthetic()) {
          text.append('f'); // What a lambda does is its class, which never changes.
        } else if (type.getName().startsWith("io.aitbc.consensus")) {
          parts(value, text);
        } else {
          text.append(value);
        }
      }
    }
  }

  private void parts(Object value, StringBuilder text) {
    if (!(value instanceof Record) && !seen.add(value)) {
      return; // Shared, and written where it was met first.
    }
    text.append(value.getClass().getSimpleName()).append('(');
    for (Field field : FIELDS.computeIfAbsent(value.getClass(), StateText::fields)) {
      try {
        Object held = field.get(value);
        if (held != null) {
          write(held, text);
        }
      } catch (IllegalAccessException impossible) {
        throw new AssertionError(impossible);
      }
      text.append(',');
    }
    text.append(')');
  }

  private static List<Field> fields(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    for (Field field : type.getDeclaredFields()) {
      boolean part = !Modifier.isStatic(field.getModifiers()) && !field.isSynthetic();
      if (part && !LEFT_OUT.getOrDefault(type, List.of()).contains(field.getName())) {
        field.setAccessible(true);
        fields.add(field);
      }
    }
    return fields;
  }
}
