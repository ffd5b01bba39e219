// What the tests of CTensorKernels share: memory between two unreadable pages, numbers, and the count of what
// was checked.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CTensorKernels.h"

enum { level_count = 6, format_count = 3, activation_count = agk_sqrt_softplus + 1 };
extern const char *const level_names[level_count];
extern const char *const format_names[format_count];

// The kernels of a level that is to be tested here, or null.
const agk_kernels *tested_kernels(int level);

// Leaves levels below this one out.
void test_from(int level);

// Whether a part of the shapes will do, because another run has them all.
extern bool is_brief;

// ---- Memory

// Whether a block ends where an unreadable page begins, or begins where one ends.
typedef enum { at_end, at_start } side;

// Pages between two unreadable ones; starts as zeros. Bytes of it that are not written hold 0xff: NaN for floats.
typedef struct {
  char *pages;
  size_t room;
  char *block;
  size_t bytes;
} arena;

// A new block of this arena, the old one being forgotten.
void *place(arena *m, size_t bytes, side s);
float *place_floats(arena *m, size_t count, side s);

// Makes the block's pages read-only, or writable again.
void seal(const arena *m, bool read_only);

// Whether the bytes next to the block are as `place` left them.
bool margins_untouched(const arena *m);

// Whether floats are as `place` left them.
bool untouched(const float *x, size_t count);

// ---- Numbers

uint32_t random_bits(void);
size_t below(size_t n);    // 0, 1, ... n - 1
float uniform(float most);  // between -most and most

static inline size_t at_most(size_t a, size_t b) { return a < b ? a : b; }
static inline uint32_t bits_of(float x) {
  union {
    float x;
    uint32_t bits;
  } u = {x};
  return u.bits;
}
// Any NaN is the same as any other.
static inline bool same(float a, float b) { return bits_of(a) == bits_of(b) || (a != a && b != b); }

// ---- Results

// What is being tested, for messages: also for the one at a bad access, which ends the process.
void context(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Counts one failure and prints it, if it is among the first.
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Counts comparisons that held or were reported.
void checked(agk_level level, size_t count);

// Fails unless all bits are equal.
void expect_same(agk_level level, const char *what, const float *got, const float *expected, size_t count);

// Keeps the largest of the errors for a name, as a part of the bound that holds for it; fails above 1. `what` is
// a literal. Inline because there are millions of calls, and emulated CPUs are slow.
typedef struct {
  const char *what;
  double worst[level_count];
} error_record;
error_record *record_of(const char *what);
void fail_bound(agk_level level, const char *what, double error, double bound);

static inline void expect_within(agk_level level, const char *what, double error, double bound) {
  static error_record *last;
  if (!last || last->what != what) last = record_of(what);
  if (error > bound * last->worst[level]) last->worst[level] = error / bound;
  if (!(error <= bound)) fail_bound(level, what, error, bound);
  checked(level, 1);
}

void report_bad_accesses(void);

// Prints the counts; the process's exit status.
int report(void);

// ---- Tests

void test_rows(void);
void test_products(void);
void test_edges(void);
void test_attention(void);
void test_windows(void);
void test_convolution(void);
void test_training(void);
