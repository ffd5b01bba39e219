#pragma once
#include "CCredentials.h"

#include <openssl/x509.h>

struct ccr_certificates {
  STACK_OF(X509) * stack;
};

/// The system's configuration file has no say here.
void ccr_start(void);
/// Copies a text, cut at `capacity` and ended by NUL.
void ccr_copy_reason(char *out, size_t capacity, const char *text);
/// Seconds since 1970. 0 where it is no time.
int ccr_seconds(const ASN1_TIME *time, int64_t *out);
/// The last entry of a kind in a name. Returns how many bytes it has, 0 for none.
size_t ccr_name_entry(const X509_NAME *name, int nid, char *out, size_t capacity);
/// A path from `leaf` over `others` to one of `anchors`.
ccr_chain ccr_chain_of(
    X509 *leaf, STACK_OF(X509) * others, STACK_OF(X509) * anchors, int64_t at, int ignores_leaf_validity,
    char *reason, size_t capacity);
