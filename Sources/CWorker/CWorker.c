#define _GNU_SOURCE
#include "CWorker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int cworker_send(const char *path, const void *bytes, size_t count) {
  struct sockaddr_un address;
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  size_t length = strlen(path);
  // A name in the file system ends with a NUL; an abstract one begins with it.
  if (length < 2 || (path[0] != '/' && path[0] != '@') || length >= sizeof address.sun_path) return EINVAL;
  memcpy(address.sun_path, path, length);
  if (path[0] == '@') address.sun_path[0] = 0;
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (path[0] == '@' ? 0 : 1));
  int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno;
  ssize_t sent;
  do {
    sent = sendto(descriptor, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address, size);
  } while (sent < 0 && errno == EINTR);
  int error = sent < 0 ? errno : 0;
  close(descriptor);
  return error;
}

static int spawn(
  const char *path, char *const arguments[], char *const environment[], const char *folder, int input,
  pid_t *process) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  int code = posix_spawn_file_actions_init(&actions);
  if (code != 0) return code;
  code = posix_spawnattr_init(&attributes);
  if (code != 0) {
    posix_spawn_file_actions_destroy(&actions);
    return code;
  }
  if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  if (code == 0) code = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  if (code == 0) code = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  if (code == 0) code = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (code == 0) code = posix_spawn_file_actions_addchdir_np(&actions, folder);
  if (code == 0) code = posix_spawnattr_setsigdefault(&attributes, &all);
  if (code == 0) code = posix_spawnattr_setsigmask(&attributes, &none);
  if (code == 0) code = posix_spawnattr_setpgroup(&attributes, 0);
  if (code == 0) {
    code = posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  if (code == 0) code = posix_spawn(process, path, &actions, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return code;
}

int cworker_start(
  const char *path, char *const arguments[], char *const environment[], const char *folder, const void *bytes,
  size_t count, pid_t *process) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  // Written before anybody reads: it fits, and nobody can have closed the other end. More than fits is an error.
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  ssize_t written = write(ends[1], bytes, count);
  int code = written < 0 ? errno : (size_t)written < count ? EMSGSIZE : 0;
  close(ends[1]);
  if (code == 0) code = spawn(path, arguments, environment, folder, ends[0], process);
  close(ends[0]);
  return code;
}
