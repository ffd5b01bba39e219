#include <stdlib.h>

#include "CPlatform.h"

bool cpl_memory_available(size_t count) {
  // Volatile: of memory that nobody uses an optimiser may assume that it was there, and leave the calls out.
  void *volatile memory = malloc(count);
  if (!memory) return false;
  free(memory);
  return true;
}
