#ifndef CPSL_H
#define CPSL_H

// The public suffix list of libpsl: below which names a domain can be registered.

#include <stdbool.h>
#include <stddef.h>

/// The domain that is registered, above or at `domain` (A-labels, lower case), as a part of that very text. NULL when
/// `domain` is itself a public suffix, as `co.uk` is, or when there is no list.
const char *cpsl_registrable(const char *domain);

/// True when `label` (A-label, lower case) is a top-level domain below which names are registered; true as well when there
/// is no list.
bool cpsl_is_top_level(const char *label);

#endif
