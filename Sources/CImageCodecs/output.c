#include "CImageCodecs.h"

#include <stdlib.h>
#include <string.h>

int32_t cic_output_append(cic_output *output, const uint8_t *bytes, size_t count) {
  if (count > output->most - output->count) {
    output->status = CIC_OUTPUT_LIMIT;
    return 0;
  }
  const size_t needed = output->count + count;
  if (needed > output->capacity) {
    const size_t room = output->most - output->capacity < output->capacity ? output->most : 2 * output->capacity;
    const size_t capacity = needed > room ? needed : room;
    uint8_t *const grown = realloc(output->bytes, capacity);
    if (grown == NULL) {
      output->status = CIC_NO_MEMORY;
      return 0;
    }
    output->bytes = grown;
    output->capacity = capacity;
  }
  if (count > 0) memcpy(output->bytes + output->count, bytes, count);
  output->count = needed;
  return 1;
}

void cic_output_free(cic_output *output) {
  free(output->bytes);
  output->bytes = NULL;
  output->count = output->capacity = 0;
}
