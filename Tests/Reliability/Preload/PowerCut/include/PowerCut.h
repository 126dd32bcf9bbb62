#ifndef POWER_CUT_H
#define POWER_CUT_H

/// Shuts down the file system that `folder` is on, without writing its journal, as a power cut would leave it: what was
/// synced is there after the next mount, and nothing else need be; until then every write fails with EIO. Needs root.
/// Returns 0, or an errno.
int power_cut(const char *folder);

#endif
