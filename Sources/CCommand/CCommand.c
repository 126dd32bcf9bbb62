#define _GNU_SOURCE
#include "CCommand.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

extern char **environ;

static int spawn(
  const char *path, char *const arguments[], const char *folder, pid_t *process, int output, int errors) {
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
  if (code == 0) code = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  if (code == 0) code = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (code == 0) code = posix_spawn_file_actions_addchdir_np(&actions, folder);
  if (code == 0) code = posix_spawnattr_setsigdefault(&attributes, &all);
  if (code == 0) code = posix_spawnattr_setsigmask(&attributes, &none);
  if (code == 0) code = posix_spawnattr_setpgroup(&attributes, 0);
  if (code == 0) {
    code = posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  if (code == 0) code = posix_spawn(process, path, &actions, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return code;
}

int ccommand_start(
  const char *path, char *const arguments[], const char *folder, pid_t *process, int *output, int *errors) {
  int first[2], second[2];
  if (pipe2(first, O_CLOEXEC) != 0) return errno;
  if (pipe2(second, O_CLOEXEC) != 0) {
    int code = errno;
    close(first[0]);
    close(first[1]);
    return code;
  }
  int code = spawn(path, arguments, folder, process, first[1], second[1]);
  close(first[1]);
  close(second[1]);
  if (code != 0) {
    close(first[0]);
    close(second[0]);
    return code;
  }
  fcntl(first[0], F_SETFL, O_NONBLOCK);
  fcntl(second[0], F_SETFL, O_NONBLOCK);
  *output = first[0];
  *errors = second[0];
  return 0;
}
