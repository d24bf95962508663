// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.ChainView;
import io.aitbc.consensus.HeightView;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Encodable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How much an object holds: the elements of all collections that it leads to. The chain, values
/// that are encoded as a whole, and what belongs to the simulator are not looked into.
final class Footprint {
  private static final String ROOMS = "io.aitbc.";
  private static final String SIMULATOR = Footprint.class.getPackageName() + ".";

  private static final ClassValue<List<Field>> FIELDS =
      new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
          List<Field> fields = new ArrayList<>();
          for (Class<?> each = type; each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
              if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                field.setAccessible(true);
                fields.add(field);
              }
            }
          }
          return List.copyOf(fields);
        }
      };

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final ArrayDeque<Object> open = new ArrayDeque<>();
  private long elements;

  private Footprint() {}

  /// The elements that an object leads to.
  static long of(Object root) {
    Footprint footprint = new Footprint();
    footprint.open(root);
    while (!footprint.open.isEmpty()) {
      footprint.look(footprint.open.pop());
    }
    return footprint.elements;
  }

  private void open(Object held) {
    if (seen.add(held)) {
      open.push(held);
    }
  }

  private void look(Object held) {
    switch (held) {
      case Collection<?> collection -> elements(collection);
      case Map<?, ?> map -> {
        elements(map.values());
        map.keySet().forEach(this::openIfLarge);
      }
      case Optional<?> maybe -> maybe.ifPresent(this::openIfLarge);
      default -> {
        for (Field field : FIELDS.get(held.getClass())) {
          try {
            openIfLarge(field.get(held));
          } catch (IllegalAccessException hidden) {
            throw new IllegalStateException(hidden);
          }
        }
      }
    }
  }

  private void elements(Collection<?> collection) {
    elements += collection.size();
    collection.forEach(this::openIfLarge);
  }

  private void openIfLarge(@org.jspecify.annotations.Nullable Object held) {
    boolean container =
        held instanceof Collection || held instanceof Map || held instanceof Optional;
    boolean ours =
        held != null
            && held.getClass().getName().startsWith(ROOMS)
            && !held.getClass().getName().startsWith(SIMULATOR)
            && !held.getClass().isHidden()
            && !held.getClass().isEnum();
    boolean whole =
        held instanceof Encodable
            || held instanceof Bytes
            || held instanceof ChainView
            || held instanceof HeightView;
    if (held != null && (container || (ours && !whole))) {
      open(held);
    }
  }
}
