#ifndef CCODECLOOP_H
#define CCODECLOOP_H

#include <stddef.h>
#include <stdint.h>

// What the system's codec alone needs: a file in memory is decoded row by row, to RGB where the codec gives that, into
// memory that is used again for the next row. What a stream of HEVC (Annex B) decodes to are its planes.
// They return 1, or 0 for a file that the codec refuses.

int codec_loop_jpeg(const uint8_t *bytes, size_t count);
int codec_loop_png(const uint8_t *bytes, size_t count);
int codec_loop_hevc(const uint8_t *bytes, size_t count);

#endif
