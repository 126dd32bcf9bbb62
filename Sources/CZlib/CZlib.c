#include "CZlib.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

struct czlib_stream {
  z_stream z;
};

// 15 bits of window, and 16 for gzip alone.
static const int gzip_window = 15 + 16;

struct czlib_stream *czlib_open(void) {
  struct czlib_stream *stream = calloc(1, sizeof *stream);
  if (stream && inflateInit2(&stream->z, gzip_window) != Z_OK) {
    free(stream);
    return NULL;
  }
  return stream;
}

void czlib_close(struct czlib_stream *stream) {
  if (!stream) return;
  inflateEnd(&stream->z);
  free(stream);
}

enum czlib_result czlib_unpack(
    struct czlib_stream *stream, const unsigned char *input, size_t input_count, unsigned char *output,
    size_t output_count, size_t *consumed, size_t *produced) {
  uInt in = input_count > UINT_MAX ? UINT_MAX : (uInt)input_count;
  uInt out = output_count > UINT_MAX ? UINT_MAX : (uInt)output_count;
  // zlib does not write through next_in.
  stream->z.next_in = (Bytef *)input;
  stream->z.avail_in = in;
  stream->z.next_out = output;
  stream->z.avail_out = out;
  int result = inflate(&stream->z, Z_NO_FLUSH);
  *consumed = in - stream->z.avail_in;
  *produced = out - stream->z.avail_out;
  stream->z.next_in = NULL;
  stream->z.next_out = NULL;
  switch (result) {
    case Z_OK:
    case Z_BUF_ERROR: return czlib_ok;
    case Z_STREAM_END: return czlib_member_end;
    case Z_MEM_ERROR: return czlib_out_of_memory;
    default: return czlib_corrupt;
  }
}

enum czlib_result czlib_next_member(struct czlib_stream *stream) {
  return inflateReset2(&stream->z, gzip_window) == Z_OK ? czlib_ok : czlib_corrupt;
}
