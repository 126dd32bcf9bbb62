#ifndef CRESOLV_H
#define CRESOLV_H

// DNS questions through the system's resolver library (libresolv), and its parser for the answers. A resolver is used by
// one thread at a time; asking blocks that thread.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { cresolv_name_size = 1025, cresolv_message_size = 65535 };

typedef struct cresolv cresolv;
/// With the name servers of /etc/resolv.conf; NULL when memory is short. Each server is given `seconds` for an answer, and
/// is asked `attempts` times.
cresolv *cresolv_new(int seconds, int attempts);
/// Asks the server at this IPv4 or IPv6 address in place of the system's; false when it is no address.
bool cresolv_use_server(cresolv *resolver, const char *address, uint16_t port);
/// Asks for records of class IN, with recursion and without search domains; a truncated answer is asked for over TCP.
/// Returns the answer's bytes, whatever its code; 0 when there is no answer that the library takes for one. Then
/// `code` is the code of the last answer that a server gave all the same, as SERVFAIL, or -1 when there was none.
size_t cresolv_ask(
    cresolv *resolver, const char *name, uint16_t type, uint8_t *answer, size_t capacity, int *code);
void cresolv_free(cresolv *resolver);

typedef struct {
  uint16_t code;
  /// The server knows the name itself (AA), or has asked others for it (RA).
  bool is_authoritative, is_recursive, is_truncated;
  size_t answers;
} cresolv_header;

typedef struct {
  char owner[cresolv_name_size];
  uint16_t type, class_;
  /// Where the data lies in the message.
  size_t offset, count;
} cresolv_record;

/// False for anything that is no DNS message.
bool cresolv_read_header(const uint8_t *message, size_t count, cresolv_header *header);
/// A record of the answer section; false when it is not there or not whole.
bool cresolv_read_record(const uint8_t *message, size_t count, size_t index, cresolv_record *record);
/// The name at `offset`, pointers followed, with everything unprintable escaped and no dot at its end. False when it is
/// none, or needs more bytes than `limit` has from there on.
bool cresolv_read_name(
    const uint8_t *message, size_t count, size_t offset, size_t limit, char name[cresolv_name_size]);

#endif
