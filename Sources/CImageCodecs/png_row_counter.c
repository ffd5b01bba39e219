#ifdef CIC_PNG

#include "CImageCodecs.h"

#include <stdlib.h>

#include <png.h>
#include <zlib.h>

// Counts the rows in a PNG's compressed data without looking at them.
struct cic_row_counter {
  z_stream stream;
  uint32_t width;
  uint32_t height;
  size_t pixel_bits;
  int interlaced;
  int pass;
  uint32_t row;
  size_t filled;
  size_t room;
  uint8_t *scratch;
};

static size_t row_bytes(const struct cic_row_counter *counter, uint32_t pixels) {
  return ((size_t)pixels * counter->pixel_bits + 7) / 8 + 1;
}

static uint32_t pass_columns(const struct cic_row_counter *counter) {
  return counter->interlaced ? PNG_PASS_COLS(counter->width, counter->pass) : counter->width;
}

static uint32_t pass_rows(const struct cic_row_counter *counter) {
  return counter->interlaced ? PNG_PASS_ROWS(counter->height, counter->pass) : counter->height;
}

// Steps to the next row; 0 behind the last.
static int advance(struct cic_row_counter *counter) {
  counter->filled = 0;
  if (++counter->row < pass_rows(counter)) return 1;
  if (!counter->interlaced) return 0;
  counter->row = 0;
  while (++counter->pass < 7) {
    if (pass_rows(counter) > 0 && pass_columns(counter) > 0) return 1;
  }
  return 0;
}

cic_row_counter *cic_row_counter_open(const cic_png_header *header) {
  static const uint8_t channels[7] = {1, 0, 3, 1, 2, 0, 4};
  if (!cic_png_is_sane(header)) return NULL;
  struct cic_row_counter *counter = calloc(1, sizeof *counter);
  if (counter == NULL) return NULL;
  counter->width = header->width;
  counter->height = header->height;
  counter->pixel_bits = (size_t)header->bit_depth * channels[header->color_type];
  counter->interlaced = header->interlaced;
  counter->room = row_bytes(counter, header->width);
  counter->scratch = malloc(counter->room);
  if (counter->scratch == NULL || inflateInit(&counter->stream) != Z_OK) {
    free(counter->scratch);
    free(counter);
    return NULL;
  }
  return counter;
}

int cic_row_counter_feed(cic_row_counter *counter, const uint8_t *bytes, size_t count) {
  const size_t most = (size_t)1 << 30;
  counter->stream.next_in = (Bytef *)(uintptr_t)bytes;
  while (count > 0) {
    const uInt piece = (uInt)(count < most ? count : most);
    counter->stream.avail_in = piece;
    count -= piece;
    while (counter->stream.avail_in > 0) {
      const size_t wanted = row_bytes(counter, pass_columns(counter));
      counter->stream.next_out = counter->scratch + counter->filled;
      counter->stream.avail_out = (uInt)(wanted - counter->filled);
      const int status = inflate(&counter->stream, Z_NO_FLUSH);
      if (status < 0) return -1;
      counter->filled = wanted - counter->stream.avail_out;
      if (counter->filled < wanted) break;
      if (!advance(counter) || status == Z_STREAM_END) return 1;
    }
  }
  return 0;
}

void cic_row_counter_close(cic_row_counter *counter) {
  if (counter == NULL) return;
  inflateEnd(&counter->stream);
  free(counter->scratch);
  free(counter);
}

#endif
