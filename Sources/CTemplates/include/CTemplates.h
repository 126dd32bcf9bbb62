// The files of Templates/, inside the binary.
//
// Owns no memory that is ever freed: names and bytes are constants of the program.
#ifndef CTEMPLATES_H
#define CTEMPLATES_H
#include <stddef.h>

typedef struct {
  const char *path;  // relative to Templates/, for example "password-change/de.txt.mustache"
  const unsigned char *bytes;
  size_t length;
} bundled_file;

size_t bundled_file_count(void);

// index is below bundled_file_count().
bundled_file bundled_file_at(size_t index);
#endif
