// WebP through libwebp: the first frame on a transparent canvas, as WebPAnimDecoder draws it, without its two canvases.
#ifdef CIC_WEBP

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include "CImageCodecs.h"

static cic_result failure(int32_t status, const char *message) {
  cic_result result = {.status = status};
  snprintf(result.message, sizeof result.message, "%s", message);
  return result;
}

static cic_slice chunk(WebPDemuxer *demuxer, const char *name) {
  WebPChunkIterator iterator;
  cic_slice slice = {NULL, 0};
  if (WebPDemuxGetChunk(demuxer, name, 1, &iterator)) {
    slice = (cic_slice){iterator.chunk.bytes, iterator.chunk.size};
    WebPDemuxReleaseChunkIterator(&iterator);
  }
  return slice;
}

cic_result cic_webp_read(const uint8_t *bytes, size_t count, cic_webp *image) {
  const WebPData data = {bytes, count};
  WebPDemuxState state;
  // "Partial" only in that it says what is wrong: an image that is not whole is refused.
  WebPDemuxer *const demuxer = WebPDemuxPartial(&data, &state);
  cic_result result = {.status = CIC_OK};
  WebPIterator frame;
  if (state == WEBP_DEMUX_PARSE_ERROR) {
    result = failure(CIC_CORRUPT, "");
  } else if (state != WEBP_DEMUX_DONE) {
    result = failure(CIC_TRUNCATED, "");
  } else if (!demuxer) {
    result = failure(CIC_NO_MEMORY, "");
  } else if (!WebPDemuxGetFrame(demuxer, 1, &frame)) {
    result = failure(CIC_CORRUPT, "there is no frame");
  } else {
    WebPBitstreamFeatures features, of_file;
    image->width = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH);
    image->height = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT);
    // The flag of an extended file, or what its image has although the flag says otherwise.
    image->has_alpha = WebPGetFeatures(bytes, count, &of_file) != VP8_STATUS_OK || of_file.has_alpha;
    image->x = (uint32_t)frame.x_offset;
    image->y = (uint32_t)frame.y_offset;
    image->frame = (cic_slice){frame.fragment.bytes, frame.fragment.size};
    image->exif = chunk(demuxer, "EXIF");
    image->xmp = chunk(demuxer, "XMP ");
    if (WebPGetFeatures(frame.fragment.bytes, frame.fragment.size, &features) != VP8_STATUS_OK) {
      result = failure(CIC_CORRUPT, "the frame has no valid header");
    } else {
      image->frame_width = (uint32_t)features.width;
      image->frame_height = (uint32_t)features.height;
      image->is_lossy = features.format == 1;
      image->frame_has_alpha = features.has_alpha;
      if (frame.x_offset < 0 || frame.y_offset < 0 || (uint64_t)image->x + image->frame_width > image->width ||
          (uint64_t)image->y + image->frame_height > image->height)
        result = failure(CIC_CORRUPT, "the frame lies outside the image");
    }
    WebPDemuxReleaseIterator(&frame);
  }
  WebPDemuxDelete(demuxer);
  return result;
}

cic_result cic_webp_decode(const cic_webp *image, int32_t alpha, uint8_t *rgb) {
  const int keeps_alpha = alpha != CIC_ALPHA_DROPPED;
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return failure(CIC_UNSUPPORTED, "libwebp has another version than its headers");
  // Libwebp takes the frame's size from its data: it must be the size that there is memory for.
  if (WebPGetFeatures(image->frame.bytes, image->frame.count, &config.input) != VP8_STATUS_OK ||
      (uint32_t)config.input.width != image->frame_width || (uint32_t)config.input.height != image->frame_height ||
      (uint64_t)image->x + image->frame_width > image->width || (uint64_t)image->y + image->frame_height > image->height)
    return failure(CIC_CORRUPT, "the frame has another size than was declared");
  const size_t stride = (size_t)image->width * 3, size = stride * image->height;
  const size_t start = image->y * stride + (size_t)image->x * 3;
  const size_t frame_stride = (size_t)image->frame_width * 4, frame_size = frame_stride * image->frame_height;
  // Whole rows are all written; what a frame leaves out is transparent black.
  if (image->frame_width != image->width || image->frame_height != image->height)
    memset(rgb, alpha == CIC_ALPHA_ON_WHITE ? 255 : 0, size);
  uint8_t *const rgba = keeps_alpha ? malloc(frame_size) : NULL;
  if (keeps_alpha && rgba == NULL) return failure(CIC_NO_MEMORY, "");
  config.output.colorspace = keeps_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = keeps_alpha ? rgba : rgb + start;
  config.output.u.RGBA.stride = (int)(keeps_alpha ? frame_stride : stride);
  config.output.u.RGBA.size = keeps_alpha ? frame_size : size - start;
  const VP8StatusCode status = WebPDecode(image->frame.bytes, image->frame.count, &config);
  for (uint32_t y = 0; rgba && status == VP8_STATUS_OK && y < image->frame_height; y++) {
    uint8_t *to = rgb + start + y * stride;
    const uint8_t *from = rgba + y * frame_stride;
    if (alpha == CIC_ALPHA_ALONE) {
      for (uint32_t x = 0; x < image->frame_width; x++) memset(to + 3 * (size_t)x, from[4 * (size_t)x + 3], 3);
      continue;
    }
    cic_to_rgb(CIC_RGB, from, 4, to, image->frame_width, NULL);
    cic_on_white(to, from + 3, 4, image->frame_width);
  }
  free(rgba);
  switch (status) {
    case VP8_STATUS_OK: return (cic_result){.status = CIC_OK};
    case VP8_STATUS_OUT_OF_MEMORY: return failure(CIC_NO_MEMORY, "");
    case VP8_STATUS_UNSUPPORTED_FEATURE: return failure(CIC_UNSUPPORTED, "libwebp does not do it");
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: return failure(CIC_TRUNCATED, "");
    default: return failure(CIC_CORRUPT, "libwebp cannot decode the frame");
  }
}

int32_t cic_webp_version(void) { return WebPGetDecoderVersion(); }

#endif
