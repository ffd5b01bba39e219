#pragma once
// Loops of nothing but multiply-adds in registers: the most arithmetic that this CPU does.

typedef enum { peak_float32, peak_bfloat16, peak_int8 } peak_arithmetic;

// The best of a few trials in operations per second (a multiply-add counts two), summed over `threads` threads
// that run at the same time; 0 where the CPU has no such instructions.
double peak_measure(peak_arithmetic arithmetic, int threads);
