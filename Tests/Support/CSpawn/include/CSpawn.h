#ifndef EILBRIEF_CSPAWN_H
#define EILBRIEF_CSPAWN_H

#include <sys/types.h>

/// Starts `arguments[0]` with the three files as its standard ones and no other open file, in `folder` unless that is
/// null, with no signal blocked or ignored. Returns 0 and the process's number, or an errno.
int child_spawn(pid_t *identifier, char *const arguments[], char *const environment[], const char *folder,
                const int files[3]);

#endif
