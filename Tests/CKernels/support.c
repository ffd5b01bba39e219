#define _GNU_SOURCE
#include "support.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const char *const level_names[level_count] = {"portable", "avx2", "avx512", "avx512vnni", "avx512bf16", "amx"};
const char *const format_names[format_count] = {"float32", "bfloat16", "int8"};

static int lowest;
bool is_brief;

void test_from(int level) { lowest = level; }

const agk_kernels *tested_kernels(int level) {
  return level < lowest ? NULL : agk_kernels_for((agk_level)level);
}

// ---- Memory

enum { margin = 64 };

void *place(arena *m, size_t bytes, side s) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  if (bytes + margin > m->room) {
    if (m->pages) munmap(m->pages - page, m->room + 2 * page);
    m->room = (bytes + margin + page - 1) / page * page;
    char *all = mmap(NULL, m->room + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED || mprotect(all + page, m->room, PROT_READ | PROT_WRITE)) {
      perror("mmap");
      exit(2);
    }
    m->pages = all + page;
  }
  seal(m, false);
  m->block = s == at_end ? m->pages + m->room - bytes : m->pages;
  m->bytes = bytes;
  char *const first = s == at_end ? m->block - margin : m->block;
  memset(first, 0xff, bytes + margin);
  return m->block;
}

float *place_floats(arena *m, size_t count, side s) { return place(m, count * sizeof(float), s); }

void seal(const arena *m, bool read_only) {
  if (mprotect(m->pages, m->room, read_only ? PROT_READ : PROT_READ | PROT_WRITE)) {
    perror("mprotect");
    exit(2);
  }
}

bool margins_untouched(const arena *m) {
  const char *const free_bytes = m->block == m->pages ? m->block + m->bytes : m->block - margin;
  for (int i = 0; i < margin; i++)
    if (free_bytes[i] != (char)0xff) return false;
  return true;
}

bool untouched(const float *x, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (bits_of(x[i]) != UINT32_MAX) return false;
  return true;
}

// ---- Numbers

static uint64_t state = 1;

uint32_t random_bits(void) {
  uint64_t z = state += 0x9e3779b97f4a7c15u;  // splitmix64
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return (uint32_t)(z >> 32);
}

size_t below(size_t n) { return random_bits() % n; }

float uniform(float most) { return ((float)(random_bits() >> 8) * 0x1p-23f - 1.0f) * most; }

// ---- Results

static char where[200];
static size_t failures, counts[level_count];
static error_record errors[40];

void context(const char *format, ...) {
  va_list list;
  va_start(list, format);
  vsnprintf(where, sizeof where, format, list);
  va_end(list);
}

static void on_bad_access(int signal) {
  static const char message[] = "FAILED, a bad access: ";
  ssize_t written = write(STDOUT_FILENO, message, sizeof message - 1);
  written += write(STDOUT_FILENO, where, strlen(where)) + write(STDOUT_FILENO, "\n", 1);
  _exit(written > 0 ? 128 + signal : 127);
}

void report_bad_accesses(void) {
#if !__has_feature(address_sanitizer)  // it says more
  signal(SIGSEGV, on_bad_access);
  signal(SIGBUS, on_bad_access);
#else
  (void)on_bad_access;
#endif
}

void fail(const char *format, ...) {
  if (failures++ >= 30) return;
  va_list list;
  va_start(list, format);
  printf("FAILED %s: ", where);
  vprintf(format, list);
  printf("\n");
  va_end(list);
  fflush(stdout);
}

void checked(agk_level level, size_t count) { counts[level] += count; }

void expect_same(agk_level level, const char *what, const float *got, const float *expected, size_t count) {
  checked(level, count);
  for (size_t i = 0; i < count; i++)
    if (!same(got[i], expected[i]))
      return fail("%s: %s[%zu] is %a, not %a", level_names[level], what, i, (double)got[i], (double)expected[i]);
}

error_record *record_of(const char *what) {
  error_record *e = errors;
  while (e->what && strcmp(e->what, what)) e++;
  e->what = what;
  return e;
}

void fail_bound(agk_level level, const char *what, double error, double bound) {
  fail("%s: %s is off by %g, the bound is %g", level_names[level], what, error, bound);
}

int report(void) {
  printf("%-22s", "");
  for (int l = 0; l < level_count; l++)
    if (tested_kernels(l)) printf("%14s", level_names[l]);
  printf("\n%-22s", "values checked");
  for (int l = 0; l < level_count; l++)
    if (tested_kernels(l)) printf("%14zu", counts[l]);
  printf("\nworst error, as a part of its bound\n");
  for (size_t i = 0; errors[i].what; i++) {
    printf("%-22s", errors[i].what);
    for (int l = 0; l < level_count; l++)
      if (tested_kernels(l)) printf("%14.3f", errors[i].worst[l]);
    printf("\n");
  }
  printf(failures ? "%zu FAILURES\n" : "no failures\n", failures);
  return failures != 0;
}
