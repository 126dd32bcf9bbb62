#ifndef CZIP_H
#define CZIP_H

// Reads the entries of a ZIP archive one after the other, by libzip, from a file that is open already.

#include <stddef.h>
#include <stdint.h>

struct czip_archive;
struct czip_entry;

enum czip_result {
  czip_ok = 0,
  /// No archive, cut short, or an entry whose bytes or checksum are wrong.
  czip_damaged,
  /// An entry is encrypted.
  czip_encrypted,
  /// An entry is compressed in a way that is not read.
  czip_unknown_compression,
  /// The file could not be read; `errno` says why.
  czip_cannot_read,
  czip_out_of_memory,
};

/// Takes over `descriptor`, also when it fails. On success `archive` is freed by `czip_close`.
enum czip_result czip_open(int descriptor, uint64_t size, struct czip_archive **archive);
void czip_close(struct czip_archive *archive);

/// The number of entries.
uint64_t czip_count(const struct czip_archive *archive);

/// The name of an entry as it is in the archive, valid as long as the archive; NULL when it has none.
const char *czip_name(struct czip_archive *archive, uint64_t entry);

/// On success `opened` is freed by `czip_entry_close`, before the archive is closed.
enum czip_result czip_entry_open(struct czip_archive *archive, uint64_t entry, struct czip_entry **opened);
void czip_entry_close(struct czip_entry *entry);

/// Unpacks up to `count` bytes; `produced` is 0 at the end, at which the checksum was right.
enum czip_result czip_entry_read(struct czip_entry *entry, unsigned char *output, size_t count, size_t *produced);

#endif
