#include "CImageCodecs.h"

// clang-format off: jpeglib.h needs these two before it
#include <stddef.h>
#include <stdio.h>
// clang-format on

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

#ifdef CIC_JPEG
#include <jpeglib.h>

const char *cic_jpeg_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
  return "libjpeg-turbo " TEXT(LIBJPEG_TURBO_VERSION);
#else
  return "libjpeg " TEXT(JPEG_LIB_VERSION);
#endif
}
#endif

#ifdef CIC_PNG
#include <png.h>

const char *cic_png_version(void) { return png_get_libpng_ver(NULL); }
#endif
