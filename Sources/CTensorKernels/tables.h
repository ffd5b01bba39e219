#pragma once
#include "CTensorKernels.h"

extern const agk_kernels agk_kernels_portable;
#if defined(__aarch64__)
extern const agk_kernels agk_kernels_dotprod;
#endif
#if defined(__x86_64__)
extern const agk_kernels agk_kernels_avx2;
extern const agk_kernels agk_kernels_avx512;
extern const agk_kernels agk_kernels_vnni;
extern const agk_kernels agk_kernels_bf16;
extern const agk_kernels agk_kernels_amx;
#endif
