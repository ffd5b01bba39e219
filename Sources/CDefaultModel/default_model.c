#include "CDefaultModel.h"

// #embed is C23, which clang offers as an extension in every mode.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char config[] = {
#embed "model/config.json"
};

static const unsigned char preprocessor_config[] = {
#embed "model/preprocessor_config.json"
};

// Aligned so that the reader can use every tensor where it lies.
static const unsigned char weights[] __attribute__((aligned(64))) = {
#embed "model/model.safetensors"
};

agd_file agd_config(void) { return (agd_file){config, sizeof config}; }
agd_file agd_preprocessor_config(void) {
  return (agd_file){preprocessor_config, sizeof preprocessor_config};
}
agd_file agd_weights(void) { return (agd_file){weights, sizeof weights}; }
