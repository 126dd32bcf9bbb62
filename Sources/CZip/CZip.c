#include "CZip.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>
#include <zip.h>

/// The file as libzip reads it: by pread, so that no other reader of it is disturbed.
struct descriptor_source {
  int descriptor;
  zip_uint64_t size;
  zip_uint64_t position;
  zip_error_t error;
};

struct czip_archive {
  zip_t *zip;
};

struct czip_entry {
  zip_file_t *file;
};

static zip_int64_t read_at(struct descriptor_source *source, void *data, zip_uint64_t count) {
  ssize_t got;
  do {
    got = pread(source->descriptor, data, count, (off_t)source->position);
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    zip_error_set(&source->error, ZIP_ER_READ, errno);
    return -1;
  }
  source->position += (zip_uint64_t)got;
  return got;
}

static zip_int64_t answer(void *state, void *data, zip_uint64_t count, zip_source_cmd_t command) {
  struct descriptor_source *source = state;
  switch (command) {
    case ZIP_SOURCE_OPEN: source->position = 0; return 0;
    case ZIP_SOURCE_READ: return read_at(source, data, count);
    case ZIP_SOURCE_CLOSE: return 0;
    case ZIP_SOURCE_STAT: {
      zip_stat_t *stat = ZIP_SOURCE_GET_ARGS(zip_stat_t, data, count, &source->error);
      if (!stat) return -1;
      zip_stat_init(stat);
      stat->size = source->size;
      stat->valid |= ZIP_STAT_SIZE;
      return sizeof *stat;
    }
    case ZIP_SOURCE_ERROR: return zip_error_to_data(&source->error, data, count);
    case ZIP_SOURCE_SEEK: {
      zip_int64_t to = zip_source_seek_compute_offset(source->position, source->size, data, count, &source->error);
      if (to < 0) return -1;
      source->position = (zip_uint64_t)to;
      return 0;
    }
    case ZIP_SOURCE_TELL: return (zip_int64_t)source->position;
    case ZIP_SOURCE_SUPPORTS:
      return zip_source_make_command_bitmap(
          ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_SEEK,
          ZIP_SOURCE_TELL, ZIP_SOURCE_FREE, -1);
    case ZIP_SOURCE_FREE:
      close(source->descriptor);
      free(source);
      return 0;
    default: zip_error_set(&source->error, ZIP_ER_OPNOTSUPP, 0); return -1;
  }
}

static enum czip_result result(int code, int system) {
  switch (code) {
    case ZIP_ER_OK: return czip_ok;
    case ZIP_ER_MEMORY: return czip_out_of_memory;
    case ZIP_ER_NOPASSWD:
    case ZIP_ER_WRONGPASSWD:
    case ZIP_ER_ENCRNOTSUPP: return czip_encrypted;
    case ZIP_ER_COMPNOTSUPP: return czip_unknown_compression;
    case ZIP_ER_READ:
      // Without a cause it is the end of the file where there should be more.
      if (system == 0) return czip_damaged;
      errno = system;
      return czip_cannot_read;
    default: return czip_damaged;
  }
}

static enum czip_result error_result(zip_error_t *error) {
  enum czip_result of_code = result(zip_error_code_zip(error), zip_error_code_system(error));
  return of_code == czip_ok ? czip_damaged : of_code;
}

enum czip_result czip_open(int descriptor, uint64_t size, struct czip_archive **archive) {
  *archive = NULL;
  struct descriptor_source *state = calloc(1, sizeof *state);
  struct czip_archive *made = calloc(1, sizeof *made);
  if (!state || !made) {
    free(state);
    free(made);
    close(descriptor);
    return czip_out_of_memory;
  }
  state->descriptor = descriptor;
  state->size = size;
  zip_error_init(&state->error);
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t *source = zip_source_function_create(answer, state, &error);
  if (!source) {
    zip_error_fini(&error);
    free(state);
    free(made);
    close(descriptor);
    return czip_out_of_memory;
  }
  made->zip = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (!made->zip) {
    enum czip_result why = error_result(&error);
    zip_error_fini(&error);
    zip_source_free(source);
    free(made);
    return why;
  }
  zip_error_fini(&error);
  *archive = made;
  return czip_ok;
}

void czip_close(struct czip_archive *archive) {
  if (!archive) return;
  zip_discard(archive->zip);
  free(archive);
}

uint64_t czip_count(const struct czip_archive *archive) {
  zip_int64_t count = zip_get_num_entries(archive->zip, 0);
  return count < 0 ? 0 : (uint64_t)count;
}

const char *czip_name(struct czip_archive *archive, uint64_t entry) {
  return zip_get_name(archive->zip, entry, ZIP_FL_ENC_RAW);
}

enum czip_result czip_entry_open(struct czip_archive *archive, uint64_t entry, struct czip_entry **opened) {
  *opened = NULL;
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat_index(archive->zip, entry, 0, &stat) == 0 && stat.valid & ZIP_STAT_ENCRYPTION_METHOD &&
      stat.encryption_method != ZIP_EM_NONE)
    return czip_encrypted;
  struct czip_entry *made = calloc(1, sizeof *made);
  if (!made) return czip_out_of_memory;
  made->file = zip_fopen_index(archive->zip, entry, 0);
  if (!made->file) {
    free(made);
    return error_result(zip_get_error(archive->zip));
  }
  *opened = made;
  return czip_ok;
}

void czip_entry_close(struct czip_entry *entry) {
  if (!entry) return;
  zip_fclose(entry->file);
  free(entry);
}

enum czip_result czip_entry_read(struct czip_entry *entry, unsigned char *output, size_t count, size_t *produced) {
  zip_int64_t got = zip_fread(entry->file, output, count);
  *produced = got < 0 ? 0 : (size_t)got;
  return got < 0 ? error_result(zip_file_get_error(entry->file)) : czip_ok;
}
