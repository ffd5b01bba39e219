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

int cic_inflate_raw(const uint8_t *bytes, size_t count, uint8_t *to, size_t size) {
  z_stream stream = {0};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return CIC_NO_MEMORY;
  // zlib counts in 32 bits.
  const size_t most = (size_t)1 << 30;
  // It wants an address even where nothing is to come out.
  uint8_t nowhere;
  stream.next_in = (Bytef *)(uintptr_t)bytes;
  stream.next_out = size > 0 ? to : &nowhere;
  int status = Z_OK;
  while (status == Z_OK) {
    if (stream.avail_in == 0) {
      stream.avail_in = (uInt)(count < most ? count : most);
      count -= stream.avail_in;
    }
    if (stream.avail_out == 0) {
      stream.avail_out = (uInt)(size < most ? size : most);
      size -= stream.avail_out;
    }
    // Without progress, for want of input or of room, it says Z_BUF_ERROR.
    status = inflate(&stream, Z_NO_FLUSH);
  }
  const int is_whole = status == Z_STREAM_END && stream.avail_in == 0 && count == 0 &&
                       stream.avail_out == 0 && size == 0;
  inflateEnd(&stream);
  return is_whole ? CIC_OK : status == Z_MEM_ERROR ? CIC_NO_MEMORY : CIC_CORRUPT;
}

uint32_t cic_crc32(uint32_t seed, const uint8_t *bytes, size_t count) {
  // zlib takes a null pointer as a request for the initial value.
  return count == 0 ? seed : (uint32_t)crc32_z(seed, bytes, count);
}

#endif
