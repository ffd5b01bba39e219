#ifdef CIC_TIFF

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tiff.h"

// MARK: libtiff's callbacks: a file in memory that is only read

static tmsize_t client_read(thandle_t handle, void *to, tmsize_t size) {
  struct cic_tiff_session *s = (struct cic_tiff_session *)handle;
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
  struct cic_tiff_session *s = (struct cic_tiff_session *)handle;
  const uint64_t base = whence == SEEK_CUR ? s->position : whence == SEEK_END ? s->count : 0;
  s->position = (size_t)(base + offset);
  return s->position;
}

static int client_close(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t client_size(thandle_t handle) { return ((struct cic_tiff_session *)handle)->count; }

static int client_map(thandle_t handle, void **base, toff_t *size) {
  struct cic_tiff_session *s = (struct cic_tiff_session *)handle;
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
  struct cic_tiff_session *s = context;
  if (!s->result.message[0]) vsnprintf(s->result.message, sizeof s->result.message, format, values);
  return 1;
}

static int on_warning(TIFF *tiff, void *context, const char *module, const char *format, va_list values) {
  (void)tiff, (void)context, (void)module, (void)format, (void)values;
  return 1;
}

void cic_tiff_fail(struct cic_tiff_session *s, int32_t status, const char *words) {
  s->result.status = status == CIC_CORRUPT && is_unsupported(s->result.message) ? CIC_UNSUPPORTED : status;
  if (!s->result.message[0]) snprintf(s->result.message, sizeof s->result.message, "%s", words);
}

// What the request says of itself, whoever made it: no table or buffer here holds more.
static int is_sane(const cic_tiff_request *r, const cic_rows *rows) {
  static const uint8_t least[] = {
      [CIC_L] = 1, [CIC_P] = 1, [CIC_RGB] = 3, [CIC_RGB_PREMULTIPLIED] = 4, [CIC_CMYK] = 4,
      [CIC_YCBCR] = 3, [CIC_I16] = 1, [CIC_I] = 1, [CIC_F] = 1, [CIC_LAB] = 3};
  const uint32_t bits = r->packing.bits;
  const int is_wide = r->mode == CIC_I16 || r->mode == CIC_I || r->mode == CIC_F;
  return r->width > 0 && r->height > 0 && r->width <= rows->stride / 3 && r->height <= rows->height && r->mode >= 0 &&
         (size_t)r->mode < sizeof least && r->samples >= least[r->mode] && r->samples <= CIC_TIFF_MAX_PLANES &&
         (r->planes == 1 || r->planes == r->samples) && (r->alpha == 0 || r->alpha < r->samples) &&
         (bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 12 || bits == 16 || bits == 32) &&
         (r->planes == 1 || bits >= 8) && (!is_wide || bits > 8) && (r->mode != CIC_P || r->palette != NULL);
}

static void decode(struct cic_tiff_session *s) {
  const cic_tiff_request *r = s->request;
  if (!is_sane(r, s->rows)) return cic_tiff_fail(s, CIC_CORRUPT, "samples that are of no known kind");
  uint32_t width = 0, height = 0;
  TIFFGetField(s->tiff, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(s->tiff, TIFFTAG_IMAGELENGTH, &height);
  if (width != r->width || height != r->height)
    return cic_tiff_fail(s, CIC_CORRUPT, "its tags contradict each other about the size");
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
  if (r->as_rgba) return cic_tiff_decode_rgba(s);
  const int is_separate = planar == PLANARCONFIG_SEPARATE && samples > 1;
  // Of planes the last ones may be of no interest, even all but the first.
  if (bits != r->packing.bits || samples < r->samples || (is_separate ? r->planes != r->samples : r->planes != 1) ||
      (!is_separate && samples != r->samples))
    return cic_tiff_fail(s, CIC_CORRUPT, "its tags contradict each other about the samples");
  if (r->mode == CIC_LAB) {
    s->lab = cic_lab_open();
    if (s->lab == NULL) return cic_tiff_fail(s, CIC_NO_MEMORY, "");
  }
  cic_tiff_decode_rows(s);
  cic_lab_close(s->lab);
}

cic_result cic_tiff_decode(const uint8_t *bytes, size_t count, const cic_tiff_request *request, cic_rows *rows) {
  struct cic_tiff_session s = {.bytes = bytes, .count = count, .request = request, .rows = rows};
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (options == NULL) {
    cic_tiff_fail(&s, CIC_NO_MEMORY, "");
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
    cic_tiff_fail(&s, CIC_CORRUPT, "libtiff cannot read its directory");
  } else {
    decode(&s);
    TIFFClose(s.tiff);
  }
  if (s.result.status == CIC_OK) s.result.message[0] = 0;
  return s.result;
}

const char *cic_tiff_version(void) { return TIFFGetVersion(); }

#endif
