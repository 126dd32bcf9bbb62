// See include/StorageFaults.h. One lock is held over each call, so that the log has the calls in the order they took.
#define _GNU_SOURCE
#include "StorageFaults.h"

#include "PowerCut.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

typedef struct {
  unsigned long calls;
  unsigned long syncs;
} Counts;

// Recursive: cutting the power opens and closes a file itself.
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static char folder[PATH_MAX];
static size_t folder_length;
static int log_file = -1;
static Counts *counts;
static Counts own_counts;
static unsigned long fail_at;
static int fails_on;
static int fails_syncs;
static int error_number = EIO;
static const char *lie;
static unsigned long cut_at;
// A file that is there once another process has begun to cut the power.
static const char *gone;

static void prepare(void) {
  const char *text = getenv("STORAGE_FAULTS_FOLDER");
  if (!text || !realpath(text, folder)) { folder[0] = 0; return; }
  folder_length = strlen(folder);
  text = getenv("STORAGE_FAULTS_LOG");
  if (text) log_file = (int)syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  counts = &own_counts;
  text = getenv("STORAGE_FAULTS_COUNT");
  if (text) {
    int file = (int)syscall(SYS_openat, AT_FDCWD, text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0 && syscall(SYS_ftruncate, file, sizeof(Counts)) == 0) {
      void *map = mmap(NULL, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
      if (map != MAP_FAILED) counts = map;
    }
    if (file >= 0) syscall(SYS_close, file);
  }
  text = getenv("STORAGE_FAULTS_FAIL");
  if (text && *text) {
    if (*text == 's') { fails_syncs = 1; text++; }
    char *end;
    fail_at = strtoul(text, &end, 10);
    fails_on = *end == '+';
  }
  text = getenv("STORAGE_FAULTS_ERROR");
  if (text && strcmp(text, "ENOSPC") == 0) error_number = ENOSPC;
  lie = getenv("STORAGE_FAULTS_LIE");
  gone = getenv("STORAGE_FAULTS_GONE");
  text = getenv("STORAGE_FAULTS_CUT");
  if (text && *text) cut_at = strtoul(text, NULL, 10);
}

static int is_inside(const char *path) {
  return strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || path[folder_length] == 0);
}

// The path of a call, absolute; false when it is none of ours.
static int path_of_file(int file, char *path) {
  pthread_once(&once, prepare);
  if (!folder[0]) return 0;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return is_inside(path);
}

static int path_of_name(int base, const char *name, char *path) {
  pthread_once(&once, prepare);
  if (!folder[0] || !name) return 0;
  char start[PATH_MAX];
  if (name[0] == '/') {
    start[0] = 0;
  } else if (base == AT_FDCWD) {
    if (!getcwd(start, sizeof start)) return 0;
  } else if (!path_of_file(base, start)) {
    return 0;
  }
  // The last part may not exist yet; the folders above it may be links.
  char whole[2 * PATH_MAX];
  snprintf(whole, sizeof whole, "%s%s%s", start, start[0] ? "/" : "", name);
  size_t length = strlen(whole);
  while (length > 1 && whole[length - 1] == '/') whole[--length] = 0;
  char *last = strrchr(whole, '/');
  if (!last || last == whole) return 0;
  *last = 0;
  char above[PATH_MAX];
  if (!realpath(whole, above)) return 0;
  if (snprintf(path, PATH_MAX, "%s/%s", above, last + 1) >= PATH_MAX) return 0;
  return is_inside(path);
}

static void note(unsigned long number, const char *call, int file, const char *outcome, const char *path) {
  if (log_file < 0) return;
  char line[PATH_MAX + 128];
  int length = snprintf(line, sizeof line, "%lu %d %s %d %s %s\n", number, getpid(), call, file, outcome, path);
  syscall(SYS_write, log_file, line, (size_t)length);
}

static void note_result(unsigned long number, const char *call, int file, long result, const char *path) {
  int saved = errno;
  char outcome[16] = "ok";
  if (result < 0) snprintf(outcome, sizeof outcome, "%d", saved);
  note(number, call, file, outcome, path);
  errno = saved;
}

static int lies_about(const char *path) {
  if (!lie || !*lie) return 0;
  const char *inside = path[folder_length] ? path + folder_length + 1 : ".";
  for (const char *start = lie;;) {
    const char *end = strchrnul(start, ':');
    char pattern[256];
    size_t length = (size_t)(end - start);
    if (length > 0 && length < sizeof pattern) {
      memcpy(pattern, start, length);
      pattern[length] = 0;
      if (fnmatch(pattern, inside, 0) == 0) return 1;
    }
    if (!*end) return 0;
    start = end + 1;
  }
}

// All disks at once: the lock keeps every other call out meanwhile.
static void cut_power(void) {
  const char *disks = getenv("STORAGE_FAULTS_DISKS");
  if (!disks || !*disks) disks = folder;
  while (*disks) {
    const char *end = strchrnul(disks, ':');
    char disk[PATH_MAX];
    snprintf(disk, sizeof disk, "%.*s", (int)(end - disks), disks);
    note(0, "cut", -1, power_cut(disk) == 0 ? "ok" : "failed", disk);
    disks = *end ? end + 1 : end;
  }
}

// Counts a call, with the lock held. True when it is the one to fail; errno is set then.
static int begin(int is_sync, unsigned long *number) {
  pthread_mutex_lock(&lock);
  *number = __atomic_add_fetch(&counts->calls, 1, __ATOMIC_SEQ_CST);
  unsigned long sync = is_sync ? __atomic_add_fetch(&counts->syncs, 1, __ATOMIC_SEQ_CST) : 0;
  if (cut_at && *number == cut_at) cut_power();
  unsigned long place = fails_syncs ? sync : *number;
  int fails = fail_at && place && (place == fail_at || (fails_on && place > fail_at));
  if (fails) errno = error_number;
  return fails;
}

static void end(void) {
  int saved = errno;
  pthread_mutex_unlock(&lock);
  errno = saved;
}

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

// A call on a descriptor: `body` is what the program asked for.
#define ON_FILE(type, name, file, is_sync, body)            \
  char path[PATH_MAX];                                      \
  if (!path_of_file(file, path)) return (type)(body);       \
  unsigned long number;                                     \
  type result = -1;                                         \
  if (!begin(is_sync, &number)) result = (type)(body);      \
  note_result(number, name, file, (long)result, path);      \
  end();                                                    \
  return result;

// Renames and links say first what they start from.
#define ON_PAIR(type, name, from_base, from, base, given, body)   \
  char origin[PATH_MAX];                                          \
  char path[PATH_MAX];                                            \
  if (!path_of_name(base, given, path)) return (type)(body);      \
  if (!path_of_name(from_base, from, origin)) origin[0] = 0;      \
  unsigned long number;                                           \
  type result = -1;                                               \
  int fails = begin(0, &number);                                  \
  note(0, "from", -1, "ok", origin);                              \
  if (fails) errno = error_number;                                \
  if (!fails) result = (type)(body);                              \
  note_result(number, name, -1, (long)result, path);              \
  end();                                                          \
  return result;

#define ON_NAME(type, name, base, given, body)              \
  char path[PATH_MAX];                                      \
  if (!path_of_name(base, given, path)) return (type)(body); \
  unsigned long number;                                     \
  type result = -1;                                         \
  if (!begin(0, &number)) result = (type)(body);            \
  note_result(number, name, -1, (long)result, path);        \
  end();                                                    \
  return result;

// A full disk takes what still fits; the caller sees a short write, and the error when it goes on.
static ssize_t half_write(int file, const void *bytes, size_t count, off64_t offset) {
  if (error_number != ENOSPC || count < 2) return -1;
  size_t half = count / 2;
  return offset < 0 ? syscall(SYS_write, file, bytes, half) : syscall(SYS_pwrite64, file, bytes, half, offset);
}

static ssize_t one_write(const char *name, int file, const void *bytes, size_t count, off64_t offset) {
  char path[PATH_MAX];
  if (!path_of_file(file, path)) {
    return offset < 0 ? syscall(SYS_write, file, bytes, count) : syscall(SYS_pwrite64, file, bytes, count, offset);
  }
  unsigned long number;
  ssize_t result = -1;
  if (!begin(0, &number)) {
    result = offset < 0 ? syscall(SYS_write, file, bytes, count) : syscall(SYS_pwrite64, file, bytes, count, offset);
  } else {
    half_write(file, bytes, count, offset);
    errno = error_number;
  }
  note_result(number, name, file, (long)result, path);
  end();
  return result;
}

ssize_t write(int file, const void *bytes, size_t count) { return one_write("write", file, bytes, count, -1); }
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  return one_write("pwrite", file, bytes, count, offset);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
  return one_write("pwrite", file, bytes, count, offset);
}
ssize_t writev(int file, const struct iovec *pieces, int count) {
  ON_FILE(ssize_t, "writev", file, 0, REAL(writev)(file, pieces, count))
}
ssize_t pwritev(int file, const struct iovec *pieces, int count, off_t offset) {
  ON_FILE(ssize_t, "pwritev", file, 0, REAL(pwritev)(file, pieces, count, offset))
}
ssize_t pwritev64(int file, const struct iovec *pieces, int count, off64_t offset) {
  ON_FILE(ssize_t, "pwritev", file, 0, REAL(pwritev64)(file, pieces, count, offset))
}
int ftruncate(int file, off_t length) {
  ON_FILE(int, "ftruncate", file, 0, REAL(ftruncate)(file, length))
}
int ftruncate64(int file, off64_t length) {
  ON_FILE(int, "ftruncate", file, 0, REAL(ftruncate64)(file, length))
}
int fallocate(int file, int mode, off_t offset, off_t length) {
  ON_FILE(int, "fallocate", file, 0, REAL(fallocate)(file, mode, offset, length))
}
int fallocate64(int file, int mode, off64_t offset, off64_t length) {
  ON_FILE(int, "fallocate", file, 0, REAL(fallocate64)(file, mode, offset, length))
}

static int one_sync(const char *name, int file, long call) {
  char path[PATH_MAX];
  if (!path_of_file(file, path)) return (int)syscall(call, file);
  unsigned long number;
  int result = -1;
  if (!begin(1, &number)) {
    if (lies_about(path)) {
      note(number, name, file, "lied", path);
      end();
      return 0;
    }
    result = (int)syscall(call, file);
    if (result == 0 && gone && syscall(SYS_faccessat, AT_FDCWD, gone, F_OK) == 0) {
      errno = EIO;
      result = -1;
    }
  }
  note_result(number, name, file, result, path);
  end();
  return result;
}

int fsync(int file) { return one_sync("fsync", file, SYS_fsync); }
int fdatasync(int file) { return one_sync("fdatasync", file, SYS_fdatasync); }

// Opening is a change when it makes a file.
static int one_open(int base, const char *name, int flags, mode_t mode) {
  char path[PATH_MAX];
  struct stat status;
  if (!(flags & O_CREAT) || !path_of_name(base, name, path) || fstatat(base, name, &status, 0) == 0) {
    return (int)syscall(SYS_openat, base, name, flags, mode);
  }
  unsigned long number;
  int result = -1;
  if (!begin(0, &number)) result = (int)syscall(SYS_openat, base, name, flags, mode);
  note_result(number, "open", result, result, path);
  end();
  return result;
}

#define MODE(flags)                                  \
  mode_t mode = 0;                                   \
  if ((flags) & (O_CREAT | O_TMPFILE)) {             \
    va_list rest;                                    \
    va_start(rest, flags);                           \
    mode = (mode_t)va_arg(rest, int);                \
    va_end(rest);                                    \
  }

int open(const char *name, int flags, ...) { MODE(flags) return one_open(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(flags) return one_open(AT_FDCWD, name, flags | O_LARGEFILE, mode); }
int openat(int base, const char *name, int flags, ...) { MODE(flags) return one_open(base, name, flags, mode); }
int openat64(int base, const char *name, int flags, ...) {
  MODE(flags) return one_open(base, name, flags | O_LARGEFILE, mode);
}
int creat(const char *name, mode_t mode) { return one_open(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int close(int file) {
  char path[PATH_MAX];
  if (!path_of_file(file, path)) return (int)syscall(SYS_close, file);
  pthread_mutex_lock(&lock);
  note(0, "close", file, "ok", path);
  int result = (int)syscall(SYS_close, file);
  end();
  return result;
}

int rename(const char *from, const char *to) {
  ON_PAIR(int, "rename", AT_FDCWD, from, AT_FDCWD, to, REAL(rename)(from, to))
}
int renameat(int from_base, const char *from, int to_base, const char *to) {
  ON_PAIR(int, "rename", from_base, from, to_base, to, REAL(renameat)(from_base, from, to_base, to))
}
int renameat2(int from_base, const char *from, int to_base, const char *to, unsigned flags) {
  ON_PAIR(int, "rename", from_base, from, to_base, to, REAL(renameat2)(from_base, from, to_base, to, flags))
}
int link(const char *from, const char *to) { ON_PAIR(int, "link", AT_FDCWD, from, AT_FDCWD, to, REAL(link)(from, to)) }
int linkat(int from_base, const char *from, int to_base, const char *to, int flags) {
  ON_PAIR(int, "link", from_base, from, to_base, to, REAL(linkat)(from_base, from, to_base, to, flags))
}
int unlink(const char *name) { ON_NAME(int, "unlink", AT_FDCWD, name, REAL(unlink)(name)) }
int unlinkat(int base, const char *name, int flags) {
  ON_NAME(int, "unlink", base, name, REAL(unlinkat)(base, name, flags))
}
int mkdir(const char *name, mode_t mode) { ON_NAME(int, "mkdir", AT_FDCWD, name, REAL(mkdir)(name, mode)) }
int mkdirat(int base, const char *name, mode_t mode) {
  ON_NAME(int, "mkdir", base, name, REAL(mkdirat)(base, name, mode))
}
