// For builds that run-avx512.sh runs on Bochs's CPU, and no others: its vdpbf16ps gives wrong sums with an operand in
// memory (its lanes are read from the wrong place; the register form is right). This keeps the operand in a register.
#pragma once
#include <immintrin.h>

#define _mm512_dpbf16_ps(sum, a, b)                                                       \
  ({                                                                                      \
    __m512bh in_register = (b);                                                           \
    __asm__("" : "+v"(in_register));                                                      \
    (__m512) __builtin_ia32_dpbf16ps_512((__v16sf)(sum), (__v32bf)(a), (__v32bf)in_register); \
  })
