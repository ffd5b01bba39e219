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
  CIC_SCAN_BLOCK_LIMIT = 7,  // more blocks in all scans than `max_scan_blocks`; `needed` says how many at least
  CIC_OUTPUT_LIMIT = 8,      // an encoded file of more bytes than `most`
};

typedef struct {
  int32_t status;
  int64_t needed;
  char message[256];  // the codec's own words, empty if it had none
} cic_result;

// Bytes inside a file.
typedef struct {
  const uint8_t *bytes;
  size_t count;
} cic_slice;

// What becomes of alpha: it is dropped, composited on white, or (in PNG and WebP) it stands in place of all three channels.
enum { CIC_ALPHA_DROPPED, CIC_ALPHA_ON_WHITE, CIC_ALPHA_ALONE };

// Where decoded rows go, three bytes a pixel: memory for the whole image, or for a band of rows that moves down it.
typedef struct {
  uint8_t *base;      // of row `first`
  size_t stride;      // bytes from one row to the next
  uint32_t first;
  uint32_t end;       // behind the last row that was asked for
  uint32_t capacity;  // rows that there is memory for
  uint32_t height;    // of the image
  // Takes the rows of a full band before the next ones overwrite them; never called when the band is the image. Returns
  // how many of the last rows stay: it has moved them to the beginning.
  uint32_t (*flush)(void *context, uint8_t *rows, uint32_t first, uint32_t count);
  void *context;
  int32_t alpha;    // CIC_ALPHA_*: what becomes of it
  int32_t misused;  // whether a row was asked for that there is no memory for
} cic_rows;

// The memory of row `y`. Where a band moves, rows are asked for from the top down and none is left out. For a row outside
// of the image, or above the band or far below it, it is some row's memory, and `misused` is set.
static inline uint8_t *cic_row(cic_rows *rows, uint32_t y) {
  if (y < rows->height && y >= rows->first && y - rows->first >= rows->capacity && rows->flush) {
    const uint32_t kept = rows->flush(rows->context, rows->base, rows->first, rows->capacity);
    rows->first += kept < rows->capacity ? rows->capacity - kept : 0;
  }
  if (y >= rows->height || y < rows->first || y - rows->first >= rows->capacity) {
    rows->misused = 1;
    return rows->base;
  }
  rows->end = y + 1;
  return rows->base + (size_t)(y - rows->first) * rows->stride;
}

// The modes of Pillow that a decoder here produces, by how one pixel becomes red, green and blue.
enum {
  CIC_L = 0,                  // one byte, replicated; the modes 1, L, LA
  CIC_P = 1,                  // one byte, an index of the palette; the modes P, PA
  CIC_RGB = 2,                // three bytes; the modes RGB, RGBA
  CIC_RGB_PREMULTIPLIED = 3,  // four bytes, the fourth is the alpha that the others were multiplied by; RGBa
  CIC_CMYK = 4,               // four bytes, no ink is 0
  CIC_YCBCR = 5,              // three bytes, JFIF's coefficients in the reference's fixed point
  CIC_I16 = 6,                // an unsigned 16-bit number of this machine, clipped at 255 and not scaled; I;16
  CIC_I = 7,                  // a signed 32-bit number, clipped
  CIC_F = 8,                  // a 32-bit float, clipped and truncated; NaN is 0
  CIC_LAB = 9,                // three bytes, a and b signed; converted by `cic_lab_to_rgb`
};

// Converts `count` pixels of a mode to RGB as Pillow's convert("RGB") does: alpha is dropped and not blended.
//   samples: `step` bytes a pixel, of which the mode reads the first ones
//   palette: 256 triples for CIC_P
void cic_to_rgb(int32_t mode, const uint8_t *samples, size_t step, uint8_t *rgb, size_t count, const uint8_t *palette);

// Composites `count` pixels on white as Pillow's alpha_composite does. `alpha` has one byte for each, `step` apart.
void cic_on_white(uint8_t *rgb, const uint8_t *alpha, size_t step, size_t count);

// Writes rows of an RGB image where they belong when it is turned and mirrored as an EXIF orientation asks for; from 5
// on the result is `height` pixels wide. `in` holds `count` rows from `first` on.
void cic_orient(const uint8_t *in, int64_t width, int64_t height, int64_t first, int64_t count, int32_t orientation,
                uint8_t *out);

// How samples are stored in a row.
typedef struct {
  uint32_t bits;       // of a sample: 1, 2, 4, 8, 12, 16 or 32
  int32_t big_endian;  // samples of more than one byte
  int32_t reversed;    // the lowest bit of a byte comes first
  int32_t inverted;    // 0 is white
  int32_t scaled;      // fewer than 8 bits are spread over 0 to 255
  int32_t high_byte;   // only the upper byte of a sample counts
  int32_t widened;     // signed 16 bits become 32
} cic_packing;

// Unpacks `count` samples: to bytes, or with 12, 16 and 32 bits to numbers of this machine.
void cic_unpack(const cic_packing *packing, const uint8_t *in, uint8_t *out, size_t count);

// What a JPEG's markers declare, as the caller has read them, and what it may cost.
typedef struct {
  uint32_t width;
  uint32_t height;
  int32_t components;  // 1, 3 or 4
  int64_t max_intermediate_bytes;
  int32_t max_scans;
  int64_t max_scan_blocks;  // the blocks that each scan passes over, added up
} cic_jpeg_request;

// Decodes a whole JPEG from the top down.
cic_result cic_jpeg_decode(
    const uint8_t *bytes, size_t count, const cic_jpeg_request *request, cic_rows *rows);

// The parts of a PNG header that decoding needs; combinations must be those of the PNG standard.
typedef struct {
  uint32_t width;
  uint32_t height;
  uint8_t bit_depth;
  uint8_t color_type;
  uint8_t interlaced;
  const uint8_t *palette;  // RGB triples, for colour type 3
  size_t palette_entries;  // at most 256; the others are black
  int32_t has_key;         // whether pixels of the colour `key` become white
  uint8_t key[3];
  uint8_t around[3];       // the colour of the pixels beside the image, in the rows that it has
} cic_png_header;

// Whether a header is one of the PNG standard's, so that no table or buffer that depends on it is overrun.
int cic_png_is_sane(const cic_png_header *header);

typedef struct cic_png cic_png;

// Starts a decoder that writes the image at (x, y) into `rows`: from the top down if it is not interlaced. Then it also
// paints what is left and right of the image. Returns NULL with the reason in `result`.
cic_png *cic_png_open(const cic_png_header *header, cic_rows *rows, uint32_t x, uint32_t y, cic_result *result);

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
// when `limit` bytes have come out, or -1 if the stream is broken. `produced` has the bytes that came out in any case.
int64_t cic_inflated_size(const uint8_t *bytes, size_t count, int64_t limit, int64_t *produced);

// The same, and the output goes to `to`, which has room for `limit` bytes.
int64_t cic_inflate(const uint8_t *bytes, size_t count, int64_t limit, uint8_t *to);

// Inflates a deflate stream without a header, all of whose input makes exactly `size` bytes, into `to`. Returns CIC_OK,
// CIC_NO_MEMORY, or CIC_CORRUPT where the stream is broken or makes fewer or more bytes.
int cic_inflate_raw(const uint8_t *bytes, size_t count, uint8_t *to, size_t size);

// The CRC-32 of PNG chunks, continued from `seed` (0 at the start).
uint32_t cic_crc32(uint32_t seed, const uint8_t *bytes, size_t count);

// A WebP file's image, or the first of its images.
typedef struct {
  uint32_t width, height;                   // of the canvas
  uint32_t x, y, frame_width, frame_height;  // where on it the first frame lies
  int32_t has_alpha;                         // says the file, or its frame if it has one only
  int32_t is_lossy, frame_has_alpha;         // says the frame
  cic_slice frame;                           // its coded data
  cic_slice exif, xmp;                       // empty where there are none
} cic_webp;

// Finds the parts of a WebP file. The functions on WebP exist only in builds with its trait.
cic_result cic_webp_read(const uint8_t *bytes, size_t count, cic_webp *image);

// Decodes the first frame into `rgb`, which holds width * height * 3 bytes; the canvas is transparent black. `alpha` is of
// CIC_ALPHA_*.
cic_result cic_webp_decode(const cic_webp *image, int32_t alpha, uint8_t *rgb);

// libwebp's version as linked: major, minor and revision in a byte each.
int32_t cic_webp_version(void);

typedef struct cic_lab cic_lab;

// littleCMS's transform from CIE L*a*b* to sRGB, which the reference uses for the mode LAB. NULL without memory.
cic_lab *cic_lab_open(void);

// Converts `count` pixels of three bytes, whose a and b are signed, or `plain`: 128 more.
void cic_lab_to_rgb(const cic_lab *transform, int32_t plain, const uint8_t *samples, uint8_t *rgb, size_t count);

void cic_lab_close(cic_lab *transform);

// A TIFF image whose directory the caller has read, and how to read its rows.
typedef struct {
  uint32_t width, height;
  uint32_t samples;     // of a pixel
  uint32_t planes;      // 1, or as many as samples where each has its own strips
  int32_t as_rgba;      // libtiff converts subsampled or old JPEG colours itself
  int32_t jpeg_to_rgb;  // libjpeg converts colours
  cic_packing packing;
  int32_t mode;
  const uint8_t *palette;
  int32_t has_plain_lab;  // see `cic_lab_to_rgb`
  int64_t max_intermediate_bytes;
  uint32_t alpha;  // the sample that is composited on white, 0 for none
} cic_tiff_request;

// Decodes the first image of a TIFF from the top down.
cic_result cic_tiff_decode(const uint8_t *bytes, size_t count, const cic_tiff_request *request, cic_rows *rows);

const char *cic_tiff_version(void);

typedef struct cic_avif cic_avif;

// What an AVIF file's header says.
typedef struct {
  uint32_t width, height;
  int32_t depth;        // of a sample, in bits
  int32_t is_grey;
  int32_t has_alpha;
  int32_t orientation;  // of its rotation and mirror, as EXIF numbers it
  cic_slice exif, xmp;  // valid until the decoder is closed
} cic_avif_header;

typedef struct {
  int64_t max_pixels;
  int64_t max_frames;
} cic_avif_limits;

// Opens an AVIF file and reads its header. Returns NULL with the reason in `result`. `bytes` must outlive the decoder.
cic_avif *cic_avif_open(
    const uint8_t *bytes, size_t count, const cic_avif_limits *limits, cic_avif_header *header, cic_result *result);

// Whether this version of libavif finds tiles and alpha where the reference's does: 1.1.1 and newer.
int32_t cic_avif_finds_as_reference(void);

// Alpha of an AVIF file.
enum {
  CIC_AVIF_NO_ALPHA = 0,      // even if the decoder has found some
  CIC_AVIF_ALPHA = 1,         // that which the decoder has found
  CIC_AVIF_UNREAD_ALPHA = 2,  // there is some that the decoder cannot find; colours are converted as with alpha
};

// Decodes the first image from the top down. What is decoded has the size that `cic_avif_open` gave.
cic_result cic_avif_decode(cic_avif *decoder, int32_t alpha, cic_rows *rows);

void cic_avif_close(cic_avif *decoder);

const char *cic_avif_version(void);

typedef struct cic_hevc cic_hevc;

// What samples mean, in the numbers of ITU-T H.273.
typedef struct {
  int32_t matrix, primaries, full_range;
  int32_t widens_grey;  // grey of more than 8 bits is widened to 16 and then clipped, which leaves it white
} cic_hevc_color;

// A decoded picture of a HEVC stream; its planes are valid until the decoder is closed.
typedef struct {
  uint32_t width, height;
  int32_t chroma;        // 0: grey, 1: 4:2:0, 2: 4:2:2, 3: 4:4:4
  int32_t bits;          // of a sample; those of more than 8 are 16-bit numbers of this machine
  cic_hevc_color color;  // as the stream says
  const uint8_t *planes[3];
  size_t strides[3];
} cic_hevc_picture;

// Returns NULL when there is no memory.
cic_hevc *cic_hevc_open(void);

// Adds a NAL unit, without start code. The caller has checked the sizes in sequence parameter sets.
cic_result cic_hevc_push(cic_hevc *decoder, const uint8_t *bytes, size_t count);

// Decodes the first picture of what has been added. A stream that libde265 finds damaged is refused.
cic_result cic_hevc_decode(cic_hevc *decoder, cic_hevc_picture *picture);

void cic_hevc_close(cic_hevc *decoder);

// Those below return 0, and do nothing, where what is asked for lies outside of the picture.

// Converts `width` pixels of row `y`, from column `x` on, as libheif 1.23 does for pillow_heif. 0 for a matrix that is
// not known, too.
int32_t cic_hevc_to_rgb(const cic_hevc_picture *picture, cic_hevc_color color, uint32_t x, uint32_t y, uint32_t width,
                        uint8_t *rgb);

// The same for a picture of 4:2:0 or 4:2:2 whose chroma libheif interpolates before it turns or crops the image.
// `scratch` has room for three rows of the picture's samples.
int32_t cic_hevc_interpolated_to_rgb(const cic_hevc_picture *picture, cic_hevc_color color, uint32_t x, uint32_t y,
                                     uint32_t width, uint8_t *scratch, size_t scratch_bytes, uint8_t *rgb);

// Narrows a picture to a part of it. Chroma that pixels at an edge share with others belongs to both.
int32_t cic_hevc_crop(cic_hevc_picture *picture, uint32_t x, uint32_t y, uint32_t width, uint32_t height);

// Copies what fits of a tile's planes to (x, y) of a picture of the same form. `planes` are those of `picture`.
int32_t cic_hevc_paste(const cic_hevc_picture *tile, const cic_hevc_picture *picture, uint8_t *const *planes, uint32_t x,
                       uint32_t y);

// Takes the upper 8 bits of `count` samples of the luma, in the columns `along` of the row `across`; in the rows `along`
// of the column `across` where `swaps` is not 0.
int32_t cic_hevc_luma(const cic_hevc_picture *picture, const uint32_t *along, size_t count, uint32_t across, int32_t swaps,
                      uint8_t *luma);

// Divides colours by the alpha that they were multiplied by, as Pillow's convert("RGB") does.
void cic_hevc_unmultiply(uint8_t *rgb, const uint8_t *alpha, size_t count);

const char *cic_hevc_version(void);

// MARK: Encoders. Images are interleaved RGB without padding, of at least one pixel; sizes and settings are checked by
// the caller, and by the codec. What `output` has got is to be freed whatever the result.

// An encoded file while it grows. Starts as zeros but for `most`.
typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
  size_t most;     // bytes that it may have
  int32_t status;  // why the last append failed: CIC_OUTPUT_LIMIT or CIC_NO_MEMORY
} cic_output;

// Returns 0 where there is no room, with the reason in `status`.
int32_t cic_output_append(cic_output *output, const uint8_t *bytes, size_t count);

void cic_output_free(cic_output *output);

typedef struct {
  uint32_t width, height;
  int32_t quality;                 // 1 to 100
  int32_t luma_across, luma_down;  // samples of luma for one of chroma, 1 or 2
} cic_jpeg_settings;

// Writes a baseline JPEG with the standard's Huffman tables.
cic_result cic_jpeg_encode(const uint8_t *rgb, const cic_jpeg_settings *settings, cic_output *output);

typedef struct {
  uint32_t width, height;
  float quality;   // 0 to 100
  int32_t method;  // 0 to 6
} cic_webp_settings;

// The functions on WebP exist only in builds with its trait.
cic_result cic_webp_encode(const uint8_t *rgb, const cic_webp_settings *settings, cic_output *output);

typedef struct {
  uint32_t width, height;
  int32_t level;  // of zlib, 0 to 9
} cic_png_settings;

cic_result cic_png_encode(const uint8_t *rgb, const cic_png_settings *settings, cic_output *output);

// The codec libraries: libjpeg's version as compiled against, libpng's as linked.
const char *cic_jpeg_version(void);
const char *cic_png_version(void);
