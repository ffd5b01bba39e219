// Runs a statically linked x86-64 Linux program on an emulated CPU, which may have AVX-512, in user space:
//   bochs-run BOCHSCPU_LIBRARY PROGRAM [arguments...]
// The CPU is Bochs's, from the PyPI wheel `bochscpu-python` (a Python extension; no Python is needed here:
// what it wants of Python is only ever called by its Python half, so empty symbols stand in for it).
// Guest linear = guest physical = host address, so system calls pass straight through to Linux.
// One thread, no signals. A bad memory access or an illegal instruction ends the run with a message. The exit status
// is the program's; 132 for an illegal instruction, 139 for a bad access, 127 when nothing could be run.
//   BOCHS_CPU=sapphire_rapids   or corei7_icelake_u (VNNI, no BF16), corei7_skylake_x (F BW DQ VL),
//                               corei7_haswell_4770 (AVX2), core2_penryn_t9600 (no AVX), ...
//   BOCHS_AMX=1                 and AMX, which the library lacks: amx-emulation.c has it (with sapphire_rapids)
//   BOCHS_STATS=1               instructions and time, to stderr
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "amx-emulation.h"

typedef uint64_t u64;
#define API __attribute__((visibility("default")))

// ---- What the library expects of its process -------------------------------------------------------

// Python's data; its functions stay unresolved (lazy binding).
#define PYTHON(X)                                                                                       \
  X(PyBaseObject_Type) X(PyBytes_Type) X(PyExc_AttributeError) X(PyExc_BufferError)                     \
  X(PyExc_ImportError) X(PyExc_IndexError) X(PyExc_KeyError) X(PyExc_MemoryError)                       \
  X(PyExc_OverflowError) X(PyExc_RuntimeError) X(PyExc_RuntimeWarning) X(PyExc_StopIteration)           \
  X(PyExc_SystemError) X(PyExc_TypeError) X(PyExc_ValueError) X(PyFloat_Type) X(PyList_Type)            \
  X(PyLong_Type) X(PyModule_Type) X(PyProperty_Type) X(PyTuple_Type) X(PyType_Type) X(PyUnicode_Type)   \
  X(Py_GenericAliasType) X(_PyWeakref_RefType) X(_Py_FalseStruct) X(_Py_NoneStruct)                     \
  X(_Py_NotImplementedStruct) X(_Py_TrueStruct) X(PyObject_GenericGetDict) X(PyObject_GenericSetDict)   \
  X(PyType_GenericNew) X(PyVectorcall_Call) X(Py_GenericAlias) X(PyObject_Vectorcall)                   \
  X(PyObject_VectorcallMethod)
#define DATA(name) API u64 name[128];
PYTHON(DATA)

// From glibc 2.38, which Debian 12 does not have.
API unsigned long long __isoc23_strtoull(const char *s, char **e, int b) { return strtoull(s, e, b); }
API int __isoc23_sscanf(const char *s, const char *f, ...) {
  va_list a;
  va_start(a, f);
  int r = vsscanf(s, f, a);
  va_end(a);
  return r;
}

// ---- The library -----------------------------------------------------------------------------------

static void *library;
static void *find(const char *name) {
  void *p = dlsym(library, name);
  if (!p) {
    fprintf(stderr, "bochs-run: no %s in the library\n", name);
    exit(127);
  }
  return p;
}

#define FUNCTIONS(X)                                                                                    \
  X(void, cpu_new, unsigned) X(void, cpu_loop, unsigned) X(void, cpu_set_mode, unsigned)                \
  X(void, cpu_clear_killbit, unsigned)                                                                  \
  X(u64, cpu_get_pc, unsigned) X(void, cpu_set_pc, unsigned, u64)                                       \
  X(u64, cpu_get_reg64, unsigned, unsigned) X(void, cpu_set_reg64, unsigned, unsigned, u64)             \
  X(void, cpu_set_eflags, unsigned, uint32_t)                                                           \
  X(void, cpu_set_seg, unsigned, unsigned, uint32_t, uint16_t, u64, uint32_t, uint16_t)                 \
  X(void, cpu_set_cr0, unsigned, uint32_t) X(void, cpu_set_cr3, unsigned, u64)                          \
  X(void, cpu_set_cr4, unsigned, u64) X(void, cpu_set_efer, unsigned, uint32_t)                         \
  X(void, cpu_set_xcr0, unsigned, uint32_t) X(void, cpu_set_star, unsigned, u64)                        \
  X(void, cpu_set_lstar, unsigned, u64) X(void, cpu_set_mxcsr, unsigned, uint32_t)                      \
  X(void, cpu_set_fp_cw, unsigned, uint16_t) X(void, cpu_set_fp_tw, unsigned, uint16_t)                 \
  X(u64, cpu_get_cr2, unsigned)
#define DECLARE(result, name, ...) static result (*name)(__VA_ARGS__);
FUNCTIONS(DECLARE)

enum { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10 };  // as instructions number them
enum { es, cs, ss, ds, fs, gs };
static u64 reg(unsigned r) { return cpu_get_reg64(0, r); }

// ---- What the library calls: defined here, these win over its own ------------------------------------

static u64 instructions;
static struct timespec began;

static void finish(int status) {
  if (getenv("BOCHS_STATS")) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double t = (now.tv_sec - began.tv_sec) + 1e-9 * (now.tv_nsec - began.tv_nsec);
    fprintf(stderr, "bochs-run: %.1f million instructions in %.2f s, %.1f million a second\n",
            instructions * 1e-6, t, instructions * 1e-6 / t);
  }
  fflush(stderr);
  _exit(status);
}

// Every guest page is the host page of the same address.
API uint8_t *mem_guest_to_host(unsigned cpu, u64 a, unsigned rw) { return (uint8_t *)(a & 0xffffffffffffful); }
API void mem_read_phy(unsigned cpu, u64 a, unsigned n, void *to) { memcpy(to, (void *)(a & 0xffffffffffffful), n); }
API void mem_write_phy(unsigned cpu, u64 a, unsigned n, const void *from) {
  memcpy((void *)(a & 0xffffffffffffful), from, n);
}

static bool has_amx;
static u64 current;  // where the instruction is that is being carried out
static jmp_buf next_instruction;

API void bx_instr_before_execution(unsigned cpu, void *i) {
  instructions++;
  if (has_amx) current = cpu_get_pc(0);
}

#define NOTHING(name, ...) \
  API void name(__VA_ARGS__) {}
NOTHING(bx_instr_after_execution, unsigned c, void *i)
NOTHING(bx_instr_repeat_iteration, unsigned c, void *i)
NOTHING(bx_instr_lin_access, unsigned c, u64 l, u64 p, unsigned n, unsigned m, unsigned rw)
NOTHING(bx_instr_phy_access, unsigned c, u64 p, unsigned n, unsigned m, unsigned rw)
NOTHING(bx_instr_cnear_branch_taken, unsigned c, u64 from, u64 to)
NOTHING(bx_instr_cnear_branch_not_taken, unsigned c, u64 from)
NOTHING(bx_instr_ucnear_branch, unsigned c, unsigned w, u64 from, u64 to)
NOTHING(bx_instr_opcode, unsigned c, void *i, const void *b, unsigned n, int is32, int is64)
NOTHING(bx_instr_tlb_cntrl, unsigned c, unsigned w, u64 cr3)
NOTHING(bx_instr_prefetch_hint, unsigned c, unsigned w, unsigned s, u64 o)

API void bx_instr_exception(unsigned cpu, unsigned vector, unsigned error) {
  u64 pc = cpu_get_pc(0);
  if (vector == 6 && has_amx) {
    const char *refusal;
    const unsigned length = amx_execute((const uint8_t *)current, reg, &refusal);
    if (length) {
      cpu_set_pc(0, current + length);
      longjmp(next_instruction, 1);
    }
    if (refusal) fprintf(stderr, "bochs-run: AMX: %s\n", refusal);
  }
  const char *what = vector == 6 ? "illegal instruction" : vector == 14 ? "page fault" : vector == 13 ? "protection fault"
                   : vector == 0 ? "division by zero" : vector == 19 ? "SIMD exception" : "exception";
  fprintf(stderr, "bochs-run: %s (vector %u, error %u) at or just before %#lx", what, vector, error, pc);
  if (vector == 14) fprintf(stderr, ", address %#lx", cpu_get_cr2(0));
  else {
    fprintf(stderr, ":");
    for (int i = 0; i < 16; i++) fprintf(stderr, " %02x", ((uint8_t *)pc)[i]);
  }
  fprintf(stderr, "\n");
  finish(vector == 6 ? 132 : vector == 0 || vector == 19 ? 136 : 139);
}
API void bx_instr_interrupt(unsigned cpu, unsigned vector) {
  fprintf(stderr, "bochs-run: interrupt %u at %#lx\n", vector, cpu_get_pc(0));
  finish(vector == 3 ? 133 : 139);
}
API void bx_instr_hlt(unsigned cpu) {
  fprintf(stderr, "bochs-run: hlt at %#lx\n", cpu_get_pc(0));
  finish(139);
}

static void on_fault(int signal, siginfo_t *info, void *context) {
  u64 a = (u64)info->si_addr;
  if (a < 1ul << 40)
    fprintf(stderr, "bochs-run: bad memory access to %#lx at or just before %#lx\n", a, cpu_get_pc(0));
  else
    fprintf(stderr, "bochs-run: the emulator itself failed (signal %d, address %#lx), guest at %#lx\n", signal, a,
            cpu_get_pc(0));
  finish(128 + signal);
}

// ---- Memory ----------------------------------------------------------------------------------------

static u64 next_free = 0x1000000000;  // 64 GiB: nothing of the host's is near; all stays below 2^40
static u64 page_up(u64 n) { return (n + 4095) & ~4095ul; }

static u64 map(u64 length, int protection, int flags, int fd, u64 offset) {
  void *p = mmap((void *)next_free, length, protection, (flags & ~MAP_32BIT) | MAP_FIXED_NOREPLACE, fd, offset);
  if (p == MAP_FAILED) return -errno;
  next_free += page_up(length) + 65536;  // a hole between any two, so that running over an end shows
  return (u64)p;
}
static u64 room(u64 length) {
  u64 p = map(length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p > 1ul << 40) {
    perror("bochs-run: mmap");
    exit(127);
  }
  return p;
}

// ---- System calls ------------------------------------------------------------------------------------

static u64 heap, heap_end, heap_top;

static u64 system_call(u64 number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  switch (number) {
    case SYS_brk:
      if (a >= heap && a <= heap_end) heap_top = a;
      return heap_top;
    case SYS_mmap:
      if (d & (MAP_FIXED | MAP_FIXED_NOREPLACE)) break;
      return map(b, c, d, (int)e, f);
    case SYS_arch_prctl:
      if (a == ARCH_SET_FS) return cpu_set_seg(0, fs, 1, 0, b, ~0u, 0xc093), 0;
      if (a == ARCH_SET_GS) return cpu_set_seg(0, gs, 1, 0, b, ~0u, 0xc093), 0;
      if (a == 0x1023 && b == 18 && has_amx) return 0;  // ARCH_REQ_XCOMP_PERM, the tiles' data
      return -EINVAL;
    case SYS_set_tid_address: return gettid();
    case SYS_set_robust_list:
    case SYS_rt_sigaction:
    case SYS_rt_sigprocmask:
    case SYS_sigaltstack:
    case SYS_futex: return 0;
    case SYS_exit:
    case SYS_exit_group: finish((int)a);
    case SYS_read: case SYS_write: case SYS_readv: case SYS_writev: case SYS_pread64: case SYS_pwrite64:
    case SYS_open: case SYS_openat: case SYS_close: case SYS_fstat: case SYS_newfstatat: case SYS_stat:
    case SYS_lstat: case SYS_statx: case SYS_lseek: case SYS_mprotect: case SYS_munmap: case SYS_madvise:
    case SYS_getrandom: case SYS_prlimit64: case SYS_uname: case SYS_clock_gettime: case SYS_clock_getres:
    case SYS_gettimeofday: case SYS_time: case SYS_nanosleep: case SYS_clock_nanosleep: case SYS_getpid:
    case SYS_gettid: case SYS_getppid: case SYS_getuid: case SYS_geteuid: case SYS_getgid: case SYS_getegid:
    case SYS_readlink: case SYS_readlinkat: case SYS_access: case SYS_faccessat: case SYS_sched_getaffinity:
    case SYS_sched_yield: case SYS_sysinfo: case SYS_ioctl: case SYS_fcntl: case SYS_getcwd: case SYS_dup:
    case SYS_dup2: case SYS_pipe2: case SYS_getdents64: case SYS_unlink: case SYS_unlinkat: case SYS_ftruncate:
    case SYS_mkdir: case SYS_rename: case SYS_prctl: case SYS_getcpu: break;
    case SYS_kill: case SYS_tkill: case SYS_tgkill: {
      int s = (int)(number == SYS_tgkill ? c : b);
      fprintf(stderr, "bochs-run: the program raised signal %d\n", s);
      finish(128 + s);
    }
    case SYS_rseq: case SYS_mremap: case SYS_getrlimit: return -ENOSYS;
    default:
      fprintf(stderr, "bochs-run: system call %lu is not supported here\n", number);
      return -ENOSYS;
  }
  long r = syscall(number, a, b, c, d, e, f);
  return r == -1 ? (u64)-errno : (u64)r;
}

// SYSCALL has just been carried out: rcx holds where to go on. Ring 0 throughout, so nothing else changes.
API void bx_instr_far_branch(unsigned cpu, unsigned what, uint16_t from_cs, u64 from, uint16_t to_cs, u64 to) {
  if (what != 17) return;  // BX_INSTR_IS_SYSCALL
  cpu_set_reg64(0, rax, system_call(reg(rax), reg(rdi), reg(rsi), reg(rdx), reg(r10), reg(r8), reg(r9)));
  cpu_set_pc(0, reg(rcx));
}

// ---- The CPU model: the library would make a Cannon Lake, and gets the one that is asked for -------------

static const char *model(void) { return getenv("BOCHS_CPU") ? getenv("BOCHS_CPU") : "sapphire_rapids"; }
API void *_Z23create_corei3_cnl_cpuidP8BX_CPU_C(void *cpu) {
  char name[128];
  snprintf(name, sizeof name, "_Z%zucreate_%s_cpuidP8BX_CPU_C", strlen(model()) + 13, model());
  return ((void *(*)(void *))find(name))(cpu);
}

typedef struct {
  uint32_t eax, ebx, ecx, edx;
} cpuid_result;
#define LEAF_7 _ZNK17sapphire_rapids_t20get_std_cpuid_leaf_7EjP16cpuid_function_t
#define TEXT(x) #x
#define TEXT_OF(x) TEXT(x)
API void LEAF_7(const void *cpu, uint32_t part, cpuid_result *result) {
  ((void (*)(const void *, uint32_t, cpuid_result *))find(TEXT_OF(LEAF_7)))(cpu, part, result);
  if (has_amx && part == 0) result->edx |= 1u << 22 | 1u << 24 | 1u << 25;  // bfloat16, tiles, int8
}

// ---- Loading -----------------------------------------------------------------------------------------

typedef struct {
  u64 entry, headers, header_count;
} image;

static image load(const char *path) {
  image m = {0};
  int fd = open(path, O_RDONLY);
  Elf64_Ehdr h;
  if (fd < 0 || read(fd, &h, sizeof h) != sizeof h || memcmp(h.e_ident, ELFMAG, 4) || h.e_machine != EM_X86_64 ||
      h.e_type != ET_EXEC) {
    fprintf(stderr, "bochs-run: %s is no x86-64 program at a fixed address\n", path);
    exit(127);
  }
  Elf64_Phdr p[32];
  if (h.e_phnum > 32 || pread(fd, p, h.e_phnum * sizeof *p, h.e_phoff) < 0) exit(127);
  for (int i = 0; i < h.e_phnum; i++) {
    if (p[i].p_type != PT_LOAD) continue;
    u64 start = p[i].p_vaddr & ~4095ul, end = page_up(p[i].p_vaddr + p[i].p_memsz);
    if (mmap((void *)start, end - start, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
             0) == MAP_FAILED ||
        pread(fd, (void *)p[i].p_vaddr, p[i].p_filesz, p[i].p_offset) != (ssize_t)p[i].p_filesz) {
      perror("bochs-run: loading");
      exit(127);
    }
    if (!(p[i].p_flags & PF_W)) mprotect((void *)start, end - start, PROT_READ);
    if (h.e_phoff >= p[i].p_offset && h.e_phoff < p[i].p_offset + p[i].p_filesz)
      m.headers = p[i].p_vaddr + h.e_phoff - p[i].p_offset;
  }
  m.entry = h.e_entry;
  m.header_count = h.e_phnum;
  close(fd);
  return m;
}

static u64 put_text(char **to, const char *text) {
  char *const at = *to;
  *to += strlen(text) + 1;
  return (u64)strcpy(at, text);
}

int main(int argc, char **argv, char **environment) {
  if (argc < 3) return fprintf(stderr, "usage: bochs-run BOCHSCPU_LIBRARY PROGRAM [arguments...]\n"), 127;
  has_amx = getenv("BOCHS_AMX") != NULL;
  library = dlopen(argv[1], RTLD_LAZY | RTLD_GLOBAL);
  if (!library) return fprintf(stderr, "bochs-run: %s\n", dlerror()), 127;
#define RESOLVE(result, name, ...) name = find(#name);
  FUNCTIONS(RESOLVE)
  cpu_new(0);

  char **arguments = argv + 2;
  int count = argc - 2;
  const image program = load(arguments[0]);
  heap = heap_top = room(4ul << 30);
  heap_end = heap + (4ul << 30);

  // Two megabytes to a page (the older models have no larger ones), 1 TiB in all.
  u64 *level4 = (u64 *)room(4096);
  for (u64 i = 0; i < 2; i++) {
    u64 *level3 = (u64 *)room(4096);
    level4[i] = (u64)level3 | 7;
    for (u64 j = 0; j < 512; j++) {
      u64 *level2 = (u64 *)(j ? level3[j - 1] & ~4095ul : room(512 * 4096) - 4096) + 512;
      level3[j] = (u64)level2 | 7;
      for (u64 k = 0; k < 512; k++) level2[k] = (i << 39 | j << 30 | k << 21) | 0xe7;
    }
  }

  u64 size = 64ul << 20, stack = room(size);
  char *text = (char *)(stack + size - (1 << 20));
  u64 *top = (u64 *)(stack + size - (2 << 20)), *at = top;
#define PUT(v) (*at++ = (u64)(v))
  PUT(count);
  for (int i = 0; i < count; i++) PUT(put_text(&text, arguments[i]));
  PUT(0);
  for (int i = 0; environment[i]; i++)
    if (strlen(environment[i]) < 8192) PUT(put_text(&text, environment[i]));
  PUT(0);
  char *random = text;
  text += 16;
  if (getrandom(random, 16, 0) != 16) return 127;
  u64 auxiliary[][2] = {{AT_PHDR, program.headers}, {AT_PHENT, sizeof(Elf64_Phdr)}, {AT_PHNUM, program.header_count},
                        {AT_PAGESZ, 4096}, {AT_ENTRY, program.entry},
                        {AT_UID, getuid()}, {AT_EUID, geteuid()}, {AT_GID, getgid()}, {AT_EGID, getegid()},
                        {AT_SECURE, 0}, {AT_CLKTCK, 100}, {AT_RANDOM, (u64)random},
                        {AT_PLATFORM, put_text(&text, "x86_64")}, {AT_EXECFN, put_text(&text, arguments[0])},
                        {AT_MINSIGSTKSZ, 16384}, {AT_NULL, 0}};
  memcpy(at, auxiliary, sizeof auxiliary);

  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGSEGV, &action, 0);
  sigaction(SIGBUS, &action, 0);

  // Long mode, ring 0, flat, interrupts off, all of the vector state on.
  cpu_set_cr0(0, 0x80010033);  // PG WP NE ET MP PE
  cpu_set_cr3(0, (u64)level4);
  cpu_set_cr4(0, 0x50620);  // FSGSBASE OSXSAVE OSXMMEXCPT OSFXSR PAE
  cpu_set_efer(0, 0xd01);   // NXE LMA LME SCE
  uint32_t xcr0 = 7;
  const char *with_512[] = {"sapphire_rapids", "tigerlake", "corei7_icelake_u", "corei7_skylake_x", "corei3_cnl"};
  for (int i = 0; i < 5; i++)
    if (!strcmp(model(), with_512[i])) xcr0 = 0xe7;
  cpu_set_xcr0(0, xcr0);
  cpu_set_star(0, 0x0008ul << 32);
  cpu_set_lstar(0, program.entry);
  cpu_set_seg(0, cs, 1, 8, 0, ~0u, 0xa09b);
  for (int s = 0; s < 6; s++)
    if (s != cs) cpu_set_seg(0, s, 1, s == ss ? 16 : 0, 0, ~0u, 0xc093);
  cpu_set_eflags(0, 2);
  cpu_set_mxcsr(0, 0x1f80);
  cpu_set_fp_cw(0, 0x37f);
  cpu_set_fp_tw(0, 0xffff);
  for (int i = 0; i < 16; i++) cpu_set_reg64(0, i, 0);
  cpu_set_reg64(0, rsp, (u64)top);
  cpu_set_pc(0, program.entry);
  cpu_set_mode(0);
  cpu_clear_killbit(0);
  clock_gettime(CLOCK_MONOTONIC, &began);
  setjmp(next_instruction);
  for (;;) cpu_loop(0);
}
