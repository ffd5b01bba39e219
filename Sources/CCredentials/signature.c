#include "credentials.h"

#include <limits.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

static const EVP_MD *hash_of(ccr_algorithm algorithm) {
  switch (algorithm) {
  case CCR_ES256:
  case CCR_PS256: return EVP_sha256();
  case CCR_ES384:
  case CCR_PS384: return EVP_sha384();
  case CCR_ES512:
  case CCR_PS512: return EVP_sha512();
  case CCR_EDDSA: return NULL;
  }
  return NULL;
}

/// Whether the key is of the kind that the algorithm signs with.
static int suits(const EVP_PKEY *key, ccr_algorithm algorithm) {
  int kind = EVP_PKEY_get_base_id(key);
  switch (algorithm) {
  case CCR_ES256:
  case CCR_ES384:
  case CCR_ES512: return kind == EVP_PKEY_EC;
  case CCR_PS256:
  case CCR_PS384:
  case CCR_PS512: return kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS;
  case CCR_EDDSA: return kind == EVP_PKEY_ED25519;
  }
  return 0;
}

static ccr_signature verify(
    EVP_PKEY *key, ccr_algorithm algorithm, ccr_bytes message, const uint8_t *signature, size_t count) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  EVP_PKEY_CTX *parameters = NULL;
  ccr_signature result = CCR_SIGNATURE_FAILED;
  if (context && EVP_DigestVerifyInit(context, &parameters, hash_of(algorithm), NULL, key) == 1) {
    int ready = 1;
    if (algorithm == CCR_PS256 || algorithm == CCR_PS384 || algorithm == CCR_PS512)
      ready = EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) > 0 &&
              EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) > 0 &&
              EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, hash_of(algorithm)) > 0;
    if (ready)
      result = EVP_DigestVerify(context, signature, count, message.bytes, message.count) == 1
                   ? CCR_SIGNATURE_GOOD
                   : CCR_SIGNATURE_BAD;
  }
  EVP_MD_CTX_free(context);
  return result;
}

/// COSE writes r and s at the length of the curve; libcrypto reads DER.
static ccr_signature verify_ecdsa(
    EVP_PKEY *key, ccr_algorithm algorithm, ccr_bytes message, ccr_bytes signature) {
  size_t half = ((size_t)EVP_PKEY_get_bits(key) + 7) / 8;
  if (half == 0 || half > 66 || signature.count != 2 * half) return CCR_SIGNATURE_BAD;
  ECDSA_SIG *pair = ECDSA_SIG_new();
  BIGNUM *r = BN_bin2bn(signature.bytes, (int)half, NULL);
  BIGNUM *s = BN_bin2bn(signature.bytes + half, (int)half, NULL);
  unsigned char *der = NULL;
  int count = 0;
  if (pair && r && s && ECDSA_SIG_set0(pair, r, s) == 1) {
    r = s = NULL;
    count = i2d_ECDSA_SIG(pair, &der);
  }
  BN_free(r);
  BN_free(s);
  ECDSA_SIG_free(pair);
  ccr_signature result = CCR_SIGNATURE_FAILED;
  if (count > 0) result = verify(key, algorithm, message, der, (size_t)count);
  OPENSSL_free(der);
  return result;
}

ccr_signature ccr_verify_signature(
    const ccr_certificates *signer, ccr_algorithm algorithm, ccr_bytes message, ccr_bytes signature) {
  ccr_start();
  X509 *certificate = sk_X509_num(signer->stack) > 0 ? sk_X509_value(signer->stack, 0) : NULL;
  EVP_PKEY *key = certificate ? X509_get0_pubkey(certificate) : NULL;
  ccr_signature result = CCR_SIGNATURE_OTHER_KEY;
  if (key && suits(key, algorithm))
    result = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC
                 ? verify_ecdsa(key, algorithm, message, signature)
                 : verify(key, algorithm, message, signature.bytes, signature.count);
  ERR_clear_error();
  return result;
}
