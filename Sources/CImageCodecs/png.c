#ifdef CIC_PNG

#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

// libpng's push reader, fed a stream of our own making: a clean header, the palette, and the compressed
// data of the file's image chunks. The caller has walked the chunks by Pillow's rules, which are not
// libpng's; what is left to libpng is inflating, unfiltering and converting the rows.
struct cic_png {
  png_structp png;
  png_infop info;
  jmp_buf escape;
  cic_rows *rows;
  uint32_t x, y;  // of the image's first pixel in `rows`
  uint32_t width;
  uint32_t height;
  int grey16;
  int has_alpha;  // of which something is made
  int has_key;
  uint8_t key[3];
  int interlaced;
  uint8_t around[3];
  uint32_t canvas_width;
  int last_pass;
  int complete;
  int damaged;
  cic_result *result;
};

static void on_error(png_structp png, png_const_charp words) {
  struct cic_png *decoder = png_get_error_ptr(png);
  snprintf(decoder->result->message, sizeof decoder->result->message, "%s", words);
  longjmp(decoder->escape, 1);
}

// The push reader reports a broken stream as a warning and then waits for ever for its rows.
static void on_warning(png_structp png, png_const_charp words) {
  struct cic_png *decoder = png_get_error_ptr(png);
  if (strstr(words, "ADLER32") != NULL) decoder->damaged = 1;
}

// MARK: Rows

static void store(const struct cic_png *decoder, const uint8_t *in, uint8_t *out, size_t count,
                  size_t step) {
  if (decoder->has_alpha) {
    for (size_t x = 0; x < count; x++, in += 4, out += 3 * step) {
      if (decoder->rows->alpha == CIC_ALPHA_ALONE) {
        memset(out, in[3], 3);
      } else {
        memcpy(out, in, 3);
        cic_on_white(out, in + 3, 4, 1);
      }
    }
  } else if (decoder->grey16) {
    // 16-bit grey becomes min(value, 255): Pillow's I;16 is clipped, not scaled, and only then compared.
    for (size_t x = 0; x < count; x++, out += 3 * step) {
      const uint8_t level = in[2 * x] != 0 ? 255 : in[2 * x + 1];
      out[0] = out[1] = out[2] = decoder->has_key && level == decoder->key[0] ? 255 : level;
    }
  } else if (decoder->has_key) {
    for (size_t x = 0; x < count; x++, in += 3, out += 3 * step) {
      if (memcmp(in, decoder->key, 3) == 0) {
        memset(out, 255, 3);
      } else {
        memcpy(out, in, 3);
      }
    }
  } else if (step == 1) {
    memcpy(out, in, count * 3);
  } else {
    for (size_t x = 0; x < count; x++, out += 3 * step) memcpy(out, in + 3 * x, 3);
  }
}

static void paint(const uint8_t *color, uint8_t *to, size_t count) {
  for (size_t x = 0; x < count; x++, to += 3) memcpy(to, color, 3);
}

static void paint_around(const struct cic_png *decoder, uint8_t *row) {
  const size_t end = (size_t)decoder->x + decoder->width;
  paint(decoder->around, row, decoder->x);
  paint(decoder->around, row + 3 * end, decoder->canvas_width - end);
}

static void on_row(png_structp png, png_bytep row, png_uint_32 index, int pass) {
  struct cic_png *decoder = png_get_progressive_ptr(png);
  if (row == NULL || decoder->complete) return;
  if (!decoder->interlaced) {
    if (index >= decoder->height) return;
    uint8_t *to = cic_row(decoder->rows, decoder->y + index);
    paint_around(decoder, to);
    store(decoder, row, to + 3 * (size_t)decoder->x, decoder->width, 1);
    if (index + 1 < decoder->height) return;
  } else {
    const size_t rows = PNG_PASS_ROWS(decoder->height, pass);
    if (index >= rows) return;
    const uint32_t y = decoder->y + PNG_ROW_FROM_PASS_ROW(index, pass);
    const size_t x = PNG_COL_FROM_PASS_COL((size_t)0, pass);
    const size_t step = PNG_COL_FROM_PASS_COL((size_t)1, pass) - x;
    store(decoder, row, cic_row(decoder->rows, y) + 3 * (decoder->x + x), PNG_PASS_COLS(decoder->width, pass), step);
    if (pass != decoder->last_pass || index + 1 < rows) return;
  }
  // What follows the last row is of no interest to the reference either: not the checksum, not more data.
  decoder->complete = 1;
  longjmp(decoder->escape, 1);
}

static void on_info(png_structp png, png_infop info) {
  struct cic_png *decoder = png_get_progressive_ptr(png);
  const int type = png_get_color_type(png, info);
  if (type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (!(type & PNG_COLOR_MASK_COLOR)) {
    if (!decoder->grey16) png_set_expand_gray_1_2_4_to_8(png);
    if (!decoder->grey16) png_set_gray_to_rgb(png);
  }
  if (!decoder->grey16) png_set_strip_16(png);
  if (!decoder->has_alpha) png_set_strip_alpha(png);
  png_read_update_info(png, info);
  const size_t expected = (size_t)decoder->width * (decoder->grey16 ? 2 : decoder->has_alpha ? 4 : 3);
  if (png_get_rowbytes(png, info) != expected) png_error(png, "unexpected row size");
}

static void on_end(png_structp png, png_infop info) {
  (void)png;
  (void)info;
}

// MARK: Feeding

static void put32(uint8_t *out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) *out++ = (uint8_t)(value >> shift);
}

static void push(struct cic_png *decoder, const uint8_t *bytes, size_t count) {
  // libpng only reads from here, its declaration predates const.
  png_process_data(decoder->png, decoder->info, (png_bytep)(uintptr_t)bytes, count);
}

// The checksums are never looked at: the caller has checked those that count.
static void push_chunk(struct cic_png *decoder, const char *type, const uint8_t *bytes, size_t count) {
  uint8_t head[8];
  const uint8_t checksum[4] = {0, 0, 0, 0};
  put32(head, (uint32_t)count);
  memcpy(head + 4, type, 4);
  push(decoder, head, sizeof head);
  if (count > 0) push(decoder, bytes, count);
  push(decoder, checksum, sizeof checksum);
}

static void start(struct cic_png *decoder, const cic_png_header *header) {
  static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  uint8_t fields[13] = {0};
  put32(fields, header->width);
  put32(fields + 4, header->height);
  fields[8] = header->bit_depth;
  fields[9] = header->color_type;
  fields[12] = header->interlaced ? 1 : 0;
  png_set_user_limits(decoder->png, header->width, header->height);
  png_set_crc_action(decoder->png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
  png_set_benign_errors(decoder->png, 1);
  // Accept streams whose header understates the window, as the reference's zlib does.
  png_set_option(decoder->png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
  png_set_progressive_read_fn(decoder->png, decoder, on_info, on_row, on_end);
  push(decoder, signature, sizeof signature);
  push_chunk(decoder, "IHDR", fields, sizeof fields);
  if (header->color_type == PNG_COLOR_TYPE_PALETTE) {
    // Always 256 entries: indices past the file's palette are black.
    uint8_t palette[768] = {0};
    if (header->palette_entries > 0) memcpy(palette, header->palette, header->palette_entries * 3);
    push_chunk(decoder, "PLTE", palette, (size_t)3 << header->bit_depth);
  }
}

static __attribute__((noinline)) int guarded_start(
    struct cic_png *decoder, const cic_png_header *header) {
  if (setjmp(decoder->escape) != 0) return -1;
  decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, on_error, on_warning);
  if (decoder->png == NULL) return -2;
  decoder->info = png_create_info_struct(decoder->png);
  if (decoder->info == NULL) return -2;
  start(decoder, header);
  return 0;
}

int cic_png_is_sane(const cic_png_header *header) {
  const uint8_t depth = header->bit_depth;
  if (header->width == 0 || header->height == 0 || header->palette_entries > 256) return 0;
  switch (header->color_type) {
    case PNG_COLOR_TYPE_GRAY:
      return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    case PNG_COLOR_TYPE_PALETTE:
      return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    case PNG_COLOR_TYPE_RGB:
    case PNG_COLOR_TYPE_GRAY_ALPHA:
    case PNG_COLOR_TYPE_RGB_ALPHA:
      return depth == 8 || depth == 16;
    default:
      return 0;
  }
}

cic_png *cic_png_open(const cic_png_header *header, cic_rows *rows, uint32_t x, uint32_t y, cic_result *result) {
  memset(result, 0, sizeof *result);
  if (!cic_png_is_sane(header) || (uint64_t)x + header->width > rows->stride / 3 ||
      (uint64_t)y + header->height > rows->height) {
    result->status = CIC_CORRUPT;
    snprintf(result->message, sizeof result->message, "an image of no known kind or outside of the canvas");
    return NULL;
  }
  struct cic_png *decoder = calloc(1, sizeof *decoder);
  if (decoder == NULL) {
    result->status = CIC_NO_MEMORY;
    return NULL;
  }
  decoder->rows = rows;
  decoder->x = x;
  decoder->y = y;
  decoder->width = header->width;
  decoder->height = header->height;
  decoder->grey16 = header->color_type == PNG_COLOR_TYPE_GRAY && header->bit_depth == 16;
  decoder->has_alpha = rows->alpha != CIC_ALPHA_DROPPED && (header->color_type & PNG_COLOR_MASK_ALPHA) != 0;
  decoder->has_key = rows->alpha == CIC_ALPHA_ON_WHITE && header->has_key;
  memcpy(decoder->key, header->key, 3);
  memcpy(decoder->around, header->around, 3);
  decoder->canvas_width = (uint32_t)(rows->stride / 3);
  decoder->interlaced = header->interlaced;
  decoder->result = result;
  for (int pass = 0; pass < 7; pass++) {
    if (PNG_PASS_ROWS(header->height, pass) > 0 && PNG_PASS_COLS(header->width, pass) > 0) {
      decoder->last_pass = pass;
    }
  }
  const int started = guarded_start(decoder, header);
  if (started == 0) return decoder;
  result->status = started == -2 ? CIC_NO_MEMORY : CIC_CORRUPT;
  cic_png_close(decoder);
  return NULL;
}

static __attribute__((noinline)) int guarded_feed(
    struct cic_png *decoder, const uint8_t *bytes, size_t count) {
  if (setjmp(decoder->escape) != 0) return decoder->complete ? 1 : -1;
  const size_t most = (size_t)1 << 30;
  while (count > 0) {
    const size_t piece = count < most ? count : most;
    push_chunk(decoder, "IDAT", bytes, piece);
    bytes += piece;
    count -= piece;
    if (decoder->damaged) return -1;
  }
  return 0;
}

int cic_png_feed(cic_png *decoder, const uint8_t *bytes, size_t count, cic_result *result) {
  memset(result, 0, sizeof *result);
  decoder->result = result;
  const int progress = guarded_feed(decoder, bytes, count);
  if (progress < 0) {
    result->status = strstr(result->message, "memory") != NULL ? CIC_NO_MEMORY : CIC_CORRUPT;
    if (decoder->damaged) snprintf(result->message, sizeof result->message, "broken compressed data");
  }
  return progress;
}

void cic_png_close(cic_png *decoder) {
  if (decoder == NULL) return;
  if (decoder->png != NULL) png_destroy_read_struct(&decoder->png, &decoder->info, NULL);
  free(decoder);
}

#endif
