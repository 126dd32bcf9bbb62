#include "CJobs.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// Hooks of libswift_Concurrency (ABI/Executor.h and Concurrency.h of the Swift runtime).
#define SWIFTCC __attribute__((swiftcall))

typedef SWIFTCC void (*enqueue)(void *job);

extern void *swift_task_enqueueGlobal_hook;
extern void *swift_task_enqueueMainExecutor_hook;
extern void *swift_task_enqueueGlobalWithDelay_hook;
extern void *swift_task_enqueueGlobalWithDeadline_hook;
extern SWIFTCC void swift_job_run(void *job, void *identity, uintptr_t implementation);

static jobs_sink taken;

static SWIFTCC void take(void *job, enqueue original) {
  (void)original;
  taken(job);
}

static SWIFTCC void refuse(void) {
  fputs("simulation: a task waits on the real clock (Task.sleep); waits go through Timekeeper\n", stderr);
  abort();
}

void jobs_capture(jobs_sink sink) {
  taken = sink;
  swift_task_enqueueGlobal_hook = (void *)take;
  swift_task_enqueueMainExecutor_hook = (void *)take;
  swift_task_enqueueGlobalWithDelay_hook = (void *)refuse;
  swift_task_enqueueGlobalWithDeadline_hook = (void *)refuse;
}

void jobs_run(void *job) { swift_job_run(job, NULL, 0); }
