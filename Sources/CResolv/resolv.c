// libresolv with a state of its own for each resolver, so that another server can be asked and no thread shares anything.

#include "CResolv.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <limits.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

struct cresolv {
  struct __res_state state;
};

cresolv *cresolv_new(int seconds, int attempts) {
  cresolv *resolver = calloc(1, sizeof *resolver);
  if (resolver == NULL) return NULL;
  if (res_ninit(&resolver->state) != 0) {
    free(resolver);
    return NULL;
  }
  resolver->state.retrans = seconds;
  resolver->state.retry = attempts;
  // Larger answers over UDP; what does not fit comes over TCP.
  resolver->state.options |= RES_USE_EDNS0;
  return resolver;
}

bool cresolv_use_server(cresolv *resolver, const char *address, uint16_t port) {
  res_state state = &resolver->state;
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (inet_pton(AF_INET, address, &v4.sin_addr) == 1) {
    state->nsaddr_list[0] = v4;
    state->nscount = 1;
    return true;
  }
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  if (inet_pton(AF_INET6, address, &v6.sin6_addr) != 1) return false;
  // The library keeps IPv6 servers apart, in memory that res_nclose frees; an entry without a family points to them.
  struct sockaddr_in6 *place = state->_u._ext.nsaddrs[0];
  if (place == NULL) place = malloc(sizeof *place);
  if (place == NULL) return false;
  *place = v6;
  state->_u._ext.nsaddrs[0] = place;
  memset(&state->nsaddr_list[0], 0, sizeof state->nsaddr_list[0]);
  state->nscount = 1;
  return true;
}

size_t cresolv_ask(
    cresolv *resolver, const char *name, uint16_t type, uint8_t *answer, size_t capacity, int *code) {
  *code = -1;
  if (capacity < HFIXEDSZ || capacity > INT_MAX) return 0;
  uint8_t question[512];
  int length = res_nmkquery(&resolver->state, ns_o_query, name, ns_c_in, type, NULL, 0, NULL, question, sizeof question);
  if (length < HFIXEDSZ) return 0;
  memset(answer, 0, HFIXEDSZ);
  int count = res_nsend(&resolver->state, question, length, answer, (int)capacity);
  if (count >= HFIXEDSZ) return (size_t)count < capacity ? (size_t)count : capacity;
  // SERVFAIL and its like count as no answer with the library, but it leaves the message where it is.
  bool answered = answer[0] == question[0] && answer[1] == question[1] && (answer[2] & 0x80) != 0;
  if (answered) *code = answer[3] & 0x0F;
  return 0;
}

void cresolv_free(cresolv *resolver) {
  if (resolver == NULL) return;
  res_nclose(&resolver->state);
  free(resolver);
}

bool cresolv_read_header(const uint8_t *message, size_t count, cresolv_header *header) {
  ns_msg parsed;
  if (count > INT_MAX || ns_initparse(message, (int)count, &parsed) != 0) return false;
  if (!ns_msg_getflag(parsed, ns_f_qr)) return false;
  header->code = (uint16_t)ns_msg_getflag(parsed, ns_f_rcode);
  header->is_authoritative = ns_msg_getflag(parsed, ns_f_aa) != 0;
  header->is_recursive = ns_msg_getflag(parsed, ns_f_ra) != 0;
  header->is_truncated = ns_msg_getflag(parsed, ns_f_tc) != 0;
  header->answers = ns_msg_count(parsed, ns_s_an);
  return true;
}

bool cresolv_read_record(const uint8_t *message, size_t count, size_t index, cresolv_record *record) {
  ns_msg parsed;
  ns_rr rr;
  if (count > INT_MAX || index > INT_MAX || ns_initparse(message, (int)count, &parsed) != 0) return false;
  if (ns_parserr(&parsed, ns_s_an, (int)index, &rr) != 0) return false;
  memcpy(record->owner, ns_rr_name(rr), sizeof record->owner);
  record->owner[sizeof record->owner - 1] = 0;
  record->type = ns_rr_type(rr);
  record->class_ = ns_rr_class(rr);
  record->offset = (size_t)(ns_rr_rdata(rr) - message);
  record->count = ns_rr_rdlen(rr);
  return record->offset <= count && record->count <= count - record->offset;
}

bool cresolv_read_name(
    const uint8_t *message, size_t count, size_t offset, size_t limit, char name[cresolv_name_size]) {
  if (offset >= count || limit > count - offset) return false;
  int used = ns_name_uncompress(message, message + count, message + offset, name, cresolv_name_size);
  return used > 0 && (size_t)used <= limit;
}
