// The newest list there is, read once for the process: the system's (package publicsuffix), or the one inside libpsl.

#include "CPSL.h"

#include <libpsl.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const psl_ctx_t *list;

static void load(void) {
  list = psl_latest(NULL);
  if (list == NULL) list = psl_builtin();
}

const char *cpsl_registrable(const char *domain) {
  pthread_once(&once, load);
  return list != NULL ? psl_registrable_domain(list, domain) : NULL;
}

bool cpsl_is_top_level(const char *label) {
  pthread_once(&once, load);
  return list == NULL || psl_is_public_suffix2(list, label, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) != 0;
}
