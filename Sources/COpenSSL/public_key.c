// What makes a public key unfit, whatever it is used for. OpenSSL reads keys that it cannot use, that take it minutes, or
// that protect nothing.

#include "public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>

// 2 to the power of 32: an odd exponent up to that has 32 bits.
enum { least_bits = 2048, most_bits = 8192, most_exponent_bits = 32 };

static copenssl_key_fault rsa_fault(const EVP_PKEY *key) {
  copenssl_key_fault fault = copenssl_key_unusable;
  BIGNUM *modulus = NULL, *exponent = NULL;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1 &&
      EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1) {
    int bits = BN_num_bits(modulus);
    if (bits < least_bits) {
      fault = copenssl_key_short;
    } else if (bits > most_bits) {
      fault = copenssl_key_long;
    } else if (!BN_is_odd(modulus)) {
      fault = copenssl_key_modulus;
    } else if (!BN_is_odd(exponent) || BN_is_one(exponent) || BN_num_bits(exponent) > most_exponent_bits) {
      fault = copenssl_key_exponent;
    } else {
      fault = copenssl_key_sound;
    }
  }
  BN_free(modulus);
  BN_free(exponent);
  return fault;
}

copenssl_key_fault copenssl_fault_of_public_key(EVP_PKEY *key) {
  if (key == NULL) return copenssl_key_unusable;
  ERR_set_mark();
  bool is_rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
  copenssl_key_fault fault = is_rsa ? rsa_fault(key) : copenssl_key_sound;
  if (fault == copenssl_key_sound) {
    // A modulus with a small factor or without any, a point that is not on its curve (NIST SP 800-56A and 800-56B).
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    if (context == NULL || EVP_PKEY_public_check(context) != 1) {
      fault = is_rsa ? copenssl_key_modulus : copenssl_key_unusable;
    }
    EVP_PKEY_CTX_free(context);
  }
  ERR_pop_to_mark();
  return fault;
}
