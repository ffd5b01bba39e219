#ifdef CIC_AVIF

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <avif/avif.h>

#include "CImageCodecs.h"
#include "avif_convert.h"

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

// Rows are converted in bands, with two rows more above and below, because upsampling of chroma looks at neighbours.
enum { band_rows = 64, margin = 2 };

cic_result cic_avif_decode(cic_avif *file, int32_t alpha, cic_rows *rows) {
  avifDecoder *decoder = file->decoder;
  avifResult code = avifDecoderNextImage(decoder);
  if (code != AVIF_RESULT_OK) return failure_of(code);
  const avifImage *image = decoder->image;
  cic_result result = compared(file, image, alpha);
  if (result.status != CIC_OK) return result;
  const cic_avif_conversion plan = cic_avif_planned(image, alpha != CIC_AVIF_NO_ALPHA);
  const uint32_t step = plan.has_alpha ? 4 : 3;
  for (uint32_t y = 0; y < image->height; y += band_rows) {
    const uint32_t last = image->height - y < band_rows ? image->height : y + band_rows;
    const uint32_t first = y < margin ? 0 : y - margin;
    const uint32_t end = image->height - last < margin ? image->height : last + margin;
    avifRGBImage rgb = {0};
    code = cic_avif_convert(&plan, first, end, &rgb);
    for (uint32_t row = y; code == AVIF_RESULT_OK && row < last; row++) {
      const uint8_t *from = rgb.pixels + (size_t)(row - first) * rgb.rowBytes;
      uint8_t *to = cic_row(rows, row);
      cic_to_rgb(CIC_RGB, from, step, to, image->width, NULL);
      if (alpha != CIC_AVIF_ALPHA || rows->alpha != CIC_ALPHA_ON_WHITE) continue;
      const uint8_t *levels = image->alphaPlane + (size_t)row * image->alphaRowBytes;
      for (uint32_t x = 0; x < image->width; x++) {
        const uint8_t level = cic_avif_alpha_at(&plan, levels, x);
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
