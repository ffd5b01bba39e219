#pragma once
// C shims over the system codecs. Each function owns its setjmp and every codec call, so that no longjmp
// ever crosses a Swift frame, and frees what the codec holds on every path out.

#include <stddef.h>
#include <stdint.h>

// How a call ended.
enum {
  CIC_OK = 0,
  CIC_TRUNCATED = 1,    // the bytes ended before the image did
  CIC_CORRUPT = 2,      // the codec refused them
  CIC_UNSUPPORTED = 3,  // a variant of the format that the codec does not do
  CIC_MEMORY_LIMIT = 4, // would need more than `max_intermediate_bytes`; `needed` says how many
  CIC_SCAN_LIMIT = 5,   // more scans than `max_scans`
  CIC_NO_MEMORY = 6,    // the system gave no memory
};

typedef struct {
  int32_t status;
  int64_t needed;
  char message[256];  // the codec's own words, empty if it had none
} cic_result;

// What a JPEG's markers declare, as the caller has read them, and what it may cost.
typedef struct {
  uint32_t width;
  uint32_t height;
  int32_t components;  // 1, 3 or 4
  int64_t max_intermediate_bytes;
  int32_t max_scans;
} cic_jpeg_request;

// Decodes a whole JPEG into `rgb`, which holds width * height * 3 bytes.
cic_result cic_jpeg_decode(
    const uint8_t *bytes, size_t count, const cic_jpeg_request *request, uint8_t *rgb);

// The parts of a PNG header that decoding needs; combinations must be those of the PNG standard.
typedef struct {
  uint32_t width;
  uint32_t height;
  uint8_t bit_depth;
  uint8_t color_type;
  uint8_t interlaced;
  const uint8_t *palette;  // RGB triples, for colour type 3
  size_t palette_entries;  // at most 256; the others are black
} cic_png_header;

typedef struct cic_png cic_png;

// Starts a decoder that writes rows of RGB `stride` bytes apart into `rgb`, or returns NULL with the
// reason in `result`.
cic_png *cic_png_open(const cic_png_header *header, uint8_t *rgb, size_t stride, cic_result *result);

// Feeds a piece of the compressed image data, which may be cut anywhere. Returns 1 when the last row has
// been written, 0 when more is needed, -1 with the reason in `result` when the data is bad.
int cic_png_feed(cic_png *decoder, const uint8_t *bytes, size_t count, cic_result *result);

void cic_png_close(cic_png *decoder);

typedef struct cic_row_counter cic_row_counter;

// Counts the rows of an image whose compressed data gave out before its last row. Returns NULL when there
// is no memory.
cic_row_counter *cic_row_counter_open(const cic_png_header *header);

// Returns 1 when the stream has ended just behind a row, 0 when more is needed, -1 when it is broken. The
// pieces must be the data of the file's chunks.
int cic_row_counter_feed(cic_row_counter *counter, const uint8_t *bytes, size_t count);

void cic_row_counter_close(cic_row_counter *counter);

// Inflates a zlib stream and throws the output away. Returns its size, `limit` + 1 if input is left
// when `limit` bytes have come out, or -1 if the stream is broken.
int64_t cic_inflated_size(const uint8_t *bytes, size_t count, int64_t limit);

// The same, and the output goes to `to`, which has room for `limit` bytes.
int64_t cic_inflate(const uint8_t *bytes, size_t count, int64_t limit, uint8_t *to);

// The CRC-32 of PNG chunks, continued from `seed` (0 at the start).
uint32_t cic_crc32(uint32_t seed, const uint8_t *bytes, size_t count);

// Bytes inside a file.
typedef struct {
  const uint8_t *bytes;
  size_t count;
} cic_slice;

// A WebP file's image, or the first of its images.
typedef struct {
  uint32_t width, height;                   // of the canvas
  uint32_t x, y, frame_width, frame_height;  // where on it the first frame lies
  int32_t has_alpha;                         // says the file
  int32_t is_lossy, frame_has_alpha;         // says the frame
  cic_slice frame;                           // its coded data
  cic_slice exif, xmp;                       // empty where there are none
} cic_webp;

// Finds the parts of a WebP file. The functions on WebP exist only in builds with its trait.
cic_result cic_webp_read(const uint8_t *bytes, size_t count, cic_webp *image);

// Decodes the first frame into `rgb`, which holds width * height * 3 bytes; the canvas is black.
cic_result cic_webp_decode(const cic_webp *image, uint8_t *rgb);

// libwebp's version as linked: major, minor and revision in a byte each.
int32_t cic_webp_version(void);

// The codec libraries: libjpeg's version as compiled against, libpng's as linked.
const char *cic_jpeg_version(void);
const char *cic_png_version(void);
