#ifndef CZLIB_H
#define CZLIB_H

// Unpacks gzip (RFC 1952) a piece at a time, by zlib. No pointer of the caller's is kept between calls.

#include <stddef.h>

struct czlib_stream;

enum czlib_result {
  /// More input is needed, or more output is there than fits.
  czlib_ok = 0,
  /// The member is whole and its checksum right; `czlib_next_member` goes on with what follows it.
  czlib_member_end,
  czlib_corrupt,
  czlib_out_of_memory,
};

/// NULL when there is no memory. Freed by `czlib_close`.
struct czlib_stream *czlib_open(void);
void czlib_close(struct czlib_stream *stream);

/// Unpacks from `input` into `output`; says how many bytes of each were used.
enum czlib_result czlib_unpack(
    struct czlib_stream *stream, const unsigned char *input, size_t input_count, unsigned char *output,
    size_t output_count, size_t *consumed, size_t *produced);

/// Makes ready for the member that begins with the next byte of input.
enum czlib_result czlib_next_member(struct czlib_stream *stream);

#endif
