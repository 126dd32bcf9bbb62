#ifndef STORAGE_FAULTS_H
#define STORAGE_FAULTS_H

// A library to be preloaded (LD_PRELOAD): it stands between a program and the storage below one folder, counts the calls
// that change or sync it, and makes one of them fail, lie, or be the moment of a power cut. It has no functions of its
// own to call; what it does is said in the environment:
//
//   STORAGE_FAULTS_FOLDER   the folder; calls on other paths are passed on unseen
//   STORAGE_FAULTS_LOG      a file outside of it, to which one line a call is appended:
//                           number, process, call, descriptor, outcome (ok, the errno, "lied"), path; number 0: close,
//                           "cut" (the disk whose power was cut) and "from" (where the next rename or link starts)
//   STORAGE_FAULTS_COUNT    a file outside of it that keeps the number of calls, over all processes of a trial
//   STORAGE_FAULTS_FAIL     N: the N-th call fails; N+: that one and all after it, as on a full or dead disk;
//                           sN: the N-th sync fails (sN+ too)
//   STORAGE_FAULTS_ERROR    EIO (default) or ENOSPC. A write that fails for want of space takes the first half before.
//   STORAGE_FAULTS_LIE      a pattern (fnmatch) of paths relative to the folder, several separated by ":": their fsync and
//                           fdatasync return 0 and do nothing. The folder itself is ".".
//   STORAGE_FAULTS_CUT      N: before the N-th call the file systems of STORAGE_FAULTS_DISKS (folders, several separated
//                           by ":"; default: the folder) are cut off their power: see PowerCut.h
//   STORAGE_FAULTS_GONE     a file outside of the folder; once it is there, another process cuts the power, and no sync
//                           ends well
//
// Calls: open (that makes a file), write, pwrite, writev, pwritev, ftruncate, fallocate, fsync, fdatasync, rename, link,
// unlink, mkdir. What is written through a memory map is not seen.

#endif
