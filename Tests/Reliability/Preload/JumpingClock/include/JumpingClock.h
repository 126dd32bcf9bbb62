#ifndef JUMPING_CLOCK_H
#define JUMPING_CLOCK_H

// A library to be preloaded (LD_PRELOAD): it sets the wall clock of a program, and that alone, while the program runs.
// Clocks that count evenly, and everything that waits, are the system's. It has no functions of its own to call; what it
// does is said in the environment:
//
//   JUMPING_CLOCK_FILE   a file of eight bytes: seconds to add to the wall clock, as a signed number in the machine's
//                        byte order. It is looked at whenever the time is asked for.
//
// Calls: clock_gettime (CLOCK_REALTIME and its like), gettimeofday, time.

#endif
