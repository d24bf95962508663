// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// Runs a service on a thread of its own: after each final block it does what the chain waits for.
/// While the node does not answer, it waits and says so once.
final class ServiceLoop implements AutoCloseable {
  /// How often a node is asked for its last block that tells nothing of itself: FAST heights have a
  /// block in 100 ms.
  static final Duration POLL_TIME = Duration.ofMillis(50);

  /// Between two attempts to reach a node that does not answer.
  private static final long RETRY_MILLIS = 1_000;

  /// Between two looks at what is kept.
  private static final Duration TIDY_TIME = Duration.ofMinutes(1);

  /// How long a step may take to its end before it is interrupted.
  private static final long STOP_MILLIS_MAX = 5_000;

  private static final Logger LOG = LoggerFactory.getLogger(ServiceLoop.class);

  private final String name;
  private final Duration tidyTime;
  private final Opening opening;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean failed;

  /// A service after each final block.
  interface Service extends AutoCloseable {
    /// Does what the chain waits for.
    ///
    /// @throws IOException if the node does not answer, or the disk fails; it may be tried again
    void step() throws IOException;

    /// Looks after what is kept, now and then, also while steps fail.
    ///
    /// @throws IOException if the disk fails
    void tidy() throws IOException;

    /// Waits until there may be something to do, at most a second.
    void awaitNews() throws InterruptedException;

    @Override
    void close();
  }

  /// Opens a service once its node answers.
  @FunctionalInterface
  interface Opening {
    /// The service.
    ///
    /// @throws ServiceRefusedException if it can never run as it is
    /// @throws IOException if the node does not answer; it may be tried again
    Service open() throws IOException, ServiceRefusedException;
  }

  /// Why a service cannot run as it is.
  static final class ServiceRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    ServiceRefusedException(String reason) {
      super(reason);
    }
  }

  private ServiceLoop(String name, Duration tidyTime, Opening opening) {
    this.name = name;
    this.tidyTime = tidyTime;
    this.opening = opening;
    this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
  }

  /// Starts a service.
  ///
  /// @param name of its thread and in its log
  static ServiceLoop start(String name, Opening opening) {
    return start(name, TIDY_TIME, opening);
  }

  /// Starts a service.
  ///
  /// @param tidyTime between two looks at what is kept
  static ServiceLoop start(String name, Duration tidyTime, Opening opening) {
    ServiceLoop loop = new ServiceLoop(name, tidyTime, opening);
    loop.thread.start();
    return loop;
  }

  private void run() {
    try {
      work();
    } catch (ServiceRefusedException refused) {
      failed = true;
      LOG.atError().addKeyValue("service", name).log(String.valueOf(refused.getMessage()));
    } catch (InterruptedException stopped) {
      LOG.atDebug().addKeyValue("service", name).log("interrupted");
    } catch (RuntimeException | Error fault) {
      failed = true; // Nobody else sees what ends a thread: who started the process has to know.
      LOG.atError().addKeyValue("service", name).setCause(fault).log("the service ended");
    }
  }

  private void work() throws ServiceRefusedException, InterruptedException {
    List<Service> opened = new ArrayList<>();
    boolean waiting = false;
    long tidied = System.nanoTime();
    try {
      while (stopping.getCount() > 0) {
        try {
          if (opened.isEmpty()) {
            boolean _ = opened.add(opening.open());
          }
          if (System.nanoTime() - tidied > tidyTime.toNanos()) {
            tidied = System.nanoTime();
            opened.getFirst().tidy(); // Whether the step comes to its end or not.
          }
          opened.getFirst().step();
          if (waiting) {
            LOG.atInfo().addKeyValue("service", name).log("goes on");
            waiting = false;
          }
          opened.getFirst().awaitNews();
        } catch (IOException unreachable) {
          if (!waiting && stopping.getCount() > 0) {
            LoggingEventBuilder event =
                unreachable.getCause() instanceof RuntimeException fault
                    ? LOG.atError().setCause(fault) // Of ours: the other duties are done.
                    : LOG.atWarn();
            event
                .addKeyValue("service", name)
                .addKeyValue("reason", reason(unreachable))
                .log("waits");
          }
          waiting = true;
          boolean _ = stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
      }
    } finally {
      opened.forEach(Service::close);
    }
  }

  /// Exceptions of sockets may have no message.
  private static String reason(IOException failed) {
    return failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
  }

  /// Waits for its end.
  ///
  /// @return whether it ended because it was closed
  boolean awaitEnd() throws InterruptedException {
    thread.join();
    return !failed;
  }

  /// Lets the step that it is in come to its end, and interrupts it when that takes long: what is
  /// on the disk is whole at any time.
  @Override
  public void close() {
    stopping.countDown();
    try {
      thread.join(STOP_MILLIS_MAX);
      thread.interrupt();
      thread.join(STOP_MILLIS_MAX);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
