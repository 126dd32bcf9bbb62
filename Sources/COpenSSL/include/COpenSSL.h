#ifndef COPENSSL_H
#define COPENSSL_H

// SHA-256, HMAC-SHA256, Ed25519, RSA, certificates and CMS from libcrypto 3, as small functions with plain types. Every function that can fail
// returns false, NULL or 0, and leaves OpenSSL's error queue of the thread as it was: libcurl shares that queue, and a
// stale entry in it can turn a good TLS read into an error.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { copenssl_sha256_size = 32, copenssl_ed25519_seed_size = 32, copenssl_ed25519_signature_size = 64 };

// MARK: SHA-256

bool copenssl_sha256(const uint8_t *bytes, size_t count, uint8_t *digest);

typedef struct copenssl_sha256_state copenssl_sha256_state;
copenssl_sha256_state *copenssl_sha256_new(void);
copenssl_sha256_state *copenssl_sha256_copy(const copenssl_sha256_state *state);
bool copenssl_sha256_update(copenssl_sha256_state *state, const uint8_t *bytes, size_t count);
/// The digest of everything so far; the state goes on.
bool copenssl_sha256_digest(const copenssl_sha256_state *state, uint8_t *digest);
void copenssl_sha256_free(copenssl_sha256_state *state);

// MARK: HMAC-SHA256

typedef struct copenssl_hmac_key copenssl_hmac_key;
copenssl_hmac_key *copenssl_hmac_key_new(const uint8_t *key, size_t count);
/// Does not change the key: several threads may use one at the same time.
bool copenssl_hmac(const copenssl_hmac_key *key, const uint8_t *bytes, size_t count, uint8_t *digest);
void copenssl_hmac_key_free(copenssl_hmac_key *key);

// MARK: HMAC-MD5, for CRAM-MD5 (RFC 2195)

enum { copenssl_md5_size = 16 };
/// False also where OpenSSL's settings forbid MD5.
bool copenssl_hmac_md5(const uint8_t *key, size_t key_count, const uint8_t *bytes, size_t count, uint8_t *digest);

// MARK: Ed25519 (RFC 8032); keys as PKCS #8 and SubjectPublicKeyInfo (RFC 8410)

typedef struct copenssl_ed25519_key copenssl_ed25519_key;
copenssl_ed25519_key *copenssl_ed25519_from_seed(const uint8_t *seed);
/// NULL for anything but an unencrypted Ed25519 private key; never asks for a passphrase.
copenssl_ed25519_key *copenssl_ed25519_from_private_pem(const uint8_t *pem, size_t count);
copenssl_ed25519_key *copenssl_ed25519_from_public_pem(const uint8_t *pem, size_t count);
/// Writes at most `capacity` bytes and returns their number; 0 when it fails or does not fit.
size_t copenssl_ed25519_private_pem(const copenssl_ed25519_key *key, uint8_t *pem, size_t capacity);
size_t copenssl_ed25519_public_pem(const copenssl_ed25519_key *key, uint8_t *pem, size_t capacity);
bool copenssl_ed25519_sign(const copenssl_ed25519_key *key, const uint8_t *bytes, size_t count, uint8_t *signature);
bool copenssl_ed25519_verify(
    const copenssl_ed25519_key *key, const uint8_t *signature, size_t signature_count, const uint8_t *bytes,
    size_t count);
void copenssl_ed25519_free(copenssl_ed25519_key *key);

// MARK: Public keys that nothing may be signed with or encrypted for

typedef enum {
  copenssl_key_sound,
  /// An RSA modulus of less than 2048 or more than 8192 bits.
  copenssl_key_short, copenssl_key_long,
  /// An RSA exponent that is even, 1, or above 2 to the power of 32.
  copenssl_key_exponent,
  /// An RSA modulus that is even, prime, or has a small factor.
  copenssl_key_modulus,
  /// A key that cannot be read, or a point that is not on its curve.
  copenssl_key_unusable
} copenssl_key_fault;

// MARK: Keys that sign SHA-256 digests: RSA (PKCS #1 v1.5) and Ed25519

typedef enum { copenssl_signing_rsa, copenssl_signing_ed25519, copenssl_signing_other } copenssl_signing_kind;
typedef struct copenssl_signing_key copenssl_signing_key;
/// A private key in PKCS #8 or PKCS #1. `encrypted` says whether it needs a passphrase; NULL when that is the case and
/// `passphrase` is NULL or another one. Never asks for a passphrase.
copenssl_signing_key *copenssl_signing_key_from_pem(
    const uint8_t *pem, size_t count, const uint8_t *passphrase, size_t passphrase_count, bool *encrypted);
copenssl_signing_key *copenssl_signing_key_make_rsa(size_t bits);
copenssl_signing_key *copenssl_signing_key_make_ed25519(void);
copenssl_signing_kind copenssl_signing_key_kind(const copenssl_signing_key *key);
size_t copenssl_signing_key_bits(const copenssl_signing_key *key);
/// The fault of its public half.
copenssl_key_fault copenssl_signing_key_fault(const copenssl_signing_key *key);
/// The private key in PKCS #8. Writes at most `capacity` bytes and returns their number, as the next two do; 0 when it
/// fails or does not fit.
size_t copenssl_signing_key_pem(const copenssl_signing_key *key, uint8_t *pem, size_t capacity);
/// SubjectPublicKeyInfo of an RSA key, the 32 bytes of an Ed25519 key.
size_t copenssl_signing_key_public(const copenssl_signing_key *key, uint8_t *bytes, size_t capacity);
/// Signs 32 bytes of SHA-256. Does not change the key: several threads may use one at the same time.
size_t copenssl_signing_key_sign(
    const copenssl_signing_key *key, const uint8_t *digest, uint8_t *signature, size_t capacity);
/// Whether `signature` is the key's own for 32 bytes of SHA-256, to its public half.
bool copenssl_signing_key_verify(
    const copenssl_signing_key *key, const uint8_t *digest, const uint8_t *signature, size_t count);
void copenssl_signing_key_free(copenssl_signing_key *key);

// MARK: Certificates (RFC 5280)

typedef struct copenssl_certificate copenssl_certificate;
typedef struct copenssl_certificates copenssl_certificates;
/// All certificates of a PEM text in their order, whatever else is in it. NULL when one of them is damaged.
copenssl_certificates *copenssl_certificates_from_pem(const uint8_t *pem, size_t count);
/// One certificate and nothing behind it.
copenssl_certificates *copenssl_certificates_from_der(const uint8_t *der, size_t count);
size_t copenssl_certificates_count(const copenssl_certificates *certificates);
/// A reference of its own, to be freed.
copenssl_certificate *copenssl_certificates_at(const copenssl_certificates *certificates, size_t index);
void copenssl_certificates_free(copenssl_certificates *certificates);

typedef enum {
  copenssl_pkcs12_ok, copenssl_pkcs12_malformed, copenssl_pkcs12_wrong_passphrase, copenssl_pkcs12_unsupported,
  copenssl_pkcs12_no_key, copenssl_pkcs12_no_certificate
} copenssl_pkcs12_result;
/// The key, and all certificates (RFC 7292). Both are NULL unless the result is ok.
copenssl_pkcs12_result copenssl_pkcs12_open(
    const uint8_t *bytes, size_t count, const uint8_t *passphrase, size_t passphrase_count, copenssl_signing_key **key,
    copenssl_certificates **certificates);

/// The next three write at most `capacity` bytes and return their number; 0 when it fails, does not fit or is not there.
size_t copenssl_certificate_der(const copenssl_certificate *certificate, uint8_t *der, size_t capacity);
/// UTF-8, in the form of RFC 4514.
size_t copenssl_certificate_name(
    const copenssl_certificate *certificate, bool issuer, uint8_t *text, size_t capacity);
/// E-mail addresses by number from 0: rfc822Name, SmtpUTF8Mailbox (RFC 8398) and emailAddress of the subject.
size_t copenssl_certificate_address(
    const copenssl_certificate *certificate, size_t index, uint8_t *text, size_t capacity);
/// In seconds since 1970; false when a time is none.
bool copenssl_certificate_validity(const copenssl_certificate *certificate, int64_t *from, int64_t *until);
enum {
  /// May sign: no key usage, or digitalSignature or nonRepudiation.
  copenssl_usage_signs = 1,
  /// May be encrypted to: no key usage, or keyEncipherment (RSA) or keyAgreement (others).
  copenssl_usage_receives = 2,
  /// No extended key usage, or emailProtection or anyExtendedKeyUsage.
  copenssl_usage_mail = 4,
  copenssl_usage_authority = 8
};
unsigned copenssl_certificate_usage(const copenssl_certificate *certificate);
typedef enum { copenssl_public_rsa, copenssl_public_curve, copenssl_public_other } copenssl_public_kind;
/// `curve` stands for P-256, P-384 and P-521 only.
copenssl_public_kind copenssl_certificate_key(const copenssl_certificate *certificate, size_t *bits);
copenssl_key_fault copenssl_certificate_key_fault(const copenssl_certificate *certificate);
bool copenssl_certificate_belongs(const copenssl_certificate *certificate, const copenssl_signing_key *key);
/// Whether `issuer`'s name, key and signature are those `certificate` was issued with.
bool copenssl_certificate_issued(const copenssl_certificate *issuer, const copenssl_certificate *certificate);
void copenssl_certificate_free(copenssl_certificate *certificate);

// MARK: CMS (RFC 5652)

/// SignedData without its content: one SHA-256 signature with `signingTime` and the certificates in it. Does not change
/// what it is given: several threads may use the same. Writes at most `capacity` bytes and returns their number.
size_t copenssl_cms_sign(
    const copenssl_certificate *certificate, const copenssl_signing_key *key,
    const copenssl_certificate *const *chain, size_t chain_count, const uint8_t *content, size_t count,
    int64_t signing_time, uint8_t *der, size_t capacity);
/// EnvelopedData with AES-256 in CBC mode for `recipients`, at least one. All that is drawn at random comes from
/// `randomness`, half of it for what will be seen and half for what stays secret; 0 when it is used up. The same input gives
/// the same DER.
size_t copenssl_cms_encrypt(
    const copenssl_certificate *const *recipients, size_t recipient_count, const uint8_t *content, size_t count,
    const uint8_t *randomness, size_t randomness_count, uint8_t *der, size_t capacity);

#endif
