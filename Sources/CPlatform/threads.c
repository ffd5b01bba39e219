#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#include <unistd.h>
#endif
#include <pthread.h>

#include "CPlatform.h"

int cpl_affinity_count(void) {
#if defined(__linux__)
  cpu_set_t set;
  // The process's first thread: the calling one may be pinned for reasons of its own.
  if (sched_getaffinity(getpid(), sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return 0;
}

void cpl_name_this_thread(const char *name) {
#if defined(__linux__)
  pthread_setname_np(pthread_self(), name);
#elif defined(__APPLE__)
  pthread_setname_np(name);
#else
  (void)name;
#endif
}
