#include "credentials.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/ess.h>
#include <openssl/evp.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>
#include <string.h>

/// The token as CMS: what an answer holds, or the bytes themselves; nothing may be left over.
static CMS_ContentInfo *read_token(ccr_bytes token, int is_response) {
  if (token.count == 0 || token.count > INT32_MAX) return NULL;
  const unsigned char *at = token.bytes, *end = token.bytes + token.count;
  if (!is_response) {
    CMS_ContentInfo *content = d2i_CMS_ContentInfo(NULL, &at, (long)token.count);
    if (content && at == end) return content;
    CMS_ContentInfo_free(content);
    return NULL;
  }
  TS_RESP *response = d2i_TS_RESP(NULL, &at, (long)token.count);
  CMS_ContentInfo *content = NULL;
  if (response && at == end) {
    // Granted, or granted with changes.
    long status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response)));
    PKCS7 *inner = TS_RESP_get_token(response);
    unsigned char *der = NULL;
    int count = inner && (status == 0 || status == 1) ? i2d_PKCS7(inner, &der) : 0;
    const unsigned char *from = der;
    if (count > 0) content = d2i_CMS_ContentInfo(NULL, &from, count);
    OPENSSL_free(der);
  }
  TS_RESP_free(response);
  return content;
}

static TS_TST_INFO *read_info(CMS_ContentInfo *content) {
  if (OBJ_obj2nid(CMS_get0_type(content)) != NID_pkcs7_signed) return NULL;
  if (OBJ_obj2nid(CMS_get0_eContentType(content)) != NID_id_smime_ct_TSTInfo) return NULL;
  ASN1_OCTET_STRING **bytes = CMS_get0_content(content);
  if (!bytes || !*bytes) return NULL;
  const unsigned char *at = ASN1_STRING_get0_data(*bytes), *end = at + ASN1_STRING_length(*bytes);
  TS_TST_INFO *info = d2i_TS_TST_INFO(NULL, &at, ASN1_STRING_length(*bytes));
  if (info && at == end && TS_TST_INFO_get_version(info) == 1) return info;
  TS_TST_INFO_free(info);
  return NULL;
}

static const EVP_MD *sha2(const ASN1_OBJECT *name) {
  switch (OBJ_obj2nid(name)) {
  case NID_sha256: return EVP_sha256();
  case NID_sha384: return EVP_sha384();
  case NID_sha512: return EVP_sha512();
  default: return NULL;
  }
}

static int is_of(TS_TST_INFO *info, ccr_bytes message) {
  TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
  const ASN1_OBJECT *name = NULL;
  X509_ALGOR_get0(&name, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
  const EVP_MD *hash = sha2(name);
  const ASN1_OCTET_STRING *stamped = TS_MSG_IMPRINT_get_msg(imprint);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int count = 0;
  return hash && stamped && EVP_Digest(message.bytes, message.count, digest, &count, hash, NULL) == 1 &&
         (int)count == ASN1_STRING_length(stamped) &&
         memcmp(digest, ASN1_STRING_get0_data(stamped), count) == 0;
}

/// Whether the signed attributes name the type of the content and the certificate of the signer.
static int has_signed_attributes(CMS_SignerInfo *signer, X509 *authority, STACK_OF(X509) * others) {
  int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_contentType, -1);
  if (at < 0) return 0;
  X509_ATTRIBUTE *type = CMS_signed_get_attr(signer, at);
  const ASN1_TYPE *value = X509_ATTRIBUTE_count(type) == 1 ? X509_ATTRIBUTE_get0_type(type, 0) : NULL;
  if (!value || value->type != V_ASN1_OBJECT || OBJ_obj2nid(value->value.object) != NID_id_smime_ct_TSTInfo)
    return 0;

  ESS_SIGNING_CERT *first = NULL;
  ESS_SIGNING_CERT_V2 *second = NULL;
  ASN1_STRING *text =
      CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(NID_id_smime_aa_signingCertificate), -3, V_ASN1_SEQUENCE);
  if (text) first = ASN1_item_unpack(text, ASN1_ITEM_rptr(ESS_SIGNING_CERT));
  text =
      CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(NID_id_smime_aa_signingCertificateV2), -3, V_ASN1_SEQUENCE);
  if (text) second = ASN1_item_unpack(text, ASN1_ITEM_rptr(ESS_SIGNING_CERT_V2));
  // What is listed behind the signer's own certificate must be among those that came with the token.
  STACK_OF(X509) *known = sk_X509_new_null();
  int complete = known && (first || second) && sk_X509_push(known, authority) > 0;
  for (int index = 0; complete && index < sk_X509_num(others); index++)
    complete = sk_X509_push(known, sk_X509_value(others, index)) > 0;
  int named = complete && OSSL_ESS_check_signing_certs(first, second, known, 1) == 1;
  sk_X509_free(known);
  ESS_SIGNING_CERT_free(first);
  ESS_SIGNING_CERT_V2_free(second);
  return named;
}

/// The certificate of the one signer, if its signature is good; else NULL.
static X509 *authority_of(
    CMS_ContentInfo *content, STACK_OF(X509) * others, char *reason, size_t capacity) {
  STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(content);
  if (sk_CMS_SignerInfo_num(signers) != 1) {
    ccr_copy_reason(reason, capacity, "it has not exactly one signer");
    return NULL;
  }
  CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(signers, 0);
  X509_ALGOR *digest = NULL;
  CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, NULL);
  const ASN1_OBJECT *name = NULL;
  if (digest) X509_ALGOR_get0(&name, NULL, NULL, digest);
  if (!name || !sha2(name)) {
    ccr_copy_reason(reason, capacity, "its signature is not over a hash of SHA-2");
    return NULL;
  }
  if (CMS_verify(content, NULL, NULL, NULL, NULL, CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) != 1) {
    ccr_copy_reason(reason, capacity, "its signature is not good, or its certificate is missing");
    return NULL;
  }
  X509 *authority = NULL;
  CMS_SignerInfo_get0_algs(signer, NULL, &authority, NULL, NULL);
  if (!authority || !has_signed_attributes(signer, authority, others)) {
    ccr_copy_reason(reason, capacity, "its signed attributes do not name the content and the certificate");
    return NULL;
  }
  return authority;
}

/// Time-stamping and nothing else, as critical extension.
static int may_stamp(X509 *authority) {
  return X509_check_purpose(authority, X509_PURPOSE_TIMESTAMP_SIGN, 0) == 1 &&
         X509_get_extended_key_usage(authority) == XKU_TIMESTAMP;
}

static ccr_stamp_result judge(
    CMS_ContentInfo *content, STACK_OF(X509) * others, const ccr_certificates *anchors, ccr_stamp *out) {
  X509 *authority = authority_of(content, others, out->reason, sizeof out->reason);
  if (!authority) return CCR_STAMP_UNTRUSTED;
  ccr_name_entry(X509_get_subject_name(authority), NID_commonName, out->authority, sizeof out->authority - 1);
  if (!may_stamp(authority)) {
    ccr_copy_reason(out->reason, sizeof out->reason, "its certificate is not for time-stamps alone");
    return CCR_STAMP_UNTRUSTED;
  }
  ccr_chain chain = ccr_chain_of(
      authority, others, anchors->stack, out->time, 0, out->reason, sizeof out->reason);
  switch (chain) {
  case CCR_CHAIN_TRUSTED: return CCR_STAMP_TRUSTED;
  case CCR_CHAIN_OUTSIDE_VALIDITY: return CCR_STAMP_OUTSIDE_VALIDITY;
  default: return CCR_STAMP_UNTRUSTED;
  }
}

ccr_stamp_result ccr_judge_time_stamp(
    ccr_bytes token, int is_response, ccr_bytes message, const ccr_certificates *anchors, ccr_stamp *out) {
  ccr_start();
  memset(out, 0, sizeof *out);
  ccr_stamp_result result = CCR_STAMP_MALFORMED;
  CMS_ContentInfo *content = read_token(token, is_response);
  TS_TST_INFO *info = content ? read_info(content) : NULL;
  if (!info) {
    ccr_copy_reason(out->reason, sizeof out->reason, "it is no time-stamp that was granted");
  } else if (!ccr_seconds(TS_TST_INFO_get_time(info), &out->time)) {
    ccr_copy_reason(out->reason, sizeof out->reason, "it has no time");
  } else {
    out->has_time = 1;
    if (is_of(info, message)) {
      STACK_OF(X509) *others = CMS_get1_certs(content);
      result = judge(content, others, anchors, out);
      sk_X509_pop_free(others, X509_free);
    } else {
      result = CCR_STAMP_MISMATCH;
      ccr_copy_reason(out->reason, sizeof out->reason, "it is of something else");
    }
  }
  TS_TST_INFO_free(info);
  CMS_ContentInfo_free(content);
  ERR_clear_error();
  return result;
}
