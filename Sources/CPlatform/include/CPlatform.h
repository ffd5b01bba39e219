#pragma once
// What Swift's view of the C library leaves out. Not public API: Platform is the only importer.

#include <stdbool.h>
#include <stddef.h>

/// Copies memory of this process as far as its pages are there: a page of a mapping that lies beyond the end of its
/// file is an error here, and not the signal that touching it is.
///
/// Returns the number of bytes copied, which may be fewer than asked for; or -1 with errno, EFAULT where the first
/// page is not there. ENOSYS where the system has no such call.
long cpl_copy(void *destination, const void *source, size_t count);

// Whether `malloc` gives so much memory, which is given back at once.
bool cpl_memory_available(size_t count);

// The number of CPUs that this process may run on, or 0 where the system does not say.
int cpl_affinity_count(void);

// Shown by debuggers and profilers; at most 15 characters on Linux.
void cpl_name_this_thread(const char *name);
