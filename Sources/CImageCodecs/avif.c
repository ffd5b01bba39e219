#ifdef CIC_AVIF

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <avif/avif.h>

#include "CImageCodecs.h"

struct cic_avif {
  avifDecoder *decoder;
  cic_avif_header header;
};

static cic_result failure(int32_t status, const char *words) {
  cic_result result = {.status = status};
  snprintf(result.message, sizeof result.message, "%s", words);
  return result;
}

static cic_result failure_of(avifResult code) {
  switch (code) {
    case AVIF_RESULT_TRUNCATED_DATA: return failure(CIC_TRUNCATED, avifResultToString(code));
    case AVIF_RESULT_OUT_OF_MEMORY: return failure(CIC_NO_MEMORY, avifResultToString(code));
    case AVIF_RESULT_NOT_IMPLEMENTED:
    case AVIF_RESULT_UNSUPPORTED_DEPTH:
    case AVIF_RESULT_NO_AV1_ITEMS_FOUND:
    case AVIF_RESULT_NO_CODEC_AVAILABLE: return failure(CIC_UNSUPPORTED, avifResultToString(code));
    default: return failure(CIC_CORRUPT, avifResultToString(code));
  }
}

// Rotation comes before the mirror; the numbers are those that Pillow gives.
static int32_t orientation(const avifImage *image) {
  const int mirrored = (image->transformFlags & AVIF_TRANSFORM_IMIR) != 0;
#if AVIF_VERSION >= 1000000
  const int left_right = mirrored && image->imir.axis;
#else
  const int left_right = mirrored && image->imir.mode;
#endif
  const int angle = image->transformFlags & AVIF_TRANSFORM_IROT ? image->irot.angle : 0;
  switch (angle) {
    case 1: return !mirrored ? 8 : left_right ? 7 : 5;
    case 2: return !mirrored ? 3 : left_right ? 4 : 2;
    case 3: return !mirrored ? 6 : left_right ? 5 : 7;
    default: return !mirrored ? 1 : left_right ? 2 : 4;
  }
}

cic_avif *cic_avif_open(
    const uint8_t *bytes, size_t count, const cic_avif_limits *limits, cic_avif_header *header, cic_result *result) {
  *result = (cic_result){.status = CIC_OK};
  cic_avif *file = calloc(1, sizeof *file);
  avifDecoder *decoder = file ? avifDecoderCreate() : NULL;
  if (decoder == NULL) {
    free(file);
    *result = failure(CIC_NO_MEMORY, "");
    return NULL;
  }
  file->decoder = decoder;
  decoder->maxThreads = 1;
  decoder->strictFlags &= ~(avifStrictFlags)(AVIF_STRICT_CLAP_VALID | AVIF_STRICT_PIXI_REQUIRED);
  // The pixels are checked again by the caller; here they bound what the parser accepts.
  if (limits->max_pixels < decoder->imageSizeLimit)
    decoder->imageSizeLimit = limits->max_pixels > 0 ? (uint32_t)limits->max_pixels : 1;
  if (limits->max_frames < decoder->imageCountLimit)
    decoder->imageCountLimit = limits->max_frames > 0 ? (uint32_t)limits->max_frames : 1;
  avifResult code = avifDecoderSetIOMemory(decoder, bytes, count);
  if (code == AVIF_RESULT_OK) code = avifDecoderParse(decoder);
  if (code != AVIF_RESULT_OK) {
    *result = failure_of(code);
    cic_avif_close(file);
    return NULL;
  }
  const avifImage *image = decoder->image;
  *header = (cic_avif_header){
      .width = image->width,
      .height = image->height,
      .depth = (int32_t)image->depth,
      .is_grey = image->yuvFormat == AVIF_PIXEL_FORMAT_YUV400,
      .has_alpha = decoder->alphaPresent,
      .orientation = orientation(image),
      .exif = {image->exif.data, image->exif.size},
      .xmp = {image->xmp.data, image->xmp.size},
  };
  file->header = *header;
  return file;
}

int32_t cic_avif_finds_as_reference(void) { return AVIF_VERSION >= 1010100; }

// MARK: Conversion

// Rows are converted in bands, with two rows more above and below, because upsampling of chroma looks at neighbours.
enum { band_rows = 64, margin = 2 };

// What is converted, and how libavif 1.4 does it, which the reference has.
typedef struct {
  const avifImage *image;
  int has_alpha;     // of the result
  int is_grey;
  int by_libyuv;     // it has the matrix's coefficients, and else is converted in floating point
  int shifts_first;  // samples of more than 8 bits, which older versions convert at full depth
  int shifts_alpha;  // of more than 8 bits; else it is rounded
} conversion;

static conversion planned(const avifImage *image, int has_alpha) {
  conversion plan = {.image = image, .has_alpha = has_alpha};
  plan.is_grey = image->yuvFormat == AVIF_PIXEL_FORMAT_YUV400;
  const int matrix = image->matrixCoefficients;
  // Primaries have the number of the matrix that is derived from them.
  const int code = matrix == AVIF_MATRIX_COEFFICIENTS_CHROMA_DERIVED_NCL ? (int)image->colorPrimaries
                   : matrix == AVIF_MATRIX_COEFFICIENTS_IDENTITY && plan.is_grey ? AVIF_MATRIX_COEFFICIENTS_BT601
                                                                                   : matrix;
  const int has_constants =
      code == AVIF_MATRIX_COEFFICIENTS_BT709 || code == AVIF_MATRIX_COEFFICIENTS_UNSPECIFIED ||
      code == AVIF_MATRIX_COEFFICIENTS_BT470BG || code == AVIF_MATRIX_COEFFICIENTS_BT601 ||
      code == AVIF_MATRIX_COEFFICIENTS_BT2020_NCL;
  plan.by_libyuv = has_constants && (has_alpha || !plan.is_grey);
  if (image->depth == 8 || !plan.by_libyuv) return plan;
  const int at_full_depth = image->depth == 10 || image->yuvFormat == AVIF_PIXEL_FORMAT_YUV420;
  plan.shifts_first = !has_alpha || plan.is_grey || !at_full_depth;
  plan.shifts_alpha = !plan.is_grey && (image->depth == 10 || !at_full_depth);
  return plan;
}

static uint16_t sample_at(const uint8_t *row, uint32_t x) {
  uint16_t sample;
  memcpy(&sample, row + 2 * (size_t)x, 2);
  return sample;
}

static uint8_t alpha_at(const conversion *plan, const uint8_t *row, uint32_t x) {
  const uint32_t depth = plan->image->depth;
  if (depth == 8) return row[x];
  const uint32_t most = (1u << depth) - 1, sample = sample_at(row, x), value = sample < most ? sample : most;
  return (uint8_t)(plan->shifts_alpha ? value >> (depth - 8) : (2 * 255 * value + most) / (2 * most));
}

static void shift_plane(const avifImage *from, avifImage *to, int channel) {
  if (from->yuvPlanes[channel] == NULL) return;
  avifPixelFormatInfo info;
  avifGetPixelFormatInfo(from->yuvFormat, &info);
  const int is_chroma = channel != AVIF_CHAN_Y;
  const uint32_t width = is_chroma ? (from->width + (uint32_t)info.chromaShiftX) >> info.chromaShiftX : from->width;
  const uint32_t height = is_chroma ? (from->height + (uint32_t)info.chromaShiftY) >> info.chromaShiftY : from->height;
  for (uint32_t y = 0; y < height; y++) {
    const uint8_t *in = from->yuvPlanes[channel] + (size_t)y * from->yuvRowBytes[channel];
    uint8_t *out = to->yuvPlanes[channel] + (size_t)y * to->yuvRowBytes[channel];
    for (uint32_t x = 0; x < width; x++) out[x] = (uint8_t)(sample_at(in, x) >> (from->depth - 8));
  }
}

// A copy of the view with all that conversion looks at: of 8 bits, or of the same depth and with alpha alone, in the
// values that older versions round to what alpha is to be.
static avifImage *adapted(const conversion *plan, const avifImage *view) {
  const uint32_t depth = plan->shifts_first ? 8 : view->depth;
  avifImage *image = avifImageCreate(view->width, view->height, (int)depth, view->yuvFormat);
  if (image == NULL) return NULL;
  image->yuvRange = view->yuvRange;
  image->yuvChromaSamplePosition = view->yuvChromaSamplePosition;
  image->colorPrimaries = view->colorPrimaries;
  image->transferCharacteristics = view->transferCharacteristics;
  image->matrixCoefficients = view->matrixCoefficients;
  image->alphaPremultiplied = view->alphaPremultiplied;
  const int has_alpha = view->alphaPlane != NULL;
  const avifPlanesFlags planes = (plan->shifts_first ? AVIF_PLANES_YUV : 0) | (has_alpha ? AVIF_PLANES_A : 0);
  if (avifImageAllocatePlanes(image, planes) != AVIF_RESULT_OK) {
    avifImageDestroy(image);
    return NULL;
  }
  for (int channel = AVIF_CHAN_Y; channel <= AVIF_CHAN_V; channel++) {
    if (plan->shifts_first) {
      shift_plane(view, image, channel);
    } else {
      image->yuvPlanes[channel] = view->yuvPlanes[channel];
      image->yuvRowBytes[channel] = view->yuvRowBytes[channel];
    }
  }
  // The planes that are the view's stay so.
  image->imageOwnsYUVPlanes = plan->shifts_first;
  for (uint32_t y = 0; has_alpha && y < view->height; y++) {
    const uint8_t *in = view->alphaPlane + (size_t)y * view->alphaRowBytes;
    uint8_t *out = image->alphaPlane + (size_t)y * image->alphaRowBytes;
    for (uint32_t x = 0; x < view->width; x++) {
      const uint8_t level = alpha_at(plan, in, x);
      const uint16_t sample = (uint16_t)((level * ((1u << depth) - 1) + 127) / 255);
      if (depth == 8) out[x] = level;
      else memcpy(out + 2 * (size_t)x, &sample, 2);
    }
  }
  return image;
}

enum { reserved_matrix = 15, ycgco_re = 16 };  // of H.273; older versions know neither

// Whether it is the reversible YCgCo of 8-bit colours.
static int is_reversible(const avifImage *image) {
  return image->matrixCoefficients == ycgco_re && image->depth == 10 && image->yuvRange == AVIF_RANGE_FULL;
}

static uint8_t clamped(int value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

static void convert_reversible(const avifImage *view, avifRGBImage *rgb) {
  const uint32_t step = rgb->format == AVIF_RGB_FORMAT_RGBA ? 4 : 3;
  for (uint32_t y = 0; y < view->height; y++) {
    const uint8_t *rows[3];
    for (int channel = 0; channel < 3; channel++)
      rows[channel] = view->yuvPlanes[channel] + (size_t)y * view->yuvRowBytes[channel];
    uint8_t *to = rgb->pixels + (size_t)y * rgb->rowBytes;
    for (uint32_t x = 0; x < view->width; x++, to += step) {
      const int luma = sample_at(rows[0], x), green = sample_at(rows[1], x) - 512, orange = sample_at(rows[2], x) - 512;
      const int rest = luma - (green >> 1);
      to[1] = clamped(rest + green);
      to[2] = clamped(rest - (orange >> 1));
      to[0] = clamped(to[2] + orange);
    }
  }
}

// Converts rows `first` to `end` of the image into `rgb`, whose memory is allocated here.
static avifResult convert(const conversion *plan, uint32_t first, uint32_t end, avifRGBImage *rgb) {
  const avifImage *image = plan->image;
  avifImage *view = avifImageCreateEmpty();
  if (view == NULL) return AVIF_RESULT_OUT_OF_MEMORY;
  const avifCropRect rect = {0, first, image->width, end - first};
  avifResult code = avifImageSetViewRect(view, image, &rect);
  if (!plan->has_alpha) {  // What stands there is no alpha.
    view->alphaPlane = NULL;
    view->alphaRowBytes = 0;
    view->alphaPremultiplied = AVIF_FALSE;
  }
  // What newer versions take for BT.601: the reserved matrix, and identity and reversible YCgCo where there is no chroma.
  const int is_unknown = view->matrixCoefficients == reserved_matrix ||
                         (plan->is_grey && is_reversible(view) && !view->alphaPremultiplied);
  if (is_unknown || (plan->is_grey && view->matrixCoefficients == AVIF_MATRIX_COEFFICIENTS_IDENTITY))
    view->matrixCoefficients = AVIF_MATRIX_COEFFICIENTS_BT601;
  const avifImage *source = view;
  avifImage *copy = NULL;
  if (code == AVIF_RESULT_OK && (plan->shifts_first || (plan->shifts_alpha && view->alphaPremultiplied))) {
    copy = adapted(plan, view);
    if (copy == NULL) code = AVIF_RESULT_OUT_OF_MEMORY;
    source = copy;
  }
  if (code == AVIF_RESULT_OK) {
    avifRGBImageSetDefaults(rgb, source);
    rgb->depth = 8;
    rgb->format = plan->has_alpha ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
    rgb->avoidLibYUV = is_unknown;
    avifRGBImageAllocatePixels(rgb);
    if (rgb->pixels == NULL) code = AVIF_RESULT_OUT_OF_MEMORY;
    else if (is_reversible(view) && view->yuvFormat == AVIF_PIXEL_FORMAT_YUV444 && !view->alphaPremultiplied)
      convert_reversible(view, rgb);
    else code = avifImageYUVToRGB(source, rgb);
  }
  if (copy) avifImageDestroy(copy);
  avifImageDestroy(view);
  return code;
}

// What the codec decoded must be what the caller was told and has memory for.
static cic_result compared(const cic_avif *file, const avifImage *image, int alpha) {
  const cic_avif_header *header = &file->header;
  cic_result result = {.status = CIC_CORRUPT};
  if (image->width != header->width || image->height != header->height) {
    snprintf(result.message, sizeof result.message, "%u x %u are decoded where %u x %u were declared", image->width,
             image->height, header->width, header->height);
    return result;
  }
  if ((image->yuvFormat == AVIF_PIXEL_FORMAT_YUV400) != (header->is_grey != 0))
    return failure(CIC_CORRUPT, header->is_grey ? "colours are decoded where grey was declared"
                                                : "grey is decoded where colours were declared");
  avifPixelFormatInfo info;
  avifGetPixelFormatInfo(image->yuvFormat, &info);
  const uint64_t bytes = image->depth > 8 ? 2 : 1, width = image->width;
  const uint64_t chroma = (width + (uint64_t)info.chromaShiftX) >> info.chromaShiftX;
  for (int channel = AVIF_CHAN_Y; channel <= (header->is_grey ? AVIF_CHAN_Y : AVIF_CHAN_V); channel++)
    if (image->yuvPlanes[channel] == NULL ||
        image->yuvRowBytes[channel] < bytes * (channel == AVIF_CHAN_Y ? width : chroma))
      return failure(CIC_CORRUPT, "a plane is missing");
  if (alpha == CIC_AVIF_ALPHA && (image->alphaPlane == NULL || image->alphaRowBytes < bytes * width))
    return failure(CIC_CORRUPT, "the plane of alpha is missing");
  return (cic_result){.status = CIC_OK};
}

cic_result cic_avif_decode(cic_avif *file, int32_t alpha, cic_rows *rows) {
  avifDecoder *decoder = file->decoder;
  avifResult code = avifDecoderNextImage(decoder);
  if (code != AVIF_RESULT_OK) return failure_of(code);
  const avifImage *image = decoder->image;
  cic_result result = compared(file, image, alpha);
  if (result.status != CIC_OK) return result;
  const conversion plan = planned(image, alpha != CIC_AVIF_NO_ALPHA);
  const uint32_t step = plan.has_alpha ? 4 : 3;
  for (uint32_t y = 0; y < image->height; y += band_rows) {
    const uint32_t last = image->height - y < band_rows ? image->height : y + band_rows;
    const uint32_t first = y < margin ? 0 : y - margin;
    const uint32_t end = image->height - last < margin ? image->height : last + margin;
    avifRGBImage rgb = {0};
    code = convert(&plan, first, end, &rgb);
    for (uint32_t row = y; code == AVIF_RESULT_OK && row < last; row++) {
      const uint8_t *from = rgb.pixels + (size_t)(row - first) * rgb.rowBytes;
      uint8_t *to = cic_row(rows, row);
      cic_to_rgb(CIC_RGB, from, step, to, image->width, NULL);
      if (alpha != CIC_AVIF_ALPHA || !rows->on_white) continue;
      const uint8_t *levels = image->alphaPlane + (size_t)row * image->alphaRowBytes;
      for (uint32_t x = 0; x < image->width; x++) {
        const uint8_t level = alpha_at(&plan, levels, x);
        cic_on_white(to + 3 * (size_t)x, &level, 1, 1);
      }
    }
    avifRGBImageFreePixels(&rgb);
    if (code == AVIF_RESULT_REFORMAT_FAILED) {
      result.status = CIC_UNSUPPORTED;
      snprintf(result.message, sizeof result.message, "colours by matrix coefficients %d, with this chroma, depth and range",
               (int)image->matrixCoefficients);
      return result;
    }
    if (code != AVIF_RESULT_OK) return failure_of(code);
  }
  return (cic_result){.status = CIC_OK};
}

void cic_avif_close(cic_avif *file) {
  if (file == NULL) return;
  avifDecoderDestroy(file->decoder);
  free(file);
}

const char *cic_avif_version(void) { return avifVersion(); }

#endif
