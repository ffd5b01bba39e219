#include "credentials.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <string.h>

/// The certificate that issued the leaf, among those presented and the anchors.
static X509 *issuer_of(X509 *leaf, STACK_OF(X509) * presented, STACK_OF(X509) * anchors) {
  STACK_OF(X509) *lists[2] = {presented, anchors};
  for (int list = 0; list < 2; list++) {
    for (int index = 0; index < sk_X509_num(lists[list]); index++) {
      X509 *other = sk_X509_value(lists[list], index);
      if (X509_check_issued(other, leaf) == X509_V_OK && X509_verify(leaf, X509_get0_pubkey(other)) == 1)
        return other;
    }
  }
  return NULL;
}

/// What is said of the leaf, under whatever hash its name is written.
static OCSP_SINGLERESP *answer_for(OCSP_BASICRESP *basic, X509 *leaf, X509 *issuer) {
  int count = OCSP_resp_count(basic);
  for (int index = 0; index < count && index < 100; index++) {
    OCSP_SINGLERESP *single = OCSP_resp_get0(basic, index);
    const OCSP_CERTID *name = OCSP_SINGLERESP_get0_id(single);
    ASN1_OBJECT *hash = NULL;
    OCSP_id_get0_info(NULL, &hash, NULL, NULL, (OCSP_CERTID *)name);
    const EVP_MD *digest = hash ? EVP_get_digestbyobj(hash) : NULL;
    OCSP_CERTID *ours = digest ? OCSP_cert_to_id(digest, leaf, issuer) : NULL;
    int equal = ours && OCSP_id_cmp(ours, name) == 0;
    OCSP_CERTID_free(ours);
    if (equal) return single;
  }
  return NULL;
}

/// Whether the certificate's issuer has signed the answer, or somebody whom it has named for that.
static int is_authorized(
    OCSP_BASICRESP *basic, STACK_OF(X509) * presented, X509 *issuer, STACK_OF(X509) * anchors, int64_t produced) {
  X509_STORE *store = X509_STORE_new();
  // The issuer may be an anchor, which does not come with the signature.
  STACK_OF(X509) *known = sk_X509_dup(presented);
  int complete = store && known && sk_X509_push(known, issuer) > 0;
  if (!complete) {
    sk_X509_free(known);
    X509_STORE_free(store);
    return 0;
  }
  for (int index = 0; index < sk_X509_num(anchors); index++)
    complete &= X509_STORE_add_cert(store, sk_X509_value(anchors, index)) == 1;
  X509_VERIFY_PARAM *parameters = X509_STORE_get0_param(store);
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(parameters, (time_t)produced);
  X509_VERIFY_PARAM_set_depth(parameters, 10);
  X509_VERIFY_PARAM_set_auth_level(parameters, 2);
  int result = complete && OCSP_basic_verify(basic, known, store, 0) == 1;
  sk_X509_free(known);
  X509_STORE_free(store);
  return result;
}

static ccr_ocsp judge(
    OCSP_BASICRESP *basic, const ccr_certificates *presented, const ccr_certificates *trusted, int64_t at,
    char *reason, size_t capacity) {
  X509 *leaf = sk_X509_value(presented->stack, 0);
  X509 *issuer = issuer_of(leaf, presented->stack, trusted->stack);
  OCSP_SINGLERESP *single = issuer ? answer_for(basic, leaf, issuer) : NULL;
  if (!single) {
    ccr_copy_reason(reason, capacity, "the answer is not about this certificate");
    return CCR_OCSP_UNUSABLE;
  }
  ASN1_GENERALIZEDTIME *revoked_at = NULL, *this_update = NULL, *next_update = NULL;
  int why = -1;
  int status = OCSP_single_get0_status(single, &why, &revoked_at, &this_update, &next_update);
  int64_t produced = 0, from = 0, until = 0;
  if (!ccr_seconds(OCSP_resp_get0_produced_at(basic), &produced) || !ccr_seconds(this_update, &from)) {
    ccr_copy_reason(reason, capacity, "the answer has no times");
    return CCR_OCSP_UNUSABLE;
  }
  if (!is_authorized(basic, presented->stack, issuer, trusted->stack, produced)) {
    ccr_copy_reason(reason, capacity, "nobody who may has signed the answer");
    return CCR_OCSP_UNUSABLE;
  }
  // What is revoked stays so, however old the answer is.
  if (status == V_OCSP_CERTSTATUS_REVOKED && why != OCSP_REVOKED_STATUS_REMOVEFROMCRL) return CCR_OCSP_REVOKED;
  if (status == V_OCSP_CERTSTATUS_UNKNOWN) return CCR_OCSP_UNKNOWN;
  if (!next_update || !ccr_seconds(next_update, &until)) until = produced + 24 * 3600;
  if (at > until) {
    ccr_copy_reason(reason, capacity, "the answer is older than the signature");
    return CCR_OCSP_UNUSABLE;
  }
  return CCR_OCSP_GOOD;
}

ccr_ocsp ccr_judge_ocsp(
    ccr_bytes response, const ccr_certificates *presented, const ccr_certificates *trusted, int64_t at,
    char *reason, size_t capacity) {
  ccr_start();
  ccr_copy_reason(reason, capacity, "it is no answer of a responder");
  ccr_ocsp result = CCR_OCSP_UNUSABLE;
  if (response.count == 0 || response.count > INT32_MAX || sk_X509_num(presented->stack) < 1) return result;
  const unsigned char *from = response.bytes;
  OCSP_RESPONSE *answer = d2i_OCSP_RESPONSE(NULL, &from, (long)response.count);
  if (answer && OCSP_response_status(answer) == OCSP_RESPONSE_STATUS_SUCCESSFUL) {
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(answer);
    if (basic) result = judge(basic, presented, trusted, at, reason, capacity);
    OCSP_BASICRESP_free(basic);
  }
  OCSP_RESPONSE_free(answer);
  ERR_clear_error();
  return result;
}
