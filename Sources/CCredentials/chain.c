#include "credentials.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

/// Steps over what is said of the leaf's dates; its caller judges them.
static int ignoring_leaf_validity(int ok, X509_STORE_CTX *context) {
  if (ok || X509_STORE_CTX_get_error_depth(context) != 0) return ok;
  switch (X509_STORE_CTX_get_error(context)) {
  case X509_V_ERR_CERT_NOT_YET_VALID:
  case X509_V_ERR_CERT_HAS_EXPIRED: X509_STORE_CTX_set_error(context, X509_V_OK); return 1;
  default: return 0;
  }
}

static ccr_chain verify(
    X509_STORE_CTX *context, int64_t at, int ignores_leaf_validity, char *reason, size_t capacity) {
  X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
  // Lists of anchors name issuing authorities, not their roots.
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(parameters, (time_t)at);
  X509_VERIFY_PARAM_set_depth(parameters, 10);
  // 112 bits: no SHA-1, no RSA under 2048.
  X509_VERIFY_PARAM_set_auth_level(parameters, 2);
  if (ignores_leaf_validity) X509_STORE_CTX_set_verify_cb(context, ignoring_leaf_validity);
  int result = X509_verify_cert(context);
  int error = X509_STORE_CTX_get_error(context);
  ccr_copy_reason(reason, capacity, X509_verify_cert_error_string(error));
  if (result == 1) return CCR_CHAIN_TRUSTED;
  if (result < 0) return CCR_CHAIN_FAILED;
  switch (error) {
  case X509_V_ERR_CERT_NOT_YET_VALID:
  case X509_V_ERR_CERT_HAS_EXPIRED: return CCR_CHAIN_OUTSIDE_VALIDITY;
  default: return CCR_CHAIN_UNTRUSTED;
  }
}

ccr_chain ccr_chain_of(
    X509 *leaf, STACK_OF(X509) * others, STACK_OF(X509) * anchors, int64_t at, int ignores_leaf_validity,
    char *reason, size_t capacity) {
  ccr_copy_reason(reason, capacity, "libcrypto could not check the chain");
  X509_STORE *store = X509_STORE_new();
  X509_STORE_CTX *context = X509_STORE_CTX_new();
  ccr_chain result = CCR_CHAIN_FAILED;
  if (store && context) {
    int complete = 1;
    for (int index = 0; index < sk_X509_num(anchors); index++)
      complete &= X509_STORE_add_cert(store, sk_X509_value(anchors, index)) == 1;
    if (complete && X509_STORE_CTX_init(context, store, leaf, others) == 1)
      result = verify(context, at, ignores_leaf_validity, reason, capacity);
  }
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
  ERR_clear_error();
  return result;
}

ccr_chain ccr_verify_chain(
    const ccr_certificates *presented, const ccr_certificates *anchors, int64_t at, int ignores_leaf_validity,
    char *reason, size_t capacity) {
  ccr_start();
  if (sk_X509_num(presented->stack) < 1) return CCR_CHAIN_FAILED;
  return ccr_chain_of(
      sk_X509_value(presented->stack, 0), presented->stack, anchors->stack, at, ignores_leaf_validity, reason,
      capacity);
}
