#pragma once
#include "CTensorKernels.h"

extern const agk_kernels agk_kernels_portable;
#if defined(__x86_64__)
extern const agk_kernels agk_kernels_avx2;
extern const agk_kernels agk_kernels_avx512;
#endif
