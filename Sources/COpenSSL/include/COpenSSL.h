#ifndef COPENSSL_H
#define COPENSSL_H

// SHA-256, HMAC-SHA256, Ed25519 and RSA from libcrypto 3, as small functions with plain types. Every function that can fail
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

// MARK: Keys that sign SHA-256 digests: RSA (PKCS #1 v1.5) and Ed25519

typedef enum { copenssl_signing_rsa, copenssl_signing_ed25519, copenssl_signing_other } copenssl_signing_kind;
typedef struct copenssl_signing_key copenssl_signing_key;
/// A private key in PKCS #8 or PKCS #1. NULL for an encrypted one, which sets `encrypted`; never asks for a passphrase.
copenssl_signing_key *copenssl_signing_key_from_pem(const uint8_t *pem, size_t count, bool *encrypted);
copenssl_signing_key *copenssl_signing_key_make_rsa(size_t bits);
copenssl_signing_key *copenssl_signing_key_make_ed25519(void);
copenssl_signing_kind copenssl_signing_key_kind(const copenssl_signing_key *key);
size_t copenssl_signing_key_bits(const copenssl_signing_key *key);
/// The private key in PKCS #8. Writes at most `capacity` bytes and returns their number, as the next two do; 0 when it
/// fails or does not fit.
size_t copenssl_signing_key_pem(const copenssl_signing_key *key, uint8_t *pem, size_t capacity);
/// SubjectPublicKeyInfo of an RSA key, the 32 bytes of an Ed25519 key.
size_t copenssl_signing_key_public(const copenssl_signing_key *key, uint8_t *bytes, size_t capacity);
/// Signs 32 bytes of SHA-256. Does not change the key: several threads may use one at the same time.
size_t copenssl_signing_key_sign(
    const copenssl_signing_key *key, const uint8_t *digest, uint8_t *signature, size_t capacity);
void copenssl_signing_key_free(copenssl_signing_key *key);

#endif
