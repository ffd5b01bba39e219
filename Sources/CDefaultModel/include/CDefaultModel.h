#pragma once
// The default model's files, compiled in: no bundle to look up, and one executable runs anywhere.

#include <stddef.h>

typedef struct {
  const unsigned char *bytes;
  size_t count;
} agd_file;

agd_file agd_config(void);
agd_file agd_preprocessor_config(void);
agd_file agd_weights(void);
