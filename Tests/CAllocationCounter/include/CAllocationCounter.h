#pragma once
// Counts what chosen threads ask of malloc and its kin. Linked into an executable, it takes the place of the C
// library's functions there and hands everything on to them.

#include <stdbool.h>

// Whether allocations can be counted: with glibc, and without a sanitizer, which has an allocator of its own.
bool allocation_counter_works(void);

// From now on what this thread allocates counts, or does not.
void allocation_counter_watch_this_thread(bool watch);

// Allocations of all watched threads since the process began. Freeing does not count.
long allocation_counter_total(void);
