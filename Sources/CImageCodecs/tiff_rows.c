#ifdef CIC_TIFF

#include <stdlib.h>
#include <string.h>

#include "tiff.h"

static void fail_rows(struct cic_tiff_session *s) {
  const int is_fax = s->compression >= COMPRESSION_CCITTRLE && s->compression <= COMPRESSION_CCITTFAX4;
  cic_tiff_fail(s, CIC_CORRUPT,
                is_fax ? "libtiff cannot decode its fax rows; libtiff 4.7 reads some that earlier versions do not, as "
                         "those without end-of-line codes"
                       : "libtiff cannot decode its rows");
}

// Memory for `count` times `size` bytes; the limit counts all of it.
static void *room(struct cic_tiff_session *s, uint64_t count, uint64_t size) {
  uint64_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) bytes = INT64_MAX;
  const int64_t needed = bytes > INT64_MAX - s->result.needed ? INT64_MAX : s->result.needed + (int64_t)bytes;
  if (needed > s->request->max_intermediate_bytes) {
    s->result.needed = needed;
    cic_tiff_fail(s, CIC_MEMORY_LIMIT, "");
    return NULL;
  }
  // Cleared, because a codec may stop short of its output without saying so.
  void *memory = calloc(bytes ? (size_t)bytes : 1, 1);
  if (memory == NULL) {
    cic_tiff_fail(s, CIC_NO_MEMORY, "");
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

static int find_layout(struct cic_tiff_session *s, struct layout *l) {
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
static int read_plane(struct cic_tiff_session *s, const struct layout *l, uint32_t y, uint16_t plane, uint8_t *tile, uint8_t *to) {
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

static void emit(struct cic_tiff_session *s, uint32_t y, const uint8_t *const *planes, uint8_t *samples, uint8_t *unpacked) {
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

void cic_tiff_decode_rows(struct cic_tiff_session *s) {
  const cic_tiff_request *r = s->request;
  struct layout l = {0};
  if (!find_layout(s, &l)) return cic_tiff_fail(s, CIC_CORRUPT, "its tags contradict each other about the size of rows");
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
      const uint8_t *planes[CIC_TIFF_MAX_PLANES];
      for (uint32_t p = 0; p < r->planes; p++) planes[p] = band + ((size_t)p * l.rows + row) * l.row_bytes;
      emit(s, y + row, planes, samples, unpacked);
    }
    if (l.rows > UINT32_MAX - y) break;
  }
  free(samples);
  free(band);
  free(tile);
}

void cic_tiff_decode_rgba(struct cic_tiff_session *s) {
  const cic_tiff_request *r = s->request;
  uint32_t height = r->height;
  if (TIFFIsTiled(s->tiff)) {
    TIFFGetField(s->tiff, TIFFTAG_TILELENGTH, &height);
  } else {
    TIFFGetFieldDefaulted(s->tiff, TIFFTAG_ROWSPERSTRIP, &height);
  }
  if (height == 0) return cic_tiff_fail(s, CIC_CORRUPT, "strips without rows");
  if (height > r->height) height = r->height;
  TIFFRGBAImage image;
  char words[1024] = "";
  if (!TIFFRGBAImageOK(s->tiff, words) || !TIFFRGBAImageBegin(&image, s->tiff, 0, words))
    return cic_tiff_fail(s, CIC_CORRUPT, words);
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

#endif
