#define _GNU_SOURCE
#include "JumpingClock.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *seconds_ahead;

static void fail(const char *what) {
  fprintf(stderr, "jumping clock: %s\n", what);
  _exit(99);
}

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("JUMPING_CLOCK_FILE");
  if (path == NULL) fail("JUMPING_CLOCK_FILE is not set");
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) fail("the file cannot be opened");
  void *content = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (content == MAP_FAILED) fail("the file cannot be read");
  seconds_ahead = content;
}

static time_t ahead(void) { return seconds_ahead == NULL ? 0 : (time_t)*seconds_ahead; }

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI)) {
    now->tv_sec += ahead();
  }
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int result = (int)syscall(SYS_gettimeofday, now, zone);
  if (result == 0) now->tv_sec += ahead();
  return result;
}

time_t time(time_t *now) {
  struct timespec moment = {0};
  clock_gettime(CLOCK_REALTIME, &moment);
  if (now != NULL) *now = moment.tv_sec;
  return moment.tv_sec;
}
