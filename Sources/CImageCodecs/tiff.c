#ifdef CIC_TIFF

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

#include "CImageCodecs.h"

// Pillow has no mode of more samples.
enum { MAX_PLANES = 6 };

struct session {
  const uint8_t *bytes;
  size_t count, position;
  const cic_tiff_request *request;
  cic_rows *rows;
  TIFF *tiff;
  uint16_t compression;
  cic_lab *lab;  // only where the mode needs it
  cic_result result;
};

// MARK: libtiff's callbacks: a file in memory that is only read

static tmsize_t client_read(thandle_t handle, void *to, tmsize_t size) {
  struct session *s = (struct session *)handle;
  if (size <= 0 || s->position >= s->count) return 0;
  const size_t left = s->count - s->position, n = (size_t)size < left ? (size_t)size : left;
  memcpy(to, s->bytes + s->position, n);
  s->position += n;
  return (tmsize_t)n;
}

static tmsize_t client_write(thandle_t handle, void *from, tmsize_t size) {
  (void)handle, (void)from, (void)size;
  return -1;
}

static toff_t client_seek(thandle_t handle, toff_t offset, int whence) {
  struct session *s = (struct session *)handle;
  const uint64_t base = whence == SEEK_CUR ? s->position : whence == SEEK_END ? s->count : 0;
  s->position = (size_t)(base + offset);
  return s->position;
}

static int client_close(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t client_size(thandle_t handle) { return ((struct session *)handle)->count; }

static int client_map(thandle_t handle, void **base, toff_t *size) {
  struct session *s = (struct session *)handle;
  *base = (void *)(uintptr_t)s->bytes;
  *size = s->count;
  return 1;
}

static void client_unmap(thandle_t handle, void *base, toff_t size) { (void)handle, (void)base, (void)size; }

// What libjpeg says, inside libtiff, of processes that it does not have.
static int is_unsupported(const char *words) {
  return strstr(words, "Unsupported JPEG process") != NULL || strstr(words, "Unsupported JPEG data precision") != NULL;
}

// The first error says most; later ones follow from it.
static int on_error(TIFF *tiff, void *context, const char *module, const char *format, va_list values) {
  (void)tiff, (void)module;
  struct session *s = context;
  if (!s->result.message[0]) vsnprintf(s->result.message, sizeof s->result.message, format, values);
  return 1;
}

static int on_warning(TIFF *tiff, void *context, const char *module, const char *format, va_list values) {
  (void)tiff, (void)context, (void)module, (void)format, (void)values;
  return 1;
}

// MARK: Rows

static void fail(struct session *s, int32_t status, const char *words) {
  s->result.status = status == CIC_CORRUPT && is_unsupported(s->result.message) ? CIC_UNSUPPORTED : status;
  if (!s->result.message[0]) snprintf(s->result.message, sizeof s->result.message, "%s", words);
}

static void fail_rows(struct session *s) {
  const int is_fax = s->compression >= COMPRESSION_CCITTRLE && s->compression <= COMPRESSION_CCITTFAX4;
  fail(s, CIC_CORRUPT,
       is_fax ? "libtiff cannot decode its fax rows; libtiff 4.7 reads some that earlier versions do not, as those "
                "without end-of-line codes"
              : "libtiff cannot decode its rows");
}

// Memory for `count` times `size` bytes; the limit counts all of it.
static void *room(struct session *s, uint64_t count, uint64_t size) {
  uint64_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) bytes = INT64_MAX;
  const int64_t needed = bytes > INT64_MAX - s->result.needed ? INT64_MAX : s->result.needed + (int64_t)bytes;
  if (needed > s->request->max_intermediate_bytes) {
    s->result.needed = needed;
    fail(s, CIC_MEMORY_LIMIT, "");
    return NULL;
  }
  // Cleared, because a codec may stop short of its output without saying so.
  void *memory = calloc(bytes ? (size_t)bytes : 1, 1);
  if (memory == NULL) {
    fail(s, CIC_NO_MEMORY, "");
  } else {
    s->result.needed = needed;
  }
  return memory;
}

// Strips whose pixels lie together are read row by row, whatever their height; of planes and tiles as many rows as they
// have are held.
struct layout {
  int tiled, by_strip;
  uint32_t rows;        // read at a time
  uint32_t tile_width;
  size_t row_bytes;     // of one plane
  size_t tile_row_bytes;
  size_t tile_bytes;    // of a tile, or of a strip of one plane
};

static int find_layout(struct session *s, struct layout *l) {
  const cic_tiff_request *r = s->request;
  const uint64_t bits = (uint64_t)r->packing.bits * (r->planes > 1 ? 1 : r->samples);
  l->row_bytes = (size_t)((r->width * bits + 7) / 8);
  l->tiled = TIFFIsTiled(s->tiff);
  if (l->tiled) {
    uint32_t height = 0;
    if (!TIFFGetField(s->tiff, TIFFTAG_TILEWIDTH, &l->tile_width) || !TIFFGetField(s->tiff, TIFFTAG_TILELENGTH, &height))
      return 0;
    l->rows = height;
    l->tile_row_bytes = (size_t)((l->tile_width * bits + 7) / 8);
    const tmsize_t row = TIFFTileRowSize(s->tiff), size = TIFFTileSize(s->tiff);
    // Tiles lie side by side only where their rows end at whole bytes.
    if (l->tile_width == 0 || height == 0 || row <= 0 || (size_t)row != l->tile_row_bytes || l->tile_width * bits % 8)
      return 0;
    l->tile_bytes = (size_t)size;
    return size > 0 && (uint64_t)size == (uint64_t)l->tile_row_bytes * height;
  }
  const tmsize_t row = TIFFScanlineSize(s->tiff);
  if (row <= 0 || (size_t)row != l->row_bytes) return 0;
  l->rows = 1;
  // Fax codes that are damaged spoil the rest of a strip, which depends on how it is read; runs of PackBits may cross
  // rows.
  l->by_strip = r->planes > 1 || r->packing.bits == 1 || s->compression == COMPRESSION_PACKBITS;
  if (l->by_strip) {
    TIFFGetFieldDefaulted(s->tiff, TIFFTAG_ROWSPERSTRIP, &l->rows);
    if (l->rows == 0) return 0;
    if (l->rows > r->height) l->rows = r->height;
    l->tile_bytes = l->row_bytes * l->rows;
  }
  return 1;
}

// Reads the rows from `y` on of one plane to `to`, which holds rows of `row_bytes`.
static int read_plane(struct session *s, const struct layout *l, uint32_t y, uint16_t plane, uint8_t *tile, uint8_t *to) {
  if (l->tiled) {
    for (uint32_t x = 0; x < s->request->width; x += l->tile_width) {
      if (TIFFReadTile(s->tiff, tile, x, y, 0, plane) < 0) return 0;
      const size_t start = (size_t)(x / l->tile_width) * l->tile_row_bytes;
      const size_t left = l->row_bytes - start, bytes = left < l->tile_row_bytes ? left : l->tile_row_bytes;
      for (uint32_t row = 0; row < l->rows; row++)
        memcpy(to + row * l->row_bytes + start, tile + row * l->tile_row_bytes, bytes);
      if (l->tile_width > UINT32_MAX - x) break;
    }
    return 1;
  }
  if (!l->by_strip) return TIFFReadScanline(s->tiff, to, y, 0) == 1;
  const uint32_t strip = TIFFComputeStrip(s->tiff, y, plane);
  return TIFFReadEncodedStrip(s->tiff, strip, to, (tmsize_t)l->tile_bytes) >= 0;
}

static void emit(struct session *s, uint32_t y, const uint8_t *const *planes, uint8_t *samples, uint8_t *unpacked) {
  const cic_tiff_request *r = s->request;
  const uint8_t *row = planes[0];
  if (r->planes > 1) {
    const size_t size = r->packing.bits / 8;
    for (uint32_t p = 0; p < r->planes; p++)
      for (size_t x = 0; x < r->width; x++) memcpy(samples + (x * r->planes + p) * size, planes[p] + x * size, size);
    row = samples;
  }
  const cic_packing *packing = &r->packing;
  size_t sample = 1;
  if (packing->bits != 8 || packing->inverted) {
    cic_unpack(packing, row, unpacked, (size_t)r->width * r->samples);
    row = unpacked;
    if (packing->bits > 8 && !packing->high_byte) sample = packing->bits == 32 || packing->widened ? 4 : 2;
  }
  uint8_t *rgb = cic_row(s->rows, y);
  if (s->lab) {
    cic_lab_to_rgb(s->lab, r->has_plain_lab, row, rgb, r->width);
  } else {
    cic_to_rgb(r->mode, row, sample * r->samples, rgb, r->width, r->palette);
    // Samples beside an alpha have one byte.
    if (r->alpha) cic_on_white(rgb, row + r->alpha, r->samples, r->width);
  }
}

static void decode_rows(struct session *s) {
  const cic_tiff_request *r = s->request;
  struct layout l = {0};
  if (!find_layout(s, &l)) return fail(s, CIC_CORRUPT, "its tags contradict each other about the size of rows");
  uint8_t *tile = room(s, l.tiled ? l.tile_bytes : 0, 1);
  uint8_t *band = tile ? room(s, (uint64_t)l.row_bytes * l.rows, r->planes) : NULL;
  uint8_t *samples = band ? room(s, (uint64_t)r->width * r->samples, 8) : NULL;
  uint8_t *unpacked = samples ? samples + (size_t)r->width * r->samples * 4 : NULL;
  for (uint32_t y = 0; samples && y < r->height && s->result.status == CIC_OK; y += l.rows) {
    for (uint32_t p = 0; p < r->planes; p++)
      if (!read_plane(s, &l, y, (uint16_t)p, tile, band + (size_t)p * l.row_bytes * l.rows)) {
        fail_rows(s);
        break;
      }
    if (s->result.status != CIC_OK) break;
    for (uint32_t row = 0; row < l.rows && row < r->height - y; row++) {
      const uint8_t *planes[MAX_PLANES];
      for (uint32_t p = 0; p < r->planes; p++) planes[p] = band + ((size_t)p * l.rows + row) * l.row_bytes;
      emit(s, y + row, planes, samples, unpacked);
    }
    if (l.rows > UINT32_MAX - y) break;
  }
  free(samples);
  free(band);
  free(tile);
}

// libtiff's own conversion, a strip or a row of tiles at a time.
static void decode_rgba(struct session *s) {
  const cic_tiff_request *r = s->request;
  uint32_t height = r->height;
  if (TIFFIsTiled(s->tiff)) {
    TIFFGetField(s->tiff, TIFFTAG_TILELENGTH, &height);
  } else {
    TIFFGetFieldDefaulted(s->tiff, TIFFTAG_ROWSPERSTRIP, &height);
  }
  if (height == 0) return fail(s, CIC_CORRUPT, "strips without rows");
  if (height > r->height) height = r->height;
  TIFFRGBAImage image;
  char words[1024] = "";
  if (!TIFFRGBAImageOK(s->tiff, words) || !TIFFRGBAImageBegin(&image, s->tiff, 0, words))
    return fail(s, CIC_CORRUPT, words);
  image.req_orientation = ORIENTATION_TOPLEFT;
  uint32_t *raster = room(s, (uint64_t)r->width * height, sizeof *raster);
  for (uint32_t y = 0; raster && y < r->height; y += height) {
    const uint32_t rows = height < r->height - y ? height : r->height - y;
    image.row_offset = (int)y;
    if (!TIFFRGBAImageGet(&image, raster, r->width, rows)) {
      fail_rows(s);
      break;
    }
    for (uint32_t row = 0; row < rows; row++) {
      uint8_t *to = cic_row(s->rows, y + row);
      const uint32_t *from = raster + (size_t)row * r->width;
      for (uint32_t x = 0; x < r->width; x++, to += 3) {
        to[0] = (uint8_t)TIFFGetR(from[x]);
        to[1] = (uint8_t)TIFFGetG(from[x]);
        to[2] = (uint8_t)TIFFGetB(from[x]);
      }
    }
    if (height > UINT32_MAX - y) break;
  }
  free(raster);
  TIFFRGBAImageEnd(&image);
}

// What the request says of itself, whoever made it: no table or buffer here holds more.
static int is_sane(const cic_tiff_request *r, const cic_rows *rows) {
  static const uint8_t least[] = {
      [CIC_L] = 1, [CIC_P] = 1, [CIC_RGB] = 3, [CIC_RGB_PREMULTIPLIED] = 4, [CIC_CMYK] = 4,
      [CIC_YCBCR] = 3, [CIC_I16] = 1, [CIC_I] = 1, [CIC_F] = 1, [CIC_LAB] = 3};
  const uint32_t bits = r->packing.bits;
  const int is_wide = r->mode == CIC_I16 || r->mode == CIC_I || r->mode == CIC_F;
  return r->width > 0 && r->height > 0 && r->width <= rows->stride / 3 && r->height <= rows->height && r->mode >= 0 &&
         (size_t)r->mode < sizeof least && r->samples >= least[r->mode] && r->samples <= MAX_PLANES &&
         (r->planes == 1 || r->planes == r->samples) && (r->alpha == 0 || r->alpha < r->samples) &&
         (bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 12 || bits == 16 || bits == 32) &&
         (r->planes == 1 || bits >= 8) && (!is_wide || bits > 8) && (r->mode != CIC_P || r->palette != NULL);
}

static void decode(struct session *s) {
  const cic_tiff_request *r = s->request;
  if (!is_sane(r, s->rows)) return fail(s, CIC_CORRUPT, "samples that are of no known kind");
  uint32_t width = 0, height = 0;
  TIFFGetField(s->tiff, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(s->tiff, TIFFTAG_IMAGELENGTH, &height);
  if (width != r->width || height != r->height)
    return fail(s, CIC_CORRUPT, "its tags contradict each other about the size");
  uint16_t bits = 1, samples = 1, planar = PLANARCONFIG_CONTIG;
  TIFFGetFieldDefaulted(s->tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted(s->tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted(s->tiff, TIFFTAG_PLANARCONFIG, &planar);
  // Of a strip longer than its rows libdeflate, which the reference's libtiff does without, gives nothing.
  uint16_t compression = COMPRESSION_NONE;
  TIFFGetFieldDefaulted(s->tiff, TIFFTAG_COMPRESSION, &compression);
  s->compression = compression;
  if (compression == COMPRESSION_ADOBE_DEFLATE || compression == COMPRESSION_DEFLATE)
    TIFFSetField(s->tiff, TIFFTAG_DEFLATE_SUBCODEC, DEFLATE_SUBCODEC_ZLIB);
  if (r->jpeg_to_rgb) TIFFSetField(s->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  if (r->as_rgba) return decode_rgba(s);
  const int is_separate = planar == PLANARCONFIG_SEPARATE && samples > 1;
  // Of planes the last ones may be of no interest, even all but the first.
  if (bits != r->packing.bits || samples < r->samples || (is_separate ? r->planes != r->samples : r->planes != 1) ||
      (!is_separate && samples != r->samples))
    return fail(s, CIC_CORRUPT, "its tags contradict each other about the samples");
  if (r->mode == CIC_LAB) {
    s->lab = cic_lab_open();
    if (s->lab == NULL) return fail(s, CIC_NO_MEMORY, "");
  }
  decode_rows(s);
  cic_lab_close(s->lab);
}

cic_result cic_tiff_decode(const uint8_t *bytes, size_t count, const cic_tiff_request *request, cic_rows *rows) {
  struct session s = {.bytes = bytes, .count = count, .request = request, .rows = rows};
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (options == NULL) {
    fail(&s, CIC_NO_MEMORY, "");
    return s.result;
  }
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, &s);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, &s);
  const int64_t most = request->max_intermediate_bytes;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)(most > 0 ? most : 1));
  s.tiff = TIFFClientOpenExt("image", "r", (thandle_t)&s, client_read, client_write, client_seek, client_close,
                             client_size, client_map, client_unmap, options);
  TIFFOpenOptionsFree(options);
  if (s.tiff == NULL) {
    fail(&s, CIC_CORRUPT, "libtiff cannot read its directory");
  } else {
    decode(&s);
    TIFFClose(s.tiff);
  }
  if (s.result.status == CIC_OK) s.result.message[0] = 0;
  return s.result;
}

const char *cic_tiff_version(void) { return TIFFGetVersion(); }

#endif
