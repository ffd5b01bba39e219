#ifdef CIC_WEBP

#include <stdio.h>
#include <webp/encode.h>

#include "CImageCodecs.h"

static int write_piece(const uint8_t *bytes, size_t count, const WebPPicture *picture) {
  return cic_output_append(picture->custom_ptr, bytes, count);
}

static cic_result failure(int32_t status, const char *message) {
  cic_result result = {.status = status};
  snprintf(result.message, sizeof result.message, "%s", message);
  return result;
}

cic_result cic_webp_encode(const uint8_t *rgb, const cic_webp_settings *settings, cic_output *output) {
  WebPConfig config;
  WebPPicture picture;
  if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
    return failure(CIC_UNSUPPORTED, "libwebp has another version than its headers");
  config.quality = settings->quality;
  config.method = settings->method;
  if (!WebPValidateConfig(&config)) return failure(CIC_UNSUPPORTED, "libwebp does not take these settings");
  picture.width = (int)settings->width;
  picture.height = (int)settings->height;
  // libwebp converts the colours, as it does for the reference.
  picture.use_argb = 1;
  if (!WebPPictureAlloc(&picture)) {
    return picture.error_code == VP8_ENC_ERROR_OUT_OF_MEMORY ? failure(CIC_NO_MEMORY, "")
                                                             : failure(CIC_UNSUPPORTED, "libwebp takes no such size");
  }
  for (uint32_t y = 0; y < settings->height; y++) {
    uint32_t *to = picture.argb + (size_t)y * (size_t)picture.argb_stride;
    const uint8_t *from = rgb + (size_t)y * settings->width * 3;
    for (uint32_t x = 0; x < settings->width; x++, from += 3)
      to[x] = 0xff000000u | (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
  }
  picture.writer = write_piece;
  picture.custom_ptr = output;
  const int done = WebPEncode(&config, &picture);
  const WebPEncodingError error = picture.error_code;
  WebPPictureFree(&picture);
  if (done) return (cic_result){.status = CIC_OK};
  // libwebp does not always say that it could not write.
  if (output->status != CIC_OK) return failure(output->status, "");
  switch (error) {
    case VP8_ENC_ERROR_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY: return failure(CIC_NO_MEMORY, "");
    case VP8_ENC_ERROR_PARTITION0_OVERFLOW:
    case VP8_ENC_ERROR_PARTITION_OVERFLOW: return failure(CIC_UNSUPPORTED, "a part of the file would be too large");
    case VP8_ENC_ERROR_FILE_TOO_BIG: return failure(CIC_UNSUPPORTED, "the file would be larger than 4 GiB");
    default: return failure(CIC_UNSUPPORTED, "libwebp cannot encode the image");
  }
}

#endif
