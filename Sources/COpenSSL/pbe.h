// How much work a passphrase's key takes: the file itself says it, and could ask for hours.

#ifndef COPENSSL_PBE_H
#define COPENSSL_PBE_H

#include <openssl/pkcs12.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether the MAC and everything encrypted in a PKCS #12 file take at most three million iterations together (RFC 8018 asks
// for a thousand each, programs for up to 600,000). What is encrypted inside of something encrypted is found with the
// passphrase.
bool copenssl_pkcs12_is_bounded(const PKCS12 *file, const char *passphrase);

// The same for the first private key of a text in PEM; true for one that is not encrypted, and for no key at all.
bool copenssl_pem_is_bounded(const uint8_t *pem, size_t count);

#endif
