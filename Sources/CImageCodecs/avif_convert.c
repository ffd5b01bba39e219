#ifdef CIC_AVIF

#include <string.h>

#include "avif_convert.h"

cic_avif_conversion cic_avif_planned(const avifImage *image, int has_alpha) {
  cic_avif_conversion plan = {.image = image, .has_alpha = has_alpha};
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

uint8_t cic_avif_alpha_at(const cic_avif_conversion *plan, const uint8_t *row, uint32_t x) {
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
static avifImage *adapted(const cic_avif_conversion *plan, const avifImage *view) {
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
      const uint8_t level = cic_avif_alpha_at(plan, in, x);
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

avifResult cic_avif_convert(const cic_avif_conversion *plan, uint32_t first, uint32_t end, avifRGBImage *rgb) {
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

#endif
