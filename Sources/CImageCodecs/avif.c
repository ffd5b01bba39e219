#ifdef CIC_AVIF

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <avif/avif.h>

#include "CImageCodecs.h"

struct cic_avif {
  avifDecoder *decoder;
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
  return file;
}

// MARK: Conversion

// Rows are converted in bands, with two rows more above and below, because upsampling of chroma looks at neighbours.
enum { band_rows = 64, margin = 2 };

// libavif 1.4, which the reference has, shifts samples of more than 8 bits to 8 before it converts, if there is no
// alpha; with alpha only those that it converts without libyuv. Older ones convert at full depth.
static int shifts_first(const avifImage *image, int has_alpha) {
  if (image->depth == 8) return 0;
  const int is_grey = image->yuvFormat == AVIF_PIXEL_FORMAT_YUV400;
  if (!has_alpha) return !is_grey;
  return is_grey || (image->depth == 12 && image->yuvFormat != AVIF_PIXEL_FORMAT_YUV420);
}

enum { alpha_channel = 3 };  // behind Y, U and V

static void shift_plane(const avifImage *from, avifImage *to, int channel) {
  const uint8_t *in = channel == alpha_channel ? from->alphaPlane : from->yuvPlanes[channel];
  if (in == NULL) return;
  uint8_t *out = channel == alpha_channel ? to->alphaPlane : to->yuvPlanes[channel];
  const uint32_t in_row = channel == alpha_channel ? from->alphaRowBytes : from->yuvRowBytes[channel];
  const uint32_t out_row = channel == alpha_channel ? to->alphaRowBytes : to->yuvRowBytes[channel];
  avifPixelFormatInfo info;
  avifGetPixelFormatInfo(from->yuvFormat, &info);
  const int is_chroma = channel == AVIF_CHAN_U || channel == AVIF_CHAN_V;
  const uint32_t width = is_chroma ? (from->width + (uint32_t)info.chromaShiftX) >> info.chromaShiftX : from->width;
  const uint32_t height = is_chroma ? (from->height + (uint32_t)info.chromaShiftY) >> info.chromaShiftY : from->height;
  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++) {
      uint16_t sample;
      memcpy(&sample, in + (size_t)y * in_row + 2 * (size_t)x, 2);
      out[(size_t)y * out_row + x] = (uint8_t)(sample >> (from->depth - 8));
    }
}

// An 8-bit image of the view's size, with all that conversion looks at.
static avifImage *narrowed(const avifImage *view, int has_alpha) {
  avifImage *image = avifImageCreate(view->width, view->height, 8, view->yuvFormat);
  if (image == NULL) return NULL;
  image->yuvRange = view->yuvRange;
  image->yuvChromaSamplePosition = view->yuvChromaSamplePosition;
  image->colorPrimaries = view->colorPrimaries;
  image->transferCharacteristics = view->transferCharacteristics;
  image->matrixCoefficients = view->matrixCoefficients;
  image->alphaPremultiplied = view->alphaPremultiplied;
  if (avifImageAllocatePlanes(image, has_alpha ? AVIF_PLANES_ALL : AVIF_PLANES_YUV) != AVIF_RESULT_OK) {
    avifImageDestroy(image);
    return NULL;
  }
  for (int channel = AVIF_CHAN_Y; channel <= (has_alpha ? alpha_channel : AVIF_CHAN_V); channel++)
    shift_plane(view, image, channel);
  return image;
}

// Converts rows `first` to `end` of the image into `rgb`, whose memory is allocated here.
static avifResult convert(
    const avifImage *image, int has_alpha, uint32_t first, uint32_t end, avifRGBImage *rgb) {
  avifImage *view = avifImageCreateEmpty();
  if (view == NULL) return AVIF_RESULT_OUT_OF_MEMORY;
  const avifCropRect rect = {0, first, image->width, end - first};
  avifResult code = avifImageSetViewRect(view, image, &rect);
  const avifImage *source = view;
  avifImage *narrow = NULL;
  if (code == AVIF_RESULT_OK && shifts_first(image, has_alpha)) {
    narrow = narrowed(view, has_alpha);
    if (narrow == NULL) code = AVIF_RESULT_OUT_OF_MEMORY;
    source = narrow;
  }
  if (code == AVIF_RESULT_OK) {
    avifRGBImageSetDefaults(rgb, source);
    rgb->depth = 8;
    rgb->format = has_alpha ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
    avifRGBImageAllocatePixels(rgb);
    code = rgb->pixels ? avifImageYUVToRGB(source, rgb) : AVIF_RESULT_OUT_OF_MEMORY;
  }
  if (narrow) avifImageDestroy(narrow);
  avifImageDestroy(view);
  return code;
}

// Of more than 8 bits libavif 1.4 rounds alpha where it converts without libyuv, and else shifts it.
static uint8_t alpha_of(const avifImage *image, uint32_t x, uint32_t y) {
  const uint8_t *row = image->alphaPlane + (size_t)y * image->alphaRowBytes;
  if (image->depth == 8) return row[x];
  uint16_t sample;
  memcpy(&sample, row + 2 * (size_t)x, 2);
  const uint32_t most = (1u << image->depth) - 1, value = sample < most ? sample : most;
  const int rounds = image->yuvFormat == AVIF_PIXEL_FORMAT_YUV400 ||
                     (image->depth == 12 && image->yuvFormat == AVIF_PIXEL_FORMAT_YUV420);
  return (uint8_t)(rounds ? (2 * 255 * value + most) / (2 * most) : value >> (image->depth - 8));
}

cic_result cic_avif_decode(cic_avif *file, cic_rows *rows) {
  avifDecoder *decoder = file->decoder;
  avifResult code = avifDecoderNextImage(decoder);
  if (code != AVIF_RESULT_OK) return failure_of(code);
  const avifImage *image = decoder->image;
  const int has_alpha = decoder->alphaPresent;
  const uint32_t step = has_alpha ? 4 : 3;
  for (uint32_t y = 0; y < image->height; y += band_rows) {
    const uint32_t last = image->height - y < band_rows ? image->height : y + band_rows;
    const uint32_t first = y < margin ? 0 : y - margin;
    const uint32_t end = image->height - last < margin ? image->height : last + margin;
    avifRGBImage rgb = {0};
    code = convert(image, has_alpha, first, end, &rgb);
    for (uint32_t row = y; code == AVIF_RESULT_OK && row < last; row++) {
      const uint8_t *from = rgb.pixels + (size_t)(row - first) * rgb.rowBytes;
      uint8_t *to = cic_row(rows, row);
      cic_to_rgb(CIC_RGB, from, step, to, image->width, NULL);
      for (uint32_t x = 0; has_alpha && rows->on_white && x < image->width; x++) {
        const uint8_t alpha = alpha_of(image, x, row);
        cic_on_white(to + 3 * (size_t)x, &alpha, 1, 1);
      }
    }
    avifRGBImageFreePixels(&rgb);
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
