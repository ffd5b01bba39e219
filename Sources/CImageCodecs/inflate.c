#ifdef CIC_PNG

#include "CImageCodecs.h"

#include <zlib.h>

static int64_t inflate_to(const uint8_t *bytes, size_t count, int64_t limit, uint8_t *to, int64_t *produced) {
  *produced = 0;
  z_stream stream = {0};
  if (inflateInit(&stream) != Z_OK) return -1;
  uint8_t scratch[8192];
  int64_t size = 0;
  size_t left = count;
  int status = Z_OK;
  // zlib counts its input in 32 bits.
  const size_t most = (size_t)1 << 30;
  stream.next_in = (Bytef *)(uintptr_t)bytes;
  while (status == Z_OK && size < limit) {
    if (stream.avail_in == 0) {
      if (left == 0) break;
      stream.avail_in = (uInt)(left < most ? left : most);
      left -= stream.avail_in;
    }
    const int64_t room = limit - size;
    const uInt out = (uInt)(room < (int64_t)sizeof scratch ? room : (int64_t)sizeof scratch);
    stream.next_out = to ? to + size : scratch;
    stream.avail_out = out;
    status = inflate(&stream, Z_SYNC_FLUSH);
    size += out - stream.avail_out;
    if (status == Z_BUF_ERROR) {
      // No progress is possible without more input; a stream that is merely cut short is no error.
      if (stream.avail_in > 0 || left == 0) break;
      status = Z_OK;
    }
  }
  *produced = size;
  const int unread = stream.avail_in > 0 || left > 0;
  inflateEnd(&stream);
  if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return -1;
  return status != Z_STREAM_END && size >= limit && unread ? limit + 1 : size;
}

int64_t cic_inflated_size(const uint8_t *bytes, size_t count, int64_t limit, int64_t *produced) {
  return inflate_to(bytes, count, limit, NULL, produced);
}

int64_t cic_inflate(const uint8_t *bytes, size_t count, int64_t limit, uint8_t *to) {
  int64_t produced;
  return inflate_to(bytes, count, limit, to, &produced);
}

uint32_t cic_crc32(uint32_t seed, const uint8_t *bytes, size_t count) {
  // zlib takes a null pointer as a request for the initial value.
  return count == 0 ? seed : (uint32_t)crc32_z(seed, bytes, count);
}

#endif
