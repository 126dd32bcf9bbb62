#ifndef COPENSSL_PUBLIC_KEY_H
#define COPENSSL_PUBLIC_KEY_H

#include <openssl/evp.h>

#include "COpenSSL.h"

copenssl_key_fault copenssl_fault_of_public_key(EVP_PKEY *key);

#endif
