#ifndef CWORKER_H
#define CWORKER_H

// What a worker needs of the system and Swift cannot call: a datagram to a UNIX socket, as sd_notify(3) sends it, and
// posix_spawn(3) for the command that tells the operator.

#include <stddef.h>
#include <sys/types.h>

/// Sends `bytes` to the datagram socket at `path`; a path that begins with `@` is of the abstract namespace. Never waits:
/// where the socket takes nothing more, the datagram is not sent. 0, or an errno.
int cworker_send(const char *path, const void *bytes, size_t count);

/// Runs `path` with these arguments (the program's name first, NULL last) and this environment in `folder`, in a process
/// group of its own, with `bytes` (less than a pipe holds) as its input and no output, none of our other descriptors, no
/// signal blocked or ignored. 0, or an errno.
int cworker_start(
  const char *path, char *const arguments[], char *const environment[], const char *folder, const void *bytes,
  size_t count, pid_t *process);

#endif
