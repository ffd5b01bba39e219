#include "credentials.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <string.h>

void ccr_start(void) { OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL); }

void ccr_copy_reason(char *out, size_t capacity, const char *text) {
  if (!out || capacity == 0) return;
  size_t count = text ? strlen(text) : 0;
  if (count >= capacity) count = capacity - 1;
  if (count) memcpy(out, text, count);
  out[count] = 0;
}

int ccr_seconds(const ASN1_TIME *time, int64_t *out) {
  ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
  int days = 0, seconds = 0;
  int known = epoch && time && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;
  ASN1_TIME_free(epoch);
  ERR_clear_error();
  if (!known) return 0;
  *out = (int64_t)days * 86400 + seconds;
  return 1;
}

ccr_certificates *ccr_certificates_create(void) {
  ccr_start();
  ccr_certificates *list = OPENSSL_zalloc(sizeof *list);
  if (!list) return NULL;
  list->stack = sk_X509_new_null();
  if (list->stack) return list;
  OPENSSL_free(list);
  return NULL;
}

void ccr_certificates_free(ccr_certificates *list) {
  if (!list) return;
  sk_X509_pop_free(list->stack, X509_free);
  OPENSSL_free(list);
}

static int add(ccr_certificates *list, X509 *certificate) {
  if (certificate && sk_X509_push(list->stack, certificate) > 0) return 1;
  X509_free(certificate);
  return 0;
}

int ccr_certificates_add(ccr_certificates *list, ccr_bytes der) {
  if (der.count == 0 || der.count > INT32_MAX) return 0;
  const unsigned char *at = der.bytes;
  X509 *certificate = d2i_X509(NULL, &at, (long)der.count);
  ERR_clear_error();
  if (certificate && at != der.bytes + der.count) {
    X509_free(certificate);
    return 0;
  }
  return add(list, certificate);
}

int ccr_certificates_add_pem(ccr_certificates *list, ccr_bytes pem) {
  if (pem.count == 0 || pem.count > INT32_MAX) return -1;
  BIO *text = BIO_new_mem_buf(pem.bytes, (int)pem.count);
  if (!text) return -1;
  int count = 0;
  X509 *certificate;
  // No password is ever asked for: the callback answers with none.
  while ((certificate = PEM_read_bio_X509(text, NULL, NULL, (void *)""))) {
    if (!add(list, certificate)) {
      count = -1;
      break;
    }
    count += 1;
  }
  unsigned long error = ERR_peek_last_error();
  int is_end = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  BIO_free(text);
  return count > 0 && is_end ? count : -1;
}

size_t ccr_certificates_count(const ccr_certificates *list) {
  int count = sk_X509_num(list->stack);
  return count > 0 ? (size_t)count : 0;
}

static X509 *certificate_at(const ccr_certificates *list, size_t index) {
  return index < ccr_certificates_count(list) ? sk_X509_value(list->stack, (int)index) : NULL;
}

size_t ccr_certificates_der(const ccr_certificates *list, size_t index, uint8_t *out, size_t capacity) {
  X509 *certificate = certificate_at(list, index);
  if (!certificate) return 0;
  unsigned char *der = NULL;
  int count = i2d_X509(certificate, &der);
  if (count <= 0) {
    ERR_clear_error();
    return 0;
  }
  size_t copied = (size_t)count < capacity ? (size_t)count : capacity;
  if (copied) memcpy(out, der, copied);
  OPENSSL_free(der);
  return (size_t)count;
}

// MARK: Facts

static ccr_key kind_of(const EVP_PKEY *key) {
  switch (EVP_PKEY_get_base_id(key)) {
  case EVP_PKEY_RSA:
  case EVP_PKEY_RSA_PSS: return CCR_KEY_RSA;
  case EVP_PKEY_ED25519: return CCR_KEY_ED25519;
  case EVP_PKEY_EC: break;
  default: return CCR_KEY_OTHER;
  }
  int is_explicit = 0;
  if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit) == 1 &&
      is_explicit)
    return CCR_KEY_OTHER;
  char name[64];
  if (EVP_PKEY_get_group_name(key, name, sizeof name, NULL) != 1) return CCR_KEY_OTHER;
  if (!strcmp(name, SN_X9_62_prime256v1)) return CCR_KEY_P256;
  if (!strcmp(name, SN_secp384r1)) return CCR_KEY_P384;
  if (!strcmp(name, SN_secp521r1)) return CCR_KEY_P521;
  return CCR_KEY_OTHER;
}

static int is_sha2(int nid) { return nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512; }

/// Of RSASSA-PSS both hashes must be named, and be the same of SHA-2.
static int has_equal_pss_hashes(const X509_ALGOR *algorithm) {
  const ASN1_OBJECT *object;
  int type;
  const void *value;
  X509_ALGOR_get0(&object, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE) return 0;
  RSA_PSS_PARAMS *parameters = ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
  if (!parameters) return 0;
  int equal = 0;
  X509_ALGOR *inner = NULL;
  if (parameters->hashAlgorithm && parameters->maskGenAlgorithm) {
    X509_ALGOR_get0(&object, NULL, NULL, parameters->hashAlgorithm);
    int hash = OBJ_obj2nid(object);
    X509_ALGOR_get0(&object, &type, &value, parameters->maskGenAlgorithm);
    if (OBJ_obj2nid(object) == NID_mgf1 && type == V_ASN1_SEQUENCE)
      inner = ASN1_item_unpack(value, ASN1_ITEM_rptr(X509_ALGOR));
    if (inner) {
      X509_ALGOR_get0(&object, NULL, NULL, inner);
      equal = is_sha2(hash) && OBJ_obj2nid(object) == hash;
    }
  }
  X509_ALGOR_free(inner);
  RSA_PSS_PARAMS_free(parameters);
  return equal;
}

static int has_known_signature_algorithm(const X509 *certificate) {
  const X509_ALGOR *algorithm = NULL;
  X509_get0_signature(NULL, &algorithm, certificate);
  switch (X509_get_signature_nid(certificate)) {
  case NID_ecdsa_with_SHA256:
  case NID_ecdsa_with_SHA384:
  case NID_ecdsa_with_SHA512:
  case NID_sha256WithRSAEncryption:
  case NID_sha384WithRSAEncryption:
  case NID_sha512WithRSAEncryption:
  case NID_ED25519: return 1;
  case NID_rsassaPss: return algorithm && has_equal_pss_hashes(algorithm);
  default: return 0;
  }
}

static int has_ocsp_location(X509 *certificate) {
  STACK_OF(OPENSSL_STRING) *places = X509_get1_ocsp(certificate);
  int count = sk_OPENSSL_STRING_num(places);
  X509_email_free(places);
  return count > 0;
}

int ccr_certificate_facts_of(const ccr_certificates *list, size_t index, ccr_certificate_facts *out) {
  memset(out, 0, sizeof *out);
  X509 *certificate = certificate_at(list, index);
  if (!certificate) return 0;
  out->version = X509_get_version(certificate) + 1;
  out->key = CCR_KEY_OTHER;
  EVP_PKEY *key = X509_get0_pubkey(certificate);
  if (key) {
    out->key = kind_of(key);
    out->key_bits = EVP_PKEY_get_bits(key);
  }
  out->has_known_signature_algorithm = has_known_signature_algorithm(certificate);
  const ASN1_BIT_STRING *issuer = NULL, *subject = NULL;
  X509_get0_uids(certificate, &issuer, &subject);
  out->has_unique_ids = issuer || subject;

  uint32_t flags = X509_get_extension_flags(certificate);
  out->has_authority_key_identifier = X509_get_ext_by_NID(certificate, NID_authority_key_identifier, -1) >= 0;
  out->has_key_usage = (flags & EXFLAG_KUSAGE) != 0;
  uint32_t usage = out->has_key_usage ? X509_get_key_usage(certificate) : 0;
  out->may_sign = (usage & KU_DIGITAL_SIGNATURE) != 0;
  out->may_sign_certificates = (usage & KU_KEY_CERT_SIGN) != 0;
  out->is_authority = (flags & EXFLAG_CA) != 0;
  out->is_self_issued = (flags & EXFLAG_SI) != 0;
  out->has_unknown_critical_extension = (flags & EXFLAG_CRITICAL) != 0;
  out->is_malformed = (flags & EXFLAG_INVALID) != 0;
  out->has_ocsp_location = has_ocsp_location(certificate);
  int known = ccr_seconds(X509_get0_notBefore(certificate), &out->not_before) &&
              ccr_seconds(X509_get0_notAfter(certificate), &out->not_after);
  ERR_clear_error();
  return known;
}

// MARK: Texts

static size_t copy_text(const char *text, size_t count, char *out, size_t capacity) {
  size_t copied = count < capacity ? count : capacity;
  if (copied) memcpy(out, text, copied);
  return count;
}

size_t ccr_name_entry(const X509_NAME *name, int nid, char *out, size_t capacity) {
  int at = -1, last = -1;
  while ((at = X509_NAME_get_index_by_NID(name, nid, at)) >= 0) last = at;
  if (last < 0) return 0;
  unsigned char *text = NULL;
  int count = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
  if (count < 0) {
    ERR_clear_error();
    return 0;
  }
  copy_text((const char *)text, (size_t)count, out, capacity);
  OPENSSL_free(text);
  return (size_t)count;
}

static size_t serial_number(X509 *certificate, char *out, size_t capacity) {
  BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
  char *digits = number ? BN_bn2hex(number) : NULL;
  size_t count = digits ? copy_text(digits, strlen(digits), out, capacity) : 0;
  OPENSSL_free(digits);
  BN_free(number);
  return count;
}

static size_t extended_key_usages(X509 *certificate, char *out, size_t capacity) {
  EXTENDED_KEY_USAGE *usages = X509_get_ext_d2i(certificate, NID_ext_key_usage, NULL, NULL);
  size_t total = 0;
  for (int index = 0; index < sk_ASN1_OBJECT_num(usages); index++) {
    char name[128];
    int count = OBJ_obj2txt(name, sizeof name, sk_ASN1_OBJECT_value(usages, index), 1);
    if (count <= 0 || (size_t)count >= sizeof name) continue;
    if (total) {
      if (total < capacity) out[total] = ' ';
      total += 1;
    }
    size_t space = total < capacity ? capacity - total : 0;
    copy_text(name, (size_t)count, space ? out + total : out, space);
    total += (size_t)count;
  }
  sk_ASN1_OBJECT_pop_free(usages, ASN1_OBJECT_free);
  return total;
}

size_t ccr_certificate_text(
    const ccr_certificates *list, size_t index, ccr_text which, char *out, size_t capacity) {
  X509 *certificate = certificate_at(list, index);
  if (!certificate) return 0;
  const X509_NAME *subject = X509_get_subject_name(certificate), *issuer = X509_get_issuer_name(certificate);
  size_t count = 0;
  switch (which) {
  case CCR_SUBJECT_COMMON_NAME: count = ccr_name_entry(subject, NID_commonName, out, capacity); break;
  case CCR_SUBJECT_ORGANIZATION: count = ccr_name_entry(subject, NID_organizationName, out, capacity); break;
  case CCR_ISSUER_COMMON_NAME: count = ccr_name_entry(issuer, NID_commonName, out, capacity); break;
  case CCR_ISSUER_ORGANIZATION: count = ccr_name_entry(issuer, NID_organizationName, out, capacity); break;
  case CCR_SERIAL_NUMBER: count = serial_number(certificate, out, capacity); break;
  case CCR_EXTENDED_KEY_USAGES: count = extended_key_usages(certificate, out, capacity); break;
  }
  ERR_clear_error();
  return count;
}
