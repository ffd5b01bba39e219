#pragma once
#include <stddef.h>
#include <stdint.h>

/// Certificates, signatures and time-stamps by libcrypto. Nothing here opens a connection, reads a file or asks for the
/// time. No call keeps the bytes that it is given.

/// Bytes of the caller.
typedef struct {
  const uint8_t *bytes;
  size_t count;
} ccr_bytes;

// MARK: Certificates

/// Certificates in order.
typedef struct ccr_certificates ccr_certificates;

/// NULL where there is no memory.
ccr_certificates *ccr_certificates_create(void);
void ccr_certificates_free(ccr_certificates *list);
/// Adds the certificate that `der` is, with no byte left over. 0 where it is none.
int ccr_certificates_add(ccr_certificates *list, ccr_bytes der);
/// Adds every certificate of a PEM text; text between them is passed over. -1 where one is damaged or there is none.
int ccr_certificates_add_pem(ccr_certificates *list, ccr_bytes pem);
size_t ccr_certificates_count(const ccr_certificates *list);
/// The certificate's DER, up to `capacity` bytes of it. Returns how many there are, 0 for none.
size_t ccr_certificates_der(const ccr_certificates *list, size_t index, uint8_t *out, size_t capacity);

typedef enum {
  CCR_KEY_P256,
  CCR_KEY_P384,
  CCR_KEY_P521,
  CCR_KEY_RSA,
  CCR_KEY_ED25519,
  CCR_KEY_OTHER,
} ccr_key;

/// What a profile asks of a certificate. Truths are 0 or 1.
typedef struct {
  /// 3 for X.509 v3.
  long version;
  ccr_key key;
  int key_bits;
  /// Its own signature is by ECDSA, RSA (PKCS #1 or PSS) with SHA-2, or Ed25519; of PSS both hashes are named and equal.
  int has_known_signature_algorithm;
  int has_unique_ids;
  int has_authority_key_identifier;
  int has_key_usage;
  int may_sign;
  int may_sign_certificates;
  int is_authority;
  int is_self_issued;
  int has_unknown_critical_extension;
  /// Extensions that contradict themselves or cannot be read.
  int is_malformed;
  int has_ocsp_location;
  /// Seconds since 1970.
  int64_t not_before;
  int64_t not_after;
} ccr_certificate_facts;

/// 0 where there is no such certificate or its times cannot be read.
int ccr_certificate_facts_of(const ccr_certificates *list, size_t index, ccr_certificate_facts *out);

typedef enum {
  CCR_SUBJECT_COMMON_NAME,
  CCR_SUBJECT_ORGANIZATION,
  CCR_ISSUER_COMMON_NAME,
  CCR_ISSUER_ORGANIZATION,
  CCR_SERIAL_NUMBER,
  /// Object identifiers with dots, a space between two.
  CCR_EXTENDED_KEY_USAGES,
} ccr_text;

/// UTF-8 without an end mark, up to `capacity` bytes of it. Returns how many there are, 0 for none.
size_t ccr_certificate_text(
    const ccr_certificates *list, size_t index, ccr_text which, char *out, size_t capacity);

typedef enum {
  CCR_CHAIN_TRUSTED,
  CCR_CHAIN_UNTRUSTED,
  /// All is well but the time.
  CCR_CHAIN_OUTSIDE_VALIDITY,
  CCR_CHAIN_FAILED,
} ccr_chain;

/// Whether a path leads from the first of `presented` over the others to one of `anchors`, which need not be
/// self-signed, at the time `at` (seconds since 1970).
///
/// - `ignores_leaf_validity`: not 0 where the leaf's own dates are judged elsewhere.
/// - `reason`: libcrypto's words, ended by NUL.
ccr_chain ccr_verify_chain(
    const ccr_certificates *presented, const ccr_certificates *anchors, int64_t at, int ignores_leaf_validity,
    char *reason, size_t capacity);

// MARK: Signatures

typedef enum {
  CCR_ES256,
  CCR_ES384,
  CCR_ES512,
  CCR_PS256,
  CCR_PS384,
  CCR_PS512,
  CCR_EDDSA,
} ccr_algorithm;

typedef enum {
  CCR_SIGNATURE_GOOD,
  CCR_SIGNATURE_BAD,
  /// The algorithm needs a key of another kind.
  CCR_SIGNATURE_OTHER_KEY,
  CCR_SIGNATURE_FAILED,
} ccr_signature;

/// Verifies a COSE signature (ECDSA: r and s behind each other, as long as the curve asks for) with the key of the
/// first certificate.
ccr_signature ccr_verify_signature(
    const ccr_certificates *signer, ccr_algorithm algorithm, ccr_bytes message, ccr_bytes signature);

// MARK: Time-stamps (RFC 3161)

typedef enum {
  CCR_STAMP_TRUSTED,
  CCR_STAMP_MALFORMED,
  /// It is of another message.
  CCR_STAMP_MISMATCH,
  CCR_STAMP_UNTRUSTED,
  /// The authority's certificate was not valid when it stamped.
  CCR_STAMP_OUTSIDE_VALIDITY,
} ccr_stamp_result;

typedef struct {
  /// Seconds since 1970; 0 where it could not be read.
  int64_t time;
  int has_time;
  /// The authority's common name, UTF-8 ended by NUL; empty where unknown.
  char authority[256];
  /// Why it is not trusted, ended by NUL.
  char reason[160];
} ccr_stamp;

/// Judges a time-stamp over `message`.
///
/// - `is_response`: whether `token` is a whole answer of an authority (TimeStampResp) and not the token alone.
ccr_stamp_result ccr_judge_time_stamp(
    ccr_bytes token, int is_response, ccr_bytes message, const ccr_certificates *anchors, ccr_stamp *out);

// MARK: Revocation (RFC 6960)

typedef enum {
  /// Not revoked at the time asked for.
  CCR_OCSP_GOOD,
  CCR_OCSP_REVOKED,
  CCR_OCSP_UNKNOWN,
  /// It is damaged, of another certificate, of another time, or of nobody who may say.
  CCR_OCSP_UNUSABLE,
} ccr_ocsp;

/// What a stored OCSP answer says of the first of `presented` at the time `at`.
///
/// - `trusted`: who may vouch for the responder: the anchors of the certificate.
/// - `reason`: why it is not usable, ended by NUL.
ccr_ocsp ccr_judge_ocsp(
    ccr_bytes response, const ccr_certificates *presented, const ccr_certificates *trusted, int64_t at,
    char *reason, size_t capacity);
