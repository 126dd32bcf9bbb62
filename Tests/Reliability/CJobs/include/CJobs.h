#pragma once

// The jobs of Swift's concurrency, for a program that runs all of them itself on one thread.
//
// Every job that would go to the pool of threads (or the main executor) goes to the sink instead, from the moment
// jobs_capture is called; the sink's owner runs each one once with jobs_run. Waiting on the real clock (Task.sleep)
// ends the program with a message: it would make the order of the jobs depend on real time.
typedef void (*jobs_sink)(void *_Nonnull job);

void jobs_capture(jobs_sink _Nonnull sink);
void jobs_run(void *_Nonnull job);
