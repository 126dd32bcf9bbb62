#ifndef CCOMMAND_H
#define CCOMMAND_H

// Starts a program whose output is read: what Swift cannot call of posix_spawn(3) on glibc.

#include <sys/types.h>

/// Runs `path` with `arguments` (the program's name first, NULL last) in `folder`, in a process group of its own, with
/// this process's environment. It has no input, none of our other descriptors, no signal blocked or ignored; its standard
/// output and error go into pipes, whose ends to read do not block and are ours to close. 0, or an errno.
int ccommand_start(
  const char *path, char *const arguments[], const char *folder, pid_t *process, int *output, int *errors);

#endif
